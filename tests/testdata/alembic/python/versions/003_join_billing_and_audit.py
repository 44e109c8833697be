"""Join billing and audit"""
revision = "003"
down_revision = ("billing1", "audit2")
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
