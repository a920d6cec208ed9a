"""The exercises of lesson 06, a computed column."""

from __future__ import annotations

from ..errors import SqlError
from .model import Context, Exercise, NotYet, Wrong
from .revised import refuse_by_hand, refuse_one_way, refuse_waiting

LIMIT = 500_000
REVISION = '%alembic revision -m "add premium column"'
UPGRADE = "%alembic upgrade head"


def filled(
    computed: str = ', sa.Computed("balance >= 500000")',
    downgrade: str = 'op.drop_column("accounts", "premium")',
) -> str:
    """The cell that fills the revision."""
    return f"""%%migration
def upgrade():
    op.add_column("accounts", sa.Column("premium", sa.Boolean(){computed}))


def downgrade():
    {downgrade}
"""


def premium_column(context: Context) -> None:
    """A computed column premium, true from LIMIT on, made by a revision that can be undone."""
    columns = context.columns("accounts")
    if "premium" not in columns:
        refuse_waiting(context, "premium")
        raise NotYet("The table accounts has no column premium yet.")
    expression = columns["premium"]["generation_expression"]
    if not expression:
        raise NotYet("premium is an ordinary column: nobody fills it. Let the database compute it.")
    if columns["premium"]["data_type"] != "BOOL":
        raise NotYet(f"premium is of the type {columns['premium']['data_type']}: true and false are a BOOL.")
    _try_out(context, expression)
    refuse_one_way(context, refuse_by_hand(context, "premium", "column"))


def _try_out(context: Context, expression: str) -> None:
    """Compute the expression for balances around the limit, beside the table. Raises NotYet."""
    for balance, wanted in (
        (LIMIT - 1, False),
        (LIMIT, True),
        (LIMIT + 1, True),
        (0, False),
        (-LIMIT, False),
    ):
        query = f"SELECT ({expression}) AS premium FROM (VALUES ({balance})) AS accounts (balance)"  # noqa: S608
        try:
            found = context.sql(query)[0]["premium"]
        except SqlError:
            raise NotYet(
                f"premium is computed from something else than the balance alone: {expression}"
            ) from None
        if bool(found) != wanted:
            raise NotYet(
                f"With a balance of {balance:,} premium would be {str(found).lower()}: read the limit again."
            )


EXERCISES = (
    Exercise(
        number="06.1",
        task="Add a computed column premium, true from a balance of 500,000 on, with a way back.",
        check=premium_column,
        done="The database knows its premium customers, and the revision can be undone.",
        hints=(
            "It is the same work as for overdrawn: a revision, its two functions, an upgrade.",
            "sa.Computed takes any expression over the row's columns. A comparison gives true or false "
            "already, without CASE.",
            "“From 500,000 on” includes 500,000 itself. Which sign of comparison does that?",
        ),
        solution=(REVISION, filled(), UPGRADE),
        untouched="no column premium yet",
        wrong=(
            Wrong((REVISION, filled()), "has not run on the database yet"),
            Wrong((REVISION, filled(computed=""), UPGRADE), "is an ordinary column"),
            Wrong(
                (REVISION, filled(computed=', sa.Computed("balance > 500000")'), UPGRADE),
                "With a balance of 500,000 premium would be false",
            ),
            Wrong((REVISION, filled(downgrade="pass"), UPGRADE), "cannot be undone"),
            Wrong(
                ("%sql ALTER TABLE accounts ADD COLUMN premium BOOL AS (balance >= 500000) STORED;",),
                "no revision makes it",
            ),
        ),
    ),
)
