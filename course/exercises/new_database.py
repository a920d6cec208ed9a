"""What a learner's revisions do on a new database: there and back, or as the file that --sql makes.

What is in the learner's own database shows that the work was done here, by whatever means. Whether the
revisions would do it elsewhere, with other rows, and could be undone, shows itself only where they run.
"""

from __future__ import annotations

import re
from typing import Any

from ..migration import Revision
from .model import Context, NotYet
from .rehearsal import Failed, refuse_traces, rehearse
from .revised import refuse_one_way

Step = tuple[str, ...]


def there_and_back(
    context: Context,
    first: Revision,
    last: Revision,
    *,
    rows: tuple[Step, ...] = (),
    look: tuple[Step, ...] = (),
) -> list[Any]:
    """Run the revisions from `first` to `last` on a new database and undo them; gives what `look` has seen.

    rows: steps before them, look: steps after them, both in the language of `rehearse`.
    Raises NotYet where a way fails, and where the way back leaves something or takes something else away.
    """
    refuse_one_way(context, last)
    before = min(first.parents, default="base")
    start: tuple[Step, ...] = (("upgrade", before),) if first.parents else ()
    steps = (*start, ("schema",), *rows, ("upgrade", last.id), *look, ("downgrade", before), ("schema",))
    try:
        results = rehearse(context, *steps)
    except Failed as failed:
        way = "way back" if len(failed.results) >= len(steps) - 2 else "way up"
        raise NotYet(f"On a new database the {way} fails: {failed}") from None
    refuse_traces(results[len(start)], results[-1])
    return results[len(steps) - 2 - len(look) : len(steps) - 2]


def refuse_no_way_back(context: Context, revision: Revision) -> None:
    """Raise NotYet unless downgrade() takes back what upgrade() makes, no less and no more."""
    there_and_back(context, revision, revision)


def as_file(
    context: Context, revisions: list[Revision], rows: str, look: str, *, back: bool = False
) -> list[list[dict[str, Any]]]:
    """Put rows into a new database, run there what --sql prints of the revisions, and look.

    rows, look: a statement each. Gives what `look` has seen after the file, and with back=True after the way
    back too.
    Raises NotYet where something fails.
    """
    before = min(revisions[0].parents, default="base")
    file = [("sql", text) for revision in revisions for text in _printed(context, revision)]
    end = [("downgrade", before), ("sql", look)] if back else []
    steps = [("upgrade", before), ("sql", rows), *file, ("sql", look), *end]
    try:
        results = rehearse(context, *steps)
    except Failed as failed:
        done = len(failed.results)
        what = (
            "the way up"
            if done == 0
            else "the file that --sql makes"
            if done < 3 + len(file)
            else "the way back"
        )
        raise NotYet(f"On a new database {what} fails: {failed}") from None
    return [results[2 + len(file)], *results[4 + len(file) :]]


def _printed(context: Context, revision: Revision) -> list[str]:
    """All statements that --sql prints of a revision, Alembic's note among them."""
    import sqlparse

    text = re.sub(r"^--.*$", "", context.offline_sql(revision), flags=re.MULTILINE)
    return [one for one in map(str.strip, sqlparse.split(text)) if one.strip(";")]
