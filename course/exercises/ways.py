"""The learner's own revisions, tried out on a new database: up, down, and up again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..migration import Revision
from ..workspace import ROOT
from .model import Context, NotYet
from .rehearsal import Failed, refuse_traces, rehearse

LONGEST = 120
"""Letters of an error that a learner reads."""
Rows = list[dict[str, Any]]


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
    before, last = min(mine[0].parents, default="base"), mine[-1].id
    plan: list[tuple[str, tuple[str, ...]]] = [("The scene of this check fails", ("sql", s)) for s in scene]
    if before != "base":
        plan.append(("On a new database a revision before yours fails", ("upgrade", before)))
    plan += [("On a new database the rows of this check do not fit", ("sql", row)) for row in rows]
    looks: list[tuple[str, ...]] = [("schema",), *([("sql", kept[0])] if kept[0] else [])]
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
        refuse_traces(results[at[0]], results[at[1]], indexes=False)
        if kept[0] and len(results) > at[1] + 1 and results[at[0] + 1] != results[at[1] + 1]:
            raise NotYet(f"Up and down: then {kept[1]}.")
    if stopped:
        complaint = plan[len(results)][0]
        # An error about a row shows all of it.
        said = stopped if len(stopped) <= LONGEST else stopped[:LONGEST] + "…"
        raise NotYet(complaint if complaint.endswith(".") else f"{complaint}: {said}")
    first = at[0] + len(looks) + 1
    return results[first : first + len(probes)]
