"""How Alembic reaches the bank's database: the URL from DATABASE_URL, the models from bank.models."""

import logging
import os
import warnings
from contextlib import contextmanager
from logging.config import fileConfig

from alembic import context
from alembic.util import CommandError
from sqlalchemy import create_engine, pool, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.operators import nulls_first_op, nulls_last_op
from sqlalchemy_cockroachdb.base import CockroachDBImpl as DialectImpl

from bank.models import Base

if context.config.config_file_name is not None:
    # Loggers that the caller has set up (an app, a test, a notebook) stay as they are.
    fileConfig(context.config.config_file_name, disable_existing_loggers=False)

target_metadata = Base.metadata

# Alembic only warns where a computed column differs, and a warning keeps no check from passing.
warnings.filterwarnings("error", message="Computed default on")

IGNORED = {("index", "transfers_made_at_idx"), ("table", "alembic_lock")}
"""What the models do not say, by kind and name: a hash-sharded index, and the lock of migrations."""
SAME_TYPE = {"BIGINT": "INTEGER", "TEXT": "VARCHAR", "BYTEA": "BLOB", "JSON": "JSONB"}


class CockroachDBImpl(DialectImpl):
    """How Alembic compares on CockroachDB: it takes the last class with this __dialect__ (lesson 15)."""

    __dialect__ = "cockroachdb"

    def adjust_reflected_dialect_options(self, reflected, kind):
        """What autogenerate writes of an index that it read, without what CREATE INDEX does not take."""
        options = super().adjust_reflected_dialect_options(reflected, kind)
        if options.get("postgresql_using") == "prefix":
            options.pop("postgresql_using")
        options.pop("postgresql_ops", None)
        return options

    def correct_for_autogen_constraints(self, uniques, indexes, model_uniques, model_indexes):
        """Alembic calls this for each table: what the database has, then what the model has."""
        for index in indexes:
            index.expressions = [without_nulls(part) for part in index.expressions]
        # What is unique comes twice, as an index and as a constraint: keep what the model calls it.
        names = {index.name for index in model_indexes}
        for twin in [index for index in indexes if "duplicates_constraint" in index.info]:
            if twin.name not in names:
                indexes.remove(twin)
        for twin in [unique for unique in uniques if unique.name in names]:
            uniques.remove(twin)


def without_nulls(part):
    """A part of an index without NULLS FIRST or NULLS LAST: CockroachDB has no choice there."""
    return part.element if getattr(part, "modifier", None) in (nulls_first_op, nulls_last_op) else part


def compare_type(context, column, model_column, type_, model_type):
    """False: both are the same type of CockroachDB. None: Alembic shall compare them."""
    one, other = (found.compile(context.dialect) for found in (type_, model_type))
    return False if SAME_TYPE.get(one, one) == SAME_TYPE.get(other, other) else None


def include_name(name, type_, parent_names):
    """Whether Alembic looks at this table or index of the database."""
    return (type_, name) not in IGNORED


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


TAKE = "SELECT id FROM alembic_lock WHERE id = 1 FOR UPDATE"
NO_TABLE, TAKEN = "42P01", "55P03"


@contextmanager
def only_deployer(engine):
    """Wait until nobody else migrates this database, and keep others waiting until the end (lesson 21).

    The lock lives as long as this connection: whoever dies lets go of it.
    """
    with engine.connect() as connection:
        connection.execution_options(isolation_level="READ COMMITTED")
        try:
            connection.execute(text(f"{TAKE} NOWAIT")).one()
        except DBAPIError as error:
            connection.rollback()
            if error.orig.pgcode == NO_TABLE:
                create_lock(engine)
            elif error.orig.pgcode == TAKEN:
                logging.getLogger("alembic.env").info("Another deployer is at work. Waiting for it to end.")
            else:
                raise
            connection.execute(text(TAKE)).one()
        yield


def create_lock(engine):
    """Make the table with its one row, in a database that has none yet; two may do it at once."""
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text("CREATE TABLE IF NOT EXISTS alembic_lock (id INT8 PRIMARY KEY)"))
        connection.execute(text("INSERT INTO alembic_lock VALUES (1) ON CONFLICT DO NOTHING"))


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
    with only_deployer(engine), engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=target_metadata,
            compare_type=compare_type,
            compare_server_default=True,
            include_name=include_name,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
