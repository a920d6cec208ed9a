"""What a new PostgreSQL gets before the first client may come: the dialect, the user, the databases."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import ClusterError
from .postgres import Server

if TYPE_CHECKING:
    from psycopg2.extensions import connection

USER = "demo"
DATABASES = ("defaultdb", "postgres")
"""A new CockroachDB has these two beside `system`: cockroachdb/docs, "Default databases"."""


def provision(server: Server, password: str, dialect: str) -> None:
    """Fill a new server: role, the dialect's SQL in template1, and the databases made from it."""
    with _session(server, "template1") as session:
        _run(session, f"CREATE ROLE {USER} LOGIN CREATEDB CREATEROLE PASSWORD %s", password)
        _run(session, dialect)
        _run(session, "DROP DATABASE postgres")  # initdb's own, without the dialect
        for name in DATABASES:
            _run(session, f"CREATE DATABASE {name} TEMPLATE template1")
            _run(session, f"GRANT ALL ON DATABASE {name} TO {USER}")


def upgrade(server: Server, dialect: str) -> None:
    """Bring a newer dialect into every database that is there. Each gets all of it or nothing."""
    with _session(server, "template1") as session, session.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datallowconn ORDER BY datname")
        names = [row[0] for row in cursor.fetchall()]
    for name in names:
        with _session(server, name) as session:
            _run(session, dialect)


def set_password(server: Server, password: str) -> None:
    """Give the SQL user this password again: PostgreSQL keeps a SCRAM verifier of it."""
    with _session(server, "template1") as session:
        _run(session, f"ALTER ROLE {USER} LOGIN PASSWORD %s", password)


def _run(session: connection, sql: str, *values: str) -> None:
    with session.cursor() as cursor:
        cursor.execute(sql, values or None)


@contextlib.contextmanager
def _session(server: Server, database: str) -> Iterator[connection]:
    """A superuser's connection, what goes wrong on it told to a person."""
    import psycopg2

    session = server.connect(database)
    try:
        yield session
    except psycopg2.Error as error:
        if session.closed:
            raise server.failure("ended while its databases were made ready") from error
        raise ClusterError(
            f"PostgreSQL refused the dialect's SQL: {error}. If this home was made by another version, "
            f"`python -m cluster reset` makes a fresh start (the databases in it are lost)."
        ) from error
    finally:
        session.close()
