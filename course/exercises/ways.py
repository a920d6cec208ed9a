"""The learner's own revisions, tried out on a new database: up, down, and up again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .. import database
from ..migration import Revision
from ..workspace import ROOT
from .model import Context, NotYet
from .rehearsal import Failed, rehearse

LONGEST = 120
"""Letters of an error that a learner reads."""
Rows = list[dict[str, Any]]

COLUMNS = (
    "SELECT table_name, column_name, replace(crdb_sql_type, 'STRING', 'VARCHAR') AS type,"
    ' is_nullable AS "NULL", column_default AS default_, generation_expression AS expression'
    " FROM information_schema.columns WHERE table_schema = 'public'"
)
"""What downgrade() must bring back. Not the order of the columns, and not the indexes: a changed primary key
leaves one behind, which a person may want to keep."""


def own(context: Context, *words: str) -> list[Revision]:
    """The revisions that the learner wrote and whose functions hold a word; the oldest first.

    words: in small letters; the case in the file does not count. What the steps of the course write is known
    by the message in the file's name.
    """
    steps = {path.stem.partition("_")[2] for path in (ROOT / "alembic" / "versions").glob("*.py")}
    found = []
    for revision in context.revisions():
        functions = revision.path.read_text(encoding="utf-8").partition("\ndef ")[2].lower()
        if revision.path.stem.partition("_")[2] not in steps and any(word in functions for word in words):
            found.append(revision)
    return found


def refuse_one_way_all(context: Context, mine: list[Revision]) -> None:
    """Raise NotYet where no downgrade() of them does anything. One that only fills rows need not."""
    if not any(context.does_something(revision, "downgrade") for revision in mine):
        raise NotYet("The revision cannot be undone: its downgrade() does nothing.")


def try_out(
    context: Context,
    mine: list[Revision],
    *,
    scene: Sequence[str] = (),
    rows: Sequence[str] = (),
    probes: Sequence[tuple[str, str]] = (),
    kept: tuple[str, str] = ("", ""),
    back: bool = True,
) -> list[Rows]:
    """Run these revisions, and what stands between them, on a new database; gives what the probes give.

    scene: statements on the empty database, for what no revision makes.
    rows: statements before the first of them.   probes: statements after the last of them, each with what
    the learner is told where it fails.   kept: a query that must give the same before the way up and after
    the way back, and what is so if it does not.   back: whether the way back is tried as well.
    Raises NotYet with the first thing that is wrong.
    """
    _refuse_named_database(context)
    before, last = min(mine[0].parents, default="base"), mine[-1].id
    plan: list[tuple[str, tuple[str, ...]]] = [("The scene of this check fails", ("sql", s)) for s in scene]
    if before != "base":
        plan.append(("On a new database a revision before yours fails", ("upgrade", before)))
    plan += [("On a new database the rows of this check do not fit", ("sql", row)) for row in rows]
    looks = [("sql", query) for query in (COLUMNS, kept[0]) if query]
    plan += [("", look) for look in looks]
    plan.append(("On a new database upgrade() fails", ("upgrade", last)))
    plan += [(complaint, ("sql", statement)) for statement, complaint in probes]
    if back:
        plan.append(("On a new database downgrade() fails", ("downgrade", before)))
        plan += [("", look) for look in looks]
        plan.append(("After downgrade() a second upgrade fails", ("upgrade", last)))
    stopped = ""
    try:
        results = rehearse(context, *(step for _, step in plan))
    except Failed as failed:
        results, stopped = failed.results, str(failed)
    at = [number for number, (_, step) in enumerate(plan) if step == looks[0]]
    if len(at) == 2 and len(results) > at[1]:
        # First the columns: what was kept cannot be read where one of them is gone.
        _refuse_other_columns(results[at[0]], results[at[1]])
        if kept[0] and len(results) > at[1] + 1 and results[at[0] + 1] != results[at[1] + 1]:
            raise NotYet(f"On a new database, up and down: then {kept[1]}.")
    if stopped:
        complaint = plan[len(results)][0]
        # An error about a row shows all of it.
        said = stopped if len(stopped) <= LONGEST else stopped[:LONGEST] + "…"
        raise NotYet(complaint if complaint.endswith(".") else f"{complaint}: {said}")
    first = at[0] + len(looks) + 1
    return results[first : first + len(probes)]


def _refuse_named_database(context: Context) -> None:
    """Raise NotYet for a revision that names the database: tried out, it would change the learner's own."""
    tables = "|".join(map(re.escape, context.tables()))
    named = re.compile(rf'(?i)\b{database.NAME}"?\."?(public"?\."?)?({tables})\b|\bUSE\s+"?{database.NAME}\b')
    for revision in own(context, database.NAME):
        if named.search(revision.path.read_text(encoding="utf-8").partition("\ndef ")[2]):
            raise NotYet(
                f"The revision {revision.id} names the database {database.NAME}: on every other database it "
                "would change that one. Leave the name out."
            )


def _refuse_other_columns(before: Rows, after: Rows) -> None:
    """Raise NotYet with a column that the way back has left behind, lost or changed."""
    old, new = ({(row["table_name"], row["column_name"]): row for row in rows} for rows in (before, after))
    for name in sorted(new.keys() - old.keys()):
        raise NotYet(f"On a new database, up and down: then {'.'.join(name)} is still there.")
    for name in sorted(old.keys() - new.keys()):
        raise NotYet(f"On a new database, up and down: then {'.'.join(name)} is gone, and was there before.")
    for name in sorted(old):
        for what, was in old[name].items():
            if new[name][what] != was:
                shown = f"{what.rstrip('_')} of {'.'.join(name)} is {new[name][what] or 'empty'}"
                raise NotYet(f"On a new database, up and down: then {shown}, and was {was or 'empty'}.")
