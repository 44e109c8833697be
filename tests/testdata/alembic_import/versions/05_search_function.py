"""Keep the words that are searched"""
from alembic import op

revision = "search2"
down_revision = "search1"
branch_labels = None
depends_on = None


def upgrade():
    op.execute(
        """
        CREATE FUNCTION keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.words := lower(NEW.name);
            -- BEGIN; COMMIT; are words too
            RETURN NEW;
        END;
        $$;
        """
    )
    op.execute("CREATE TRIGGER keep_words BEFORE INSERT ON customers FOR EACH ROW EXECUTE FUNCTION keep_words()")


def downgrade():
    op.execute("DROP TRIGGER keep_words ON customers")
    op.execute("DROP FUNCTION keep_words")
