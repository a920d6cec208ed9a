"""What a new PostgreSQL gets before the first client may come: the dialect, the user, the databases."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from ..errors import ClusterError
from .postgres import Server

if TYPE_CHECKING:
    from psycopg2.extensions import connection

USER = "demo"
DISK_FULL = "53100"
DATABASES = ("defaultdb", "postgres")
"""A new CockroachDB has these two beside `system`: cockroachdb/docs, "Default databases"."""


def provision(server: Server, password: str, dialect: str) -> None:
    """Fill a new server: role, the dialect's SQL in template1, and the databases.

    initdb has made the database `postgres` already, without the dialect. It gets it at the same time as
    template1: dropping it and copying template1 would cost a checkpoint. This is safe as long as the
    dialect's SQL changes nothing that databases share (roles, databases, tablespaces).
    """
    with _session(server, "template1") as session:
        _run(session, f"CREATE ROLE {USER} LOGIN CREATEDB CREATEROLE PASSWORD %s", password)
        # For DROP DATABASE while others are connected.
        _run(session, f"GRANT pg_signal_backend TO {USER}")
        with ThreadPoolExecutor(1) as beside:
            other = beside.submit(_install, server, "postgres", dialect)
            _run(session, dialect)
            other.result()
        _run(session, "CREATE DATABASE defaultdb TEMPLATE template1")
        for name in DATABASES:
            _run(session, f"GRANT ALL ON DATABASE {name} TO {USER} WITH GRANT OPTION")


def upgrade(server: Server, dialect: str) -> None:
    """Bring a newer dialect into every database that is there. Each gets all of it or nothing."""
    with _session(server, "template1") as session, session.cursor() as cursor:
        # What a DROP DATABASE that was cut short has left: PostgreSQL lets nobody in any more.
        cursor.execute("SELECT format('DROP DATABASE %I', datname) FROM pg_database WHERE datconnlimit = -2")
        for (drop,) in cursor.fetchall():
            _run(session, drop)
        cursor.execute("SELECT datname FROM pg_database WHERE datallowconn ORDER BY datname")
        names = [row[0] for row in cursor.fetchall()]
    for name in names:
        _install(server, name, dialect)


def set_password(server: Server, password: str) -> None:
    """Give the SQL user this password again: PostgreSQL keeps a SCRAM verifier of it."""
    with _session(server, "template1") as session:
        _run(session, f"ALTER ROLE {USER} LOGIN PASSWORD %s", password)


def _install(server: Server, database: str, dialect: str) -> None:
    with _session(server, database) as session:
        _run(session, dialect)


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
        if error.pgcode == DISK_FULL:
            raise server.failure("could not make its databases ready", str(error)) from error
        raise ClusterError(
            f"PostgreSQL refused the dialect's SQL: {error}. If this home was made by another version, "
            f"`python -m cluster reset` makes a fresh start (the databases in it are lost)."
        ) from error
    finally:
        session.close()
