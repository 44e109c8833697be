"""Create customers and their standing

Revision ID: a1
Revises:
Create Date: 2026-01-12 09:00:00
"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "a1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "customers",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("name", sa.String(200), nullable=False, comment="As it stands on invoices; see 4.2"),
        sa.Column("standing", sa.Enum("new", "good", "bad", name="standing"), server_default="new"),
        sa.Column("extra", postgresql.JSONB, server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("name <> ''", name="ck_customers_name"),
    )


def downgrade():
    op.drop_table("customers")
    op.execute("DROP TYPE standing")
