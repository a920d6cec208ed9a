"""The course's own connection to the cluster: to make the practice database anew and to look at it.

Statements are the same on every engine. Each call opens a connection and closes it again, so that the course
holds nothing that could be in a learner's way.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cluster import ClusterError
from cluster import mark as mark_of_course

from .errors import NO_CLUSTER, CourseError, SqlError

if TYPE_CHECKING:
    from cluster import Cluster

NAME = mark_of_course.DATABASE
DEFAULT = "defaultdb"
"""The database that every CockroachDB cluster has."""

MAKES_PRACTICE = re.compile(rf'\s*CREATE\s+DATABASE\s+("{NAME}"|{NAME}\b)', re.IGNORECASE)
"""A statement that, when it succeeds, has made the practice database: it was not there before."""

LOCKS = "create_table_with_schema_locked"
"""Whether new tables are schema_locked: a setting of a session, since v25.2 (cockroach#143892)."""

PATIENCE = 10
"""Seconds to wait for a connection, a lock or one statement."""


@contextlib.contextmanager
def connect(url: str) -> Iterator[Any]:
    """A cursor of a connection that commits each statement. Raises SqlError, also for what the body runs."""
    import psycopg2
    import psycopg2.extras

    try:
        connection = psycopg2.connect(
            url.replace("cockroachdb://", "postgresql://", 1),
            connect_timeout=PATIENCE,
            application_name="course",
            cursor_factory=psycopg2.extras.RealDictCursor,
        )
    except psycopg2.Error as error:
        raise translate(error) from None
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = '{PATIENCE}s'")
            yield cursor
    except psycopg2.Error as error:
        raise translate(error) from None
    finally:
        connection.close()


def translate(error: Any) -> SqlError:
    """A driver's error in one line (and one each for what the server adds)."""
    code = getattr(error, "pgcode", None)
    details = getattr(error, "diag", None)
    message = getattr(details, "message_primary", None) or str(error).strip().partition("\n")[0]
    if code is None:
        if "refused" in message or "closed" in message or "terminated" in message:
            return SqlError(NO_CLUSTER)
        # libpq puts the address before what the server said of a connection that it refused.
        said = re.sub(r"^connection to server .*? failed: (?:ERROR|FATAL):\s*", "", message)
        if re.fullmatch(rf'database "{NAME}" does not exist', said):
            said += f". Make it: %sql CREATE DATABASE {NAME}\nOr begin the lesson again: run the first cell."
        return SqlError(f"ERROR: {said}")
    lines = [f"ERROR: {message} (SQLSTATE {code})"]
    for label in ("detail", "hint"):
        if text := getattr(details, f"message_{label}", None):
            lines.append(f"{label.upper()}: {text}")
    return SqlError("\n".join(lines), code)


def query(url: str, statement: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """The rows of one statement as dicts; [] for one that gives none. Raises SqlError."""
    with connect(url) as cursor:
        cursor.execute(statement, parameters)
        return [dict(row) for row in cursor.fetchall()] if cursor.description else []


def remove(cluster: Cluster) -> None:
    """Drop the practice database with all that is in it, if there is one.

    Raises CourseError, and drops nothing, when this is not the course's own cluster and the database of that
    name does not carry this learner's mark: it may be somebody's real one.
    """
    with connect(cluster.url(DEFAULT)) as cursor:
        if own(cluster):
            cursor.execute(f"DROP DATABASE IF EXISTS {NAME} CASCADE")
            return
        try:
            mark_of_course.drop(_rows(cursor), cluster.address)
        except ClusterError as error:
            raise CourseError(str(error)) from None


@contextlib.contextmanager
def making(statement: str, url: str) -> Iterator[None]:
    """Around a statement for the cluster of `url`: if it makes the practice database, that is marked.

    At once, for a lesson that is ended must not leave one behind that is nobody's; and before the statement
    it is written down, for one that is ended in between. Raises what the statement raises, and SqlError for
    the mark.
    """
    if not MAKES_PRACTICE.match(statement):
        yield
        return
    # A help only: without it the next lesson refuses what an ended one has left.
    with contextlib.suppress(OSError, ClusterError):
        mark_of_course.making(urlsplit(url).netloc.rpartition("@")[2])
    try:
        yield
    except Exception as error:
        # Refused, and so not made. After anything else, such as a lost connection, it may be there.
        if str(getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)).startswith("42"):
            mark_of_course.made()
        raise
    mark(url)
    mark_of_course.made()


def mark(url: str) -> bool:
    """Mark the practice database as the course's own. False where there is none.

    Only for one that the course has made just now: what is marked may be dropped. Where the server's
    default is another (before v26.1: github.com/cockroachdb/cockroach/issues/152991), new tables of it become
    schema_locked in the sessions to come, as lessons show them.
    """
    with connect(url) as cursor:
        if not _rows(cursor)(mark_of_course.COMMENT):
            return False
        cursor.execute(mark_of_course.statement())
        if _rows(cursor)(f"SELECT current_setting('{LOCKS}', true)") == [("off",)]:
            cursor.execute(f"ALTER DATABASE {NAME} SET {LOCKS} = on")
        return True


def exists(url: str) -> bool:
    """Whether there is a practice database."""
    with connect(url) as cursor:
        return bool(_rows(cursor)(mark_of_course.COMMENT))


def own(cluster: Cluster) -> bool:
    """Whether the course started this cluster itself, so that everything in it is for practice."""
    return cluster.engine != "external"


def _rows(cursor: Any) -> mark_of_course.Query:
    def query(statement: str) -> list[Any]:
        cursor.execute(statement)
        return [tuple(row.values()) for row in cursor.fetchall()] if cursor.description else []

    return query
