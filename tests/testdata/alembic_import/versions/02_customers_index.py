"""Find customers by name"""
import sqlalchemy as sa
from alembic import op

revision = "a2"
down_revision = "a1"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_customers_name", "customers", [sa.text("lower(name)")])
    op.create_index("ix_customers_bad", "customers", ["id"], postgresql_where=sa.text("standing = 'bad'"))


def downgrade():
    op.drop_index("ix_customers_bad", "customers")
    op.drop_index("ix_customers_name", "customers")
