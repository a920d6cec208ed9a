"""What several exercises ask alike: is it a revision that makes this, has it run, can it be undone?"""

from __future__ import annotations

import re

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


def refuse_waiting(context: Context, word: str) -> None:
    """Raise NotYet if a revision that holds `word` is written, and the database is not at the newest one."""
    if maker(context, word) and context.applied() != context.revisions()[-1].id:
        raise NotYet("The revision is written, but it has not run on the database yet.")


def refuse_by_hand(context: Context, word: str, what: str) -> Revision:
    """Raise NotYet unless a revision that holds `word` has made `what`, which is there; else give it.

    what: "column", "view": the thing in the learner's words.
    """
    found = maker(context, word)
    if found is None:
        refuse_lost_file(context)
        raise NotYet(f"The {what} is there, but no revision makes it: the next database would go without.")
    if context.applied() != context.revisions()[-1].id:
        raise NotYet(f"The {what} is there, but alembic_version does not name the newest revision.")
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
