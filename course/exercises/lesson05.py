"""The exercises of lesson 05, verify and run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..errors import SqlError
from .model import Context, Exercise, NotYet, Wrong

COLUMNS = ("accounts", "total", "richest")

TRUTH = """
SELECT count(*) AS accounts, sum(balance) AS total, max(balance) AS highest
  FROM accounts
"""


def report(
    accounts: str = "count(*)",
    total: str = "sum(balance)",
    richest: str = "(SELECT id FROM accounts ORDER BY balance DESC LIMIT 1)",
    kind: str = "VIEW",
) -> str:
    """The cell that makes the report."""
    return f"""%%sql
CREATE {kind} report AS
SELECT {accounts} AS accounts,
       {total} AS total,
       {richest} AS richest
  FROM accounts;
"""  # noqa: S608


def manager_report(context: Context) -> None:
    """A table or view `report` with one row: how many accounts, their total, the id of the richest."""
    row = _only_row(context)
    truth = context.sql(TRUTH)[0]
    if row["accounts"] != truth["accounts"]:
        raise NotYet(
            f"report says {row['accounts']} accounts, but there are {truth['accounts']}: let SQL count them."
        )
    if row["total"] != truth["total"]:
        raise NotYet(f"report says a total of {row['total']}, but the balances add up to {truth['total']}.")
    found = context.sql("SELECT balance FROM accounts WHERE id::STRING = %(id)s", id=str(row["richest"]))
    if not found:
        raise NotYet("In report, richest is not the id of an account.")
    if found[0]["balance"] != truth["highest"]:
        raise NotYet(
            "In report, richest is an account, but another one has more: in which order did you sort?"
        )


def _only_row(context: Context) -> dict[str, Any]:
    """The one row of `report`, with its columns by name. Raises NotYet."""
    try:
        rows = context.sql("SELECT * FROM report")
    except SqlError as error:
        if error.sqlstate == "42P01":
            raise NotYet("There is no table or view named report yet.") from None
        raise
    _refuse_missing(context.columns("report"))
    if len(rows) != 1:
        raise NotYet(f"report has {len(rows)} rows: the manager wants one row for the whole bank.")
    return rows[0]


def _refuse_missing(there: Iterable[str]) -> None:
    missing = [name for name in COLUMNS if name not in there]
    if missing:
        raise NotYet(f"report has no column {missing[0]} yet: give your result that name with AS.")


EXERCISES = (
    Exercise(
        number="05.1",
        task="Leave three figures in a table or view report: accounts, total, and the id of the richest.",
        check=manager_report,
        done="The manager has three figures: how many accounts, what they hold, and which one holds most.",
        hints=(
            "Two of the figures are aggregates of all rows: count(*) and sum(balance). AS names them.",
            "The richest is one row: sort by balance, the highest first, and take one. That can be a query "
            "in brackets inside the other: SELECT …, (SELECT …) AS richest FROM …",
            "CREATE VIEW report AS SELECT … keeps the query: its figures are right tomorrow too. "
            "CREATE TABLE report AS SELECT … keeps the figures of now.",
        ),
        solution=(report(),),
        untouched="no table or view named report",
        wrong=(
            Wrong((report(accounts="20"),), "let SQL count them"),
            Wrong((report(total="avg(balance)"),), "the balances add up to"),
            Wrong(
                (report(richest="(SELECT id FROM accounts ORDER BY balance LIMIT 1)"),),
                "in which order did you sort",
            ),
            Wrong((report(richest="max(balance)", kind="TABLE"),), "not the id of an account"),
            Wrong(
                ("%sql CREATE VIEW report AS SELECT count(*) AS accounts, sum(balance) FROM accounts;",),
                "no column total yet",
            ),
            Wrong(
                (report(accounts="1", total="balance", richest="id"),),
                "wants one row for the whole bank",
            ),
        ),
    ),
)
