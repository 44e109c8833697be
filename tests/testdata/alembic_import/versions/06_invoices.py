"""Bill customers"""
import sqlalchemy as sa
from alembic import op

revision = "billing1"
down_revision = "a3"
branch_labels = "billing"
depends_on = None


def upgrade():
    op.create_table(
        "invoices",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("customer_id", sa.BigInteger, nullable=False),
        sa.Column("total", sa.Numeric(12, 2), nullable=False),
    )
    op.create_foreign_key(
        "fk_invoices_customer", "invoices", "customers", ["customer_id"], ["id"], ondelete="CASCADE"
    )


def downgrade():
    op.drop_table("invoices")
