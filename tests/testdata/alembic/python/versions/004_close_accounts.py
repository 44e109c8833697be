"""Close accounts"""
import sqlalchemy as sa
from alembic import op

revision = "004"
down_revision = "003"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("accounts", sa.Column("closed", sa.Boolean, server_default=sa.false(), nullable=False))


def downgrade():
    op.drop_column("accounts", "closed")
