"""Record what happens"""
import sqlalchemy as sa
from alembic import op

revision = "audit1"
down_revision = "002"
branch_labels = "audit"
depends_on = None


def upgrade():
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("happened", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    )


def downgrade():
    op.drop_table("audit_entries")
