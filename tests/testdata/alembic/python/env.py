"""The database is the one $DATABASE_URL names, as schemactl reads it."""
import os

import sqlalchemy as sa
from alembic import context

metadata = sa.MetaData()
sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("email", sa.Text),
    sa.Column("closed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.UniqueConstraint("email", name="uq_accounts_email"),
)
sa.Table(
    "invoices",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("account_id", sa.BigInteger, sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("total", sa.Numeric(12, 2), nullable=False),
)
sa.Table(
    "audit_entries",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("happened", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    sa.Index("ix_audit_entries_happened", "happened"),
)

if context.is_offline_mode():
    context.configure(dialect_name="postgresql", literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    with sa.create_engine(os.environ["DATABASE_URL"]).connect() as connection:
        context.configure(connection=connection, target_metadata=metadata)
        with context.begin_transaction():
            context.run_migrations()
