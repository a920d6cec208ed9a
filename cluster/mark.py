"""Whose the practice database is: the mark that the course sets on the one that it made.

The mark is the database's comment. It belongs to the database, not to its name: it stays when that is
renamed, and a database that takes the name later has none. It is kept in a table of the whole cluster
(system.comments), so a backup of the whole cluster keeps it; a database that was restored alone may come
without, and is then left alone (github.com/cockroachdb/cockroach/issues/44396). To set it takes CREATE on the
database, which its maker has (docs: v26.2 comment-on); to read it takes nothing but CONNECT.

It names the learner, too, by a random id in the cluster's home: where several share one cluster, nobody's
lesson drops what another one is working on.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, Literal

from .files import private
from .home import LEARNER, Home

DATABASE = "bank"
"""The practice database. Lessons say this name: in SQL that the learner types, and in what they print."""

SENTENCE = "Made by the course Migrating CockroachDB schemas with Alembic, which drops it and makes it again."

COMMENT = "SELECT shobj_description(oid, 'pg_database') AS mark FROM pg_database WHERE datname = 'bank'"
"""One row with the comment, or none where there is no such database."""

DROP = f"DROP DATABASE {DATABASE} CASCADE"

Whose = Literal["nobody's", "ours", "another learner's", "foreign"]
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


def whose(query: Query, home: Home | None = None) -> Whose:
    """Whose the practice database is. "nobody's": there is none."""
    rows = query(COMMENT)
    if not rows:
        return "nobody's"
    comment = rows[0][0] or ""
    learner = _known(home or Home.find())
    if learner and comment == _text(learner):
        return "ours"
    return "another learner's" if comment.startswith(SENTENCE) else "foreign"


def refusal(whose: Whose, where: str) -> str:
    """Why the practice database at `where` is left alone, and what to do; for what is not ours."""
    if whose == "another learner's":
        return (
            f"The database {DATABASE} at {where} is another learner's, or yours from another folder of the "
            "course. It is left alone: two learners need two clusters. If nobody works in it any more: "
            "python -m cluster reset --anyones"
        )
    return (
        f"The cluster at {where} has a database {DATABASE} that this course did not make. It is left "
        f"alone. Lessons need that name: rename it (ALTER DATABASE {DATABASE} RENAME TO …), or run the "
        "course on another cluster."
    )


def _known(home: Home) -> str:
    """The learner's id; "" where there is none yet."""
    try:
        return (home / LEARNER).read_text().strip()
    except (FileNotFoundError, NotADirectoryError):
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
