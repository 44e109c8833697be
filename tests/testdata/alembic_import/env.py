"""Written as most are: an offline mode nobody tries, with the driver's own parameter style."""
import os

import sqlalchemy as sa
from alembic import context

if context.is_offline_mode():
    context.configure(url="postgresql+psycopg2://nowhere/nothing")
    with context.begin_transaction():
        context.run_migrations()
else:
    with sa.create_engine(os.environ["DATABASE_URL"]).connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
