"""Fill in the words of older customers"""
import sqlalchemy as sa
from alembic import op

revision = "b2"
down_revision = "b1"
branch_labels = None
depends_on = None


def upgrade():
    connection = op.get_bind()
    for row in connection.execute(sa.text("SELECT id, name FROM customers WHERE words IS NULL")).fetchall():
        connection.execute(
            sa.text("UPDATE customers SET words = :words WHERE id = :id"), {"id": row[0], "words": row[1].lower()}
        )


def downgrade():
    op.execute("UPDATE customers SET words = NULL")
