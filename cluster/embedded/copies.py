"""Copies of databases, kept beside them: making one, and the database again from it, takes some 40 ms.

A copy is one of PostgreSQL's templates that lets nobody in; no statement of a client's shows it.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any, Final

from ..errors import ClusterError
from . import postgres
from .postgres import Server
from .provision import USER

MOST: Final = 4
"""Copies kept; a new one takes the place of the oldest. Each is as large as its database, 9 MB at least."""
PATIENCE: Final = 2.0
"""Seconds to wait for connections to end: a client that has closed its own may still have a backend."""
_PREFIX: Final = "kept "


def keep(server: Server, database: str, name: str) -> bool:
    """Copy the database as it is now; an older copy of that name goes.

    False, and nothing is kept, if there is no such database or somebody is connected to it.
    """
    from psycopg2 import errors

    with _cursor(server) as cursor:
        kept = _kept(cursor)
        for number, old in enumerate(kept):
            if old == _PREFIX + name or number <= len(kept) - MOST:
                _drop(cursor, old)
        if not _is_free(cursor, database):
            return False
        try:
            _create(cursor, _PREFIX + name, database, "IS_TEMPLATE true ALLOW_CONNECTIONS false")
        except (errors.InvalidCatalogName, errors.ObjectInUse):
            return False
    return True


def bring_back(server: Server, name: str, database: str) -> bool:
    """Make the database from the copy of that name. False, and nothing is made, where there is no copy."""
    from psycopg2 import errors

    with _cursor(server) as cursor:
        options = f"IS_TEMPLATE false ALLOW_CONNECTIONS true OWNER {USER}"
        try:
            _create(cursor, database, _PREFIX + name, options)
        except errors.InvalidCatalogName:
            return False
    return True


def forget(server: Server) -> None:
    """Remove all copies: what is in them is older than the cluster's code."""
    with _cursor(server) as cursor:
        for old in _kept(cursor):
            _drop(cursor, old)


@contextlib.contextmanager
def _cursor(server: Server) -> Iterator[Any]:
    """A superuser's cursor; what PostgreSQL refuses becomes a ClusterError."""
    import psycopg2

    with contextlib.closing(server.connect("template1")) as session, session.cursor() as cursor:
        try:
            yield cursor
        except psycopg2.Error as error:
            raise ClusterError(f"PostgreSQL refused to copy a database: {error}") from error


def _kept(cursor: Any) -> list[str]:
    """The copies' names, the oldest first."""
    cursor.execute("SELECT datname FROM pg_catalog.pg_database WHERE datistemplate ORDER BY oid")
    return [name for (name,) in cursor.fetchall() if name.startswith(_PREFIX)]


def _is_free(cursor: Any, database: str) -> bool:
    """Wait until nobody is connected to the database; whether that came true."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        cursor.execute("SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname = %s", [database])
        if cursor.fetchone() == (0,):
            return True
        time.sleep(0.005)
    return False


def _create(cursor: Any, name: str, template: str, options: str) -> None:
    # Without fsync the copy of files costs nothing; with it, the write-ahead log is the cheaper way.
    strategy = "file_copy" if postgres.unsafe_fast() else "wal_log"
    cursor.execute(
        f"CREATE DATABASE {_quoted(name)} TEMPLATE {_quoted(template)} STRATEGY {strategy} {options}"
    )


def _drop(cursor: Any, name: str) -> None:
    cursor.execute(f"ALTER DATABASE {_quoted(name)} IS_TEMPLATE false")
    cursor.execute(f"DROP DATABASE {_quoted(name)}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
