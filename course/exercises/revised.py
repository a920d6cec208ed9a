"""What several exercises ask alike: is it a revision that makes this, has it run, can it be undone?"""

from __future__ import annotations

import re

from .. import migration
from ..migration import Revision
from .model import Context, NotYet


def maker(context: Context, word: str) -> Revision | None:
    """The newest revision that holds `word` below its head; None if there is none."""
    return next(reversed(makers(context, word)), None)


def makers(context: Context, word: str) -> list[Revision]:
    """All revisions that hold `word` below their head, in capitals or not, the oldest first.

    The file's head does not count: the message of a revision says what it is to do, not that it does it.
    """
    return [item for item in context.revisions() if word.lower() in _below_head(item).lower()]


def _below_head(revision: Revision) -> str:
    """The functions of a revision, and the names and helpers that stand above them."""
    text = revision.path.read_text(encoding="utf-8")
    head = re.search(r"^depends_on\b.*\n", text, re.MULTILINE)
    return text[head.end() :] if head else text.partition("\ndef ")[2]


def refuse_lost_file(context: Context) -> None:
    """Raise NotYet if the database stands at a revision of which there is no file."""
    applied = context.applied()
    if applied and applied not in {item.id for item in context.revisions()}:
        raise NotYet(f"The database stands at {applied}, and no file has this revision any more.")


def refuse_in_old(revision: Revision, message: str) -> None:
    """Raise NotYet for a revision that an earlier lesson has made, known by the slug of its message."""
    if revision.path.stem.endswith(f"_{message}"):
        raise NotYet(
            f"It stands in {revision.path.name}, which is old: a database that has run it gets nothing new."
        )


def has_run(context: Context, revision: Revision) -> bool:
    """Whether alembic_version says so. Raises NotYet if Alembic has not run at all."""
    context.applied()
    rows = context.sql("SELECT version_num FROM alembic_version")
    return revision.id in migration.ran(context.revisions(), [row["version_num"] for row in rows])


def refuse_waiting(context: Context, word: str) -> None:
    """Raise NotYet if a revision that holds `word` is written, and has not run."""
    found = maker(context, word)
    if found and not has_run(context, found):
        raise NotYet("The revision is written, but it has not run on the database yet.")


def refuse_noted(context: Context, table: str, column: str) -> None:
    """For a column that is missing: raise NotYet if there is one of a like name, or its revision is noted."""
    if near := [name for name in context.columns(table) if column in name.lower()]:
        raise NotYet(f"The table {table} has a column {near[0]}: it should be named {column}.")
    found = maker(context, column)
    if found is None or not has_run(context, found):
        return
    if not found.parents:
        raise NotYet("You changed a revision that has run: Alembic runs none twice. Make a new one.")
    raise NotYet(
        f"Alembic has noted that {found.id} ran, and {table} has no column {column}: was the file filled or "
        "changed later?"
    )


def refuse_by_hand(context: Context, word: str, what: str) -> Revision:
    """Raise NotYet unless a revision that holds `word` has made `what`, which is there; else give it.

    what: "column", "view": the thing in the learner's words.
    """
    found = maker(context, word)
    if found is None:
        refuse_lost_file(context)
        raise NotYet(f"The {what} is there, but no revision makes it: the next database would go without.")
    if not has_run(context, found):
        raise NotYet(
            f"The {what} is there, but something else made it: the revision {found.id} has not run yet."
        )
    return found


def statements(context: Context, revision: Revision) -> list[str]:
    """The SQL statements of a revision's upgrade(), as --sql prints them, without Alembic's own.

    Raises NotYet where --sql fails.
    """
    printed = re.sub(r"^--.*$", "", context.offline_sql(revision), flags=re.MULTILINE)
    found = [re.sub(r"\s+", " ", text).strip() for text in printed.split(";")]
    return [text for text in found if text and "alembic_version" not in text]


def schema_changes(found: list[str]) -> list[str]:
    """Those of the statements that change the schema."""
    return [
        text for text in found if re.match(r"(CREATE|ALTER|DROP|TRUNCATE|COMMENT)\b", text, re.IGNORECASE)
    ]


def refuse_one_way(context: Context, revision: Revision) -> None:
    """Raise NotYet for a revision whose downgrade() does nothing."""
    if not context.does_something(revision, "downgrade"):
        raise NotYet("The revision cannot be undone: its downgrade() does nothing.")
