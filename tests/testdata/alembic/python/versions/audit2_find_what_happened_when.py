"""Find what happened when"""
from alembic import op

revision = "audit2"
down_revision = "audit1"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_audit_entries_happened", "audit_entries", ["happened"])


def downgrade():
    op.drop_index("ix_audit_entries_happened")
