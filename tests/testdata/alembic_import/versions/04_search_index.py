"""Index customers while others write"""
import sqlalchemy as sa
from alembic import op

revision = "search1"
down_revision = "a3"
branch_labels = ("search",)
depends_on = None


def upgrade():
    op.add_column("customers", sa.Column("words", sa.Text))
    with op.get_context().autocommit_block():
        op.create_index("ix_customers_words", "customers", ["words"], postgresql_concurrently=True)
        op.execute("ALTER TYPE standing ADD VALUE IF NOT EXISTS 'great'")
    op.alter_column("customers", "words", comment="what the search looks at")


def downgrade():
    with op.get_context().autocommit_block():
        op.drop_index("ix_customers_words", "customers", postgresql_concurrently=True)
    op.drop_column("customers", "words")
