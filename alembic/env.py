"""How Alembic reaches the bank's database: the URL from DATABASE_URL, the models from bank.models."""

import os
from logging.config import fileConfig

from alembic import context
from alembic.util import CommandError
from sqlalchemy import create_engine, pool

from bank.models import Base

if context.config.config_file_name is not None:
    # Loggers that the caller has set up (an app, a test, a notebook) stay as they are.
    fileConfig(context.config.config_file_name, disable_existing_loggers=False)

target_metadata = Base.metadata


def database_url() -> str:
    """Return DATABASE_URL; without it Alembic ends with one line that says what to do."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        raise CommandError(
            "DATABASE_URL is not set. In this project: export DATABASE_URL=$(python -m cluster url)"
        )
    if not url.startswith("cockroachdb"):
        raise CommandError("DATABASE_URL must begin with cockroachdb:// for SQLAlchemy to choose the dialect")
    return url


def run_migrations_offline() -> None:
    """Print the SQL (`--sql`) without a connection."""
    context.configure(
        url=database_url(),
        target_metadata=target_metadata,
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
    )
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online() -> None:
    """Run the migrations on the database."""
    engine = create_engine(database_url(), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=target_metadata)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
