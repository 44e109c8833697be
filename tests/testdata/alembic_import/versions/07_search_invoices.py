"""Search in invoices"""
import sqlalchemy as sa
from alembic import op

revision = "billing2"
down_revision = "billing1"
branch_labels = None
depends_on = "search1"


def upgrade():
    op.add_column("invoices", sa.Column("words", sa.Text))


def downgrade():
    op.drop_column("invoices", "words")
