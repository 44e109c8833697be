"""Join search and billing"""
revision = "b1"
down_revision = ("search2", "billing2")
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
