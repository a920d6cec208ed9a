"""Whose the practice database is: the mark that the course sets on the one that it made.

The mark is the database's comment. It belongs to the database, not to its name: it stays when that is
renamed, and a database that takes the name later has none. It is kept in a table of the whole cluster
(system.comments), so a backup of the whole cluster keeps it; a database that was restored alone may come
without, and is then left alone (github.com/cockroachdb/cockroach/issues/44396). To set it takes CREATE on the
database, which its maker has (docs: v26.2 comment-on); to read it takes nothing but CONNECT.

It names the learner, too, by a random id in the cluster's home: where several share one cluster, nobody's
lesson drops what another one is working on.

The database is made by one statement and marked by the next. A course that is killed between the two would
leave one that looks like anybody's. So the home says first where this learner is making one: `making`, then
CREATE DATABASE, COMMENT ON DATABASE, `made`. (For one transaction of both, autocommit_before_ddl would have
to be off around a statement that the learner types.) What has no comment, where the home says so, is dropped
if it is empty, of which the server judges: DROP … RESTRICT.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable
from typing import Any, Literal

from .errors import ClusterError
from .files import private
from .home import LEARNER, MAKING, Home

DATABASE = "bank"
"""The practice database. Lessons say this name: in SQL that the learner types, and in what they print."""

SENTENCE = "Made by the course Migrating CockroachDB schemas with Alembic, which drops it and makes it again."

COMMENT = "SELECT shobj_description(oid, 'pg_database') AS mark FROM pg_database WHERE datname = 'bank'"
"""One row with the comment, or none where there is no such database."""

DROP = f"DROP DATABASE {DATABASE} CASCADE"
DROP_EMPTY = f"DROP DATABASE {DATABASE} RESTRICT"
"""Refused where there is a table or a view in it (docs: v26.2 drop-database)."""

Whose = Literal["nobody's", "ours", "unfinished", "another learner's", "foreign"]
Query = Callable[[str], list[Any]]
"""Runs a statement and gives its rows, each a sequence."""


def text(home: Home | None = None) -> str:
    """The mark of this home's learner; makes the learner's id where there is none yet. Raises OSError."""
    return _text(_learner(home or Home.find()))


def _text(learner: str) -> str:
    return f"{SENTENCE} (learner {learner})"


def statement(home: Home | None = None) -> str:
    """The SQL that marks the practice database."""
    return f"COMMENT ON DATABASE {DATABASE} IS '{text(home)}'"


def making(where: str, home: Home | None = None) -> None:
    """Write down that this learner is about to make the practice database at `where` (host and port).

    Raises OSError, ClusterError.
    """
    home = home or Home.find()
    home.make()
    home.write(MAKING, {"at": where})


def made(home: Home | None = None) -> None:
    """It is marked, or will not be made: what `making` wrote down is past."""
    (home or Home.find()).delete(MAKING)


def whose(query: Query, where: str, home: Home | None = None) -> Whose:
    """Whose the practice database at `where` (host and port) is.

    "nobody's": there is none. "unfinished": without a mark, where this learner began to make one. It may be
    dropped by DROP_EMPTY; where that is refused it is foreign.
    """
    rows = query(COMMENT)
    if not rows:
        return "nobody's"
    home = home or Home.find()
    comment = rows[0][0] or ""
    learner = _known(home)
    if learner and comment == _text(learner):
        return "ours"
    if not comment and _being_made(home) == where:
        return "unfinished"
    return "another learner's" if comment.startswith(SENTENCE) else "foreign"


def drop(query: Query, where: str, home: Home | None = None, *, anyones: bool = False) -> bool:
    """Drop the practice database at `where` (host and port), if it is this learner's. False: there is none.

    `anyones`: also if it is another learner's. Raises ClusterError with the refusal, and drops nothing, where
    it is not the course's; what `query` raises.
    """
    import psycopg2.errors

    found = whose(query, where, home)
    if found == "ours" or (anyones and found == "another learner's"):
        query(DROP)
    elif found == "unfinished":
        try:
            query(DROP_EMPTY)
        except psycopg2.errors.DependentObjectsStillExist:
            raise ClusterError(refusal("foreign", where)) from None
    elif found != "nobody's":
        raise ClusterError(refusal(found, where))
    made(home)
    return found != "nobody's"


def refusal(whose: Whose, where: str) -> str:
    """Why the practice database at `where` is left alone, and what to do; for what is not ours."""
    if whose == "another learner's":
        return (
            f"The database {DATABASE} at {where} is another learner's, or yours from another folder of the "
            "course. It is left alone: each learner needs a cluster of their own, such as the local one "
            "(python -m cluster use --none). If nobody works in it any more: python -m cluster reset "
            "--anyones"
        )
    return (
        f"The cluster at {where} has a database {DATABASE} that this course did not make. It is left "
        f"alone. Lessons need that name: rename it (ALTER DATABASE {DATABASE} RENAME TO …), drop it if it is "
        f"empty and nobody's (DROP DATABASE {DATABASE} RESTRICT), or run the course on another cluster."
    )


def _known(home: Home) -> str:
    """The learner's id; "" where there is none yet."""
    try:
        return (home / LEARNER).read_text().strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""


def _being_made(home: Home) -> str:
    """Where `making` says that it is being made; "" for nowhere."""
    with contextlib.suppress(ClusterError):
        return str(home.read(MAKING).get("at", ""))
    return ""


def _learner(home: Home) -> str:
    if found := _known(home):
        return found
    path = home / LEARNER
    home.make()
    made = secrets.token_hex(8)
    draft = home / f"{LEARNER}.{made}"
    with private(draft, "x") as file:
        file.write(made.encode() + b"\n")
    try:
        path.hardlink_to(draft)  # all of it at once, and only one of two that begin together
    except FileExistsError:
        return path.read_text().strip() or made
    finally:
        draft.unlink()
    return made
