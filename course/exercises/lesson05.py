"""The exercises of lesson 05: figures that follow the data, and figures that stay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..errors import SqlError
from .cells import migration
from .model import Context, Exercise, NotYet, Wrong

# ---------------------------------------------------------------- 05.1

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
    context.columns("accounts")
    truth = context.sql(TRUTH)[0]
    empty = [name for name in COLUMNS if row[name] is None]
    if empty and truth["accounts"]:
        raise NotYet(f"In report, {empty[0]} is NULL.")
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


def _kind(context: Context, name: str) -> str | None:
    """ "table", "view", "materialized view", "sequence"; None if there is none in the schema public.

    Raises NotYet if there is one in another schema.
    """
    found = {
        row["schema_name"]: str(row["type"])
        for row in context.sql("SHOW TABLES")
        if row["table_name"] == name
    }
    if found and "public" not in found:
        raise NotYet(f"{name} is in the schema {min(found)}: make it in public, where accounts is.")
    return found.get("public")


def _only_row(context: Context) -> dict[str, Any]:
    """The one row of `report`, with its columns by name. Raises NotYet."""
    if (kind := _kind(context, "report")) is None:
        raise NotYet("There is no table or view named report yet.")
    if kind == "sequence":
        raise NotYet("report is a sequence: a table or a view is wanted.")
    try:
        rows = context.sql("SELECT * FROM report")
    except SqlError as error:
        raise NotYet(f"The view report fails: {str(error).splitlines()[0]}") from None
    _refuse_missing(context.columns("report"))
    if len(rows) != 1:
        raise NotYet(f"report has {len(rows)} rows: the manager wants one row for the whole bank.")
    return rows[0]


def _refuse_missing(there: Iterable[str]) -> None:
    missing = [name for name in COLUMNS if name not in there]
    if missing:
        raise NotYet(f"report has no column {missing[0]} yet: give your result that name with AS.")


REPORT = Exercise(
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
    variants=(
        (report(kind="TABLE"),),
        (
            "%%sql\nCREATE TABLE report (accounts INT8, total DECIMAL, richest UUID);\n"
            "INSERT INTO report\n"
            "SELECT count(*), sum(balance), (array_agg(id ORDER BY balance DESC))[1] FROM accounts;",
        ),
        # In a revision, with more than was asked for.
        (
            '%alembic revision -m "a report"',
            migration(
                [
                    'op.execute("CREATE VIEW report AS SELECT now() AS at, count(*) AS accounts,"',
                    '    " sum(balance)::INT8 AS total, (SELECT id::STRING FROM accounts"',
                    '    " ORDER BY balance DESC LIMIT 1) AS richest FROM accounts")',
                ],
                ['op.execute("DROP VIEW report")'],
            ),
            "%alembic upgrade head",
        ),
    ),
    untouched="no table or view named report",
    wrong=(
        Wrong(("%sql CREATE SEQUENCE report",), "report is a sequence"),
        Wrong((report(accounts="1 / 0"),), "The view report fails"),
        Wrong((report(richest="NULL::UUID"),), "richest is NULL"),
        Wrong(
            ("%sql CREATE SCHEMA manager", report().replace("VIEW report", "VIEW manager.report")),
            "in the schema manager",
        ),
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
)

# ---------------------------------------------------------------- 05.2

NOTE = "before_release"
FIGURES = ("revision", "accounts", "total")
AT = "(SELECT version_num FROM alembic_version)"


def noted(
    revision: str = AT, accounts: str = "count(*)", total: str = "sum(balance)", kind: str = "TABLE"
) -> str:
    """The cell that writes the note."""
    return f"""%%sql
CREATE {kind} {NOTE} AS
SELECT {revision} AS revision,
       {accounts} AS accounts,
       {total} AS total
  FROM accounts;
"""  # noqa: S608


def release_note(context: Context) -> None:
    """A table with one row: the revision, the accounts and their total, as they are now."""
    kind = _kind(context, NOTE)
    if kind is None:
        raise NotYet(f"There is no table {NOTE} yet.")
    if kind == "view":
        raise NotYet(
            f"{NOTE} is a view: after the release it shows the figures of then, and there is nothing to "
            "compare."
        )
    if kind != "table":
        raise NotYet(f"{NOTE} is a {kind}: a note that stays as it is wants a table.")
    context.columns("accounts")
    columns = context.columns(NOTE)
    missing = [name for name in FIGURES if name not in columns]
    if missing:
        raise NotYet(f"{NOTE} has no column {missing[0]} yet.")
    rows = context.sql(f"SELECT revision, accounts, total FROM {NOTE}")  # noqa: S608
    if len(rows) != 1:
        raise NotYet(f"{NOTE} has {len(rows)} rows: which of them is the note?")
    truth = context.sql(TRUTH)[0]
    for figure in FIGURES:
        if rows[0][figure] is None:
            raise NotYet(f"{NOTE} says nothing of {figure}: it is NULL.")
    if str(rows[0]["revision"]) != context.applied():
        raise NotYet(f"{rows[0]['revision']} is not the revision at which this database is.")
    for figure in ("accounts", "total"):
        if rows[0][figure] != truth[figure]:
            raise NotYet(
                f"{NOTE} says {figure}: {rows[0][figure]}, the table accounts says {truth[figure]} now."
            )


RELEASE_NOTE = Exercise(
    number="05.2",
    task="Keep the figures of now in a table before_release: revision, accounts, total, in one row.",
    check=release_note,
    done="After the release two queries tell whether anything was lost.",
    hints=(
        "What keeps figures as they are now, even if the accounts change: a view or a table?",
        "The revision stands in a table of its own, with one row. Lesson 05 has looked into it above.",
        "A query in brackets may stand for one value: SELECT (SELECT …) AS revision, count(*) AS … FROM …",
    ),
    solution=(noted(),),
    variants=(
        (
            f"%%sql\nCREATE TABLE {NOTE} (revision STRING PRIMARY KEY, accounts INT8, total DECIMAL);\n"
            f"INSERT INTO {NOTE}\n"
            "SELECT max(version_num), count(id), sum(balance) FROM accounts CROSS JOIN alembic_version;",
        ),
    ),
    untouched=f"no table {NOTE} yet",
    wrong=(
        # A view is computed when it is read: it can only agree with itself.
        Wrong((noted(kind="VIEW"),), "nothing to compare"),
        # It stays, until somebody refreshes it.
        Wrong((noted(kind="MATERIALIZED VIEW"),), "wants a table"),
        Wrong((noted(total="NULL::INT8"),), "it is NULL"),
        # The message of the revision, which the database does not keep.
        Wrong((noted(revision="'create accounts table'"),), "is not the revision"),
        Wrong((noted(total="max(balance)"),), "says total"),
        # Taken before the last change: an old note.
        Wrong(
            (noted(), "%sql INSERT INTO accounts (id, balance) VALUES (gen_random_uuid(), 5);"),
            "the table accounts says 16 now",
        ),
        # Written twice.
        Wrong(
            (
                noted(),
                "%sql INSERT INTO before_release (revision, accounts, total) SELECT 'x', 15, 8496667;",
            ),
            "has 2 rows",
        ),
        Wrong(
            ("%sql CREATE TABLE before_release AS SELECT count(*) AS accounts FROM accounts;",),
            "no column revision",
        ),
    ),
)

EXERCISES = (REPORT, RELEASE_NOTE)
