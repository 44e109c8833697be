"""Require words"""
from alembic import op

revision = "b3"
down_revision = "b2"
branch_labels = None
depends_on = None


def upgrade():
    op.alter_column("customers", "words", nullable=False)


def downgrade():
    op.alter_column("customers", "words", nullable=True)
