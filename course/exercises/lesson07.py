"""The exercises of lesson 07, raw SQL."""

from __future__ import annotations

from .model import Context, Exercise, NotYet, Wrong
from .revised import refuse_by_hand, refuse_one_way, refuse_waiting

VIEW = "overdrawn_accounts"
REVISION = '%alembic revision -m "add view of overdrawn accounts"'
UPGRADE = "%alembic upgrade head"
ALL = "SELECT id, balance FROM accounts"
QUERY = f"{ALL} WHERE overdrawn"


def filled(
    statement: str = f"CREATE VIEW {VIEW} AS {QUERY}", downgrade: str = f'op.execute("DROP VIEW {VIEW}")'
) -> str:
    """The cell that fills the revision."""
    return f"""%%migration
def upgrade():
    op.execute("{statement}")


def downgrade():
    {downgrade}
"""


def clerks_view(context: Context) -> None:
    """A view of the overdrawn accounts, made by a revision that can be undone."""
    kinds = {row["table_name"]: row["type"] for row in context.sql("SHOW TABLES")}
    if VIEW not in kinds:
        refuse_waiting(context, VIEW)
        raise NotYet(f"There is no view {VIEW} yet.")
    if kinds[VIEW] != "view":
        raise NotYet(
            f"{VIEW} is a {kinds[VIEW]}: it keeps the accounts of now, and tomorrow's will not be in it."
        )
    _compare_rows(context)
    refuse_one_way(context, refuse_by_hand(context, VIEW, "view"))


def _compare_rows(context: Context) -> None:
    """Raise NotYet unless the view shows id and balance of each overdrawn account and of no other."""
    columns = list(context.columns(VIEW))
    missing = [name for name in ("id", "balance") if name not in columns]
    if missing:
        raise NotYet(f"The view has no column {missing[0]}: the clerk needs it.")
    shown = {(row["id"], row["balance"]) for row in context.sql(f"SELECT id, balance FROM {VIEW}")}  # noqa: S608
    truth = {
        (row["id"], row["balance"])
        for row in context.sql("SELECT id, balance FROM accounts WHERE balance < 0")
    }
    if shown - truth:
        raise NotYet(f"Of the accounts in the view, {len(shown - truth)} are not overdrawn.")
    if truth - shown:
        raise NotYet(f"The view leaves out overdrawn accounts: {len(truth - shown)} of {len(truth)}.")


EXERCISES = (
    Exercise(
        number="07.1",
        task="Make a view overdrawn_accounts of id and balance, by raw SQL in a revision with a way back.",
        check=clerks_view,
        done="The clerk has a list that is always up to date, and the revision can be undone.",
        hints=(
            "First find the query whose rows the clerk wants to see, and try it in a cell with %%sql.",
            "CREATE VIEW name AS, then the query: that is the statement for op.execute in upgrade().",
            "DROP VIEW takes a view away. Alembic cannot guess that from your text: downgrade() must say it.",
        ),
        solution=(REVISION, filled(), UPGRADE),
        untouched=f"no view {VIEW} yet",
        wrong=(
            Wrong((REVISION, filled()), "has not run on the database yet"),
            Wrong(
                (REVISION, filled(statement=f"CREATE TABLE {VIEW} AS {QUERY}"), UPGRADE),
                "keeps the accounts of now",
            ),
            Wrong(
                (
                    REVISION,
                    filled(statement=f"CREATE VIEW {VIEW} AS {ALL}"),
                    UPGRADE,
                ),
                "are not overdrawn",
            ),
            Wrong(
                (REVISION, filled(statement=f"CREATE VIEW {VIEW} AS {QUERY} AND balance < -100"), UPGRADE),
                "leaves out overdrawn accounts: 1 of 2",
            ),
            Wrong((REVISION, filled(downgrade="pass"), UPGRADE), "cannot be undone"),
            Wrong((f"%sql CREATE VIEW {VIEW} AS {QUERY};",), "no revision makes it"),
        ),
    ),
)
