"""Seed the first customers"""
import sqlalchemy as sa
from alembic import op

revision = "a3"
down_revision = "a2"
branch_labels = None
depends_on = None

customers = sa.table("customers", sa.column("id", sa.BigInteger), sa.column("name", sa.String))


def upgrade():
    op.bulk_insert(customers, [{"id": 1, "name": "O'Neill; COMMIT"}, {"id": 2, "name": "100% :new \\ Ltd"}])
    op.execute(customers.insert().values(id=3, name="50%"))
    op.execute("UPDATE customers SET standing = 'good' WHERE name LIKE '%\\% %' ESCAPE '\\'")


def downgrade():
    op.execute(customers.delete().where(customers.c.id.in_([1, 2, 3])))
