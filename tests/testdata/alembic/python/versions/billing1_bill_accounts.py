"""Bill accounts"""
import sqlalchemy as sa
from alembic import op

revision = "billing1"
down_revision = "002"
branch_labels = "billing"
depends_on = None


def upgrade():
    op.create_table(
        "invoices",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("account_id", sa.BigInteger, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("total", sa.Numeric(12, 2), nullable=False),
    )


def downgrade():
    op.drop_table("invoices")
