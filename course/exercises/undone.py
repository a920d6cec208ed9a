"""Whether revisions make what is there, and undo it: tried out on a new database."""

from __future__ import annotations

from typing import Any

from .model import Context, NotYet
from .rehearsal import Failed, refuse_traces, rehearse
from .revised import makers


def refuse_false_way(
    context: Context, table: str, column: str, *, before: tuple[str, ...], apart: tuple[str, ...] = ()
) -> None:
    """Raise NotYet unless the revisions that hold `column` make it as it is here, and undo that and no more.

    For a column that is there, made by revisions that have run.
    before: columns that the table has without them.   apart: columns that want revisions of their own.
    """
    _refuse_gap(context)
    made = makers(context, column)
    start = min(made[0].parents, default="base")
    asked = [f"SHOW COLUMNS FROM {table}", f"SHOW CONSTRAINTS FROM {table}"]
    steps: list[tuple[str, ...]] = [
        *([("upgrade", start)] if start != "base" else []),
        ("schema",),
        ("upgrade", made[0].id),
        ("schema",),
        ("upgrade", made[-1].id),
        *[("sql", statement) for statement in asked],
        ("downgrade", start),
        ("schema",),
    ]
    try:
        results = rehearse(context, *steps)
    except Failed as failed:
        if str(failed).startswith("LookupError"):  # of the rehearsal itself
            raise NotYet(str(failed).partition(": ")[2]) from None
        back = len(failed.results) == len(steps) - 2
        raise NotYet(
            f"{'downgrade() fails' if back else 'On a new database your revisions fail'}: "
            f"{str(failed).rstrip(': ')}"
        ) from None
    first, alone, *there, last = [
        result for step, result in zip(steps, results, strict=True) if step[0] in ("schema", "sql")
    ]
    _refuse_shared(column, _columns(first, table), _columns(alone, table), before, apart)
    if [_about(rows, column) for rows in there] != [_about(context.sql(text), column) for text in asked]:
        raise NotYet(
            f"On a new database your revisions make another {column}. Was a part of it done by hand, or "
            "written into a file later?"
        )
    refuse_traces(first, last)


def _refuse_gap(context: Context) -> None:
    """Raise NotYet if a revision follows one of which there is no file."""
    revisions = context.revisions()
    followed = {parent for revision in revisions for parent in revision.parents}
    if gone := sorted(followed - {revision.id for revision in revisions}):
        raise NotYet(f"The file of the revision {gone[0]} is gone or empty, and another revision follows it.")


def _refuse_shared(
    column: str, old: set[str], new: set[str], before: tuple[str, ...], apart: tuple[str, ...]
) -> None:
    """Raise NotYet if the revision that makes `column` makes another one of the course, too.

    old, new: the table's columns before and after it.
    """
    shared = [name for name in (*before, *apart) if name in new - old]
    if shared:
        raise NotYet(f"One revision makes {column} and {shared[0]}: give {column} a revision of its own.")


def _columns(schema: list[str], table: str) -> set[str]:
    return {name for of, name, *_ in map(str.split, schema) if of == table and name != "CREATE"}


def _about(rows: list[dict[str, Any]], column: str) -> list[str]:
    """Of what SHOW COLUMNS or SHOW CONSTRAINTS gives, what it says of `column`, without an order.

    Names of constraints and indexes do not count: they may be made with an id in them.
    """
    found = []
    for row in rows:
        told = {key: str(value) for key, value in row.items() if key not in ("constraint_name", "indices")}
        if row.get("column_name") == column or column in told.get("details", ""):
            found.append(str(sorted(told.items())))
    return sorted(found)
