"""What a new PostgreSQL gets before the first client may come: the dialect, the user, the databases."""

from __future__ import annotations

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
    session = server.connect("template1")
    try:
        _run(session, f"CREATE ROLE {USER} LOGIN CREATEDB CREATEROLE")
        set_password(session, password)
        _run(session, dialect)
        _run(session, "DROP DATABASE postgres")  # initdb's own, without the dialect
        for name in DATABASES:
            _run(session, f"CREATE DATABASE {name} TEMPLATE template1")
            _run(session, f"GRANT ALL ON DATABASE {name} TO {USER}")
    finally:
        session.close()


def upgrade(server: Server, dialect: str) -> None:
    """Bring a newer dialect into every database that is there. Each gets all of it or nothing."""
    session = server.connect("template1")
    try:
        with session.cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE datallowconn ORDER BY datname")
            names = [row[0] for row in cursor.fetchall()]
    finally:
        session.close()
    for name in names:
        session = server.connect(name)
        try:
            _run(session, dialect)
        finally:
            session.close()


def set_password(session: connection, password: str) -> None:
    """Give the SQL user this password (again): PostgreSQL keeps a SCRAM verifier of it."""
    _run(session, f"ALTER ROLE {USER} LOGIN PASSWORD %s", password)


def _run(session: connection, sql: str, *values: str) -> None:
    import psycopg2

    try:
        with session.cursor() as cursor:
            cursor.execute(sql, values or None)
    except psycopg2.Error as error:
        raise ClusterError(
            f"PostgreSQL refused the dialect's SQL: {error}. If this home was made by another version, "
            f"`python -m cluster reset` makes a fresh start (the databases in it are lost)."
        ) from error
