"""The exercises of lesson 06, a computed column."""

from __future__ import annotations

from typing import Any

from ..errors import SqlError
from .cells import migration
from .model import Context, Exercise, NotYet, Wrong
from .revised import refuse_by_hand, refuse_noted, refuse_one_way, refuse_waiting
from .undone import refuse_false_way

# ---------------------------------------------------------------- 06.1

LIMIT = 500_000
BEFORE = ("balance", "overdrawn")
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
    _refuse_lost(columns)
    if "premium" not in columns:
        refuse_waiting(context, "premium")
        refuse_noted(context, "accounts", "premium")
        raise NotYet("The table accounts has no column premium yet.")
    expression = columns["premium"]["generation_expression"]
    if not expression:
        raise NotYet("premium is an ordinary column: nobody fills it. Let the database compute it.")
    if columns["premium"]["data_type"] != "BOOL":
        raise NotYet(f"premium is of the type {columns['premium']['data_type']}: true and false are a BOOL.")
    _try_out(context, expression)
    refuse_one_way(context, refuse_by_hand(context, "premium", "column"))
    refuse_false_way(context, "accounts", "premium", before=BEFORE, apart=("shortfall",))


def _refuse_lost(columns: dict[str, Any]) -> None:
    """Raise NotYet unless the columns are there that the lesson has before its exercises."""
    for name in BEFORE:
        if name not in columns:
            raise NotYet(f"The table accounts has no column {name} any more.")


def _try_out(context: Context, expression: str) -> None:
    """Compute the expression for balances around the limit, beside the table. Raises NotYet."""
    for balance, wanted in (
        (LIMIT - 1, False),
        (LIMIT, True),
        (LIMIT + 1, True),
        (20 * LIMIT, True),
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
        if found is None:
            raise NotYet(f"With a balance of {balance:,} premium would be NULL, which is neither.")
        if found != wanted:
            raise NotYet(
                f"With a balance of {balance:,} premium would be {str(found).lower()}: read the limit again."
            )


PREMIUM = Exercise(
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
    variants=(
        (
            REVISION,
            filled(computed=', sa.Computed("CASE WHEN balance < 500000 THEN false ELSE true END")'),
            UPGRADE,
        ),
        (
            REVISION,
            filled(
                computed=', sa.Computed("coalesce(balance, 0) >= 500000", persisted=True), nullable=False'
            ),
            UPGRADE,
        ),
        (
            REVISION,
            migration(
                ['op.execute("ALTER TABLE accounts ADD COLUMN premium BOOL AS (balance >= 500000) VIRTUAL")'],
                ['op.execute("ALTER TABLE accounts DROP COLUMN premium")'],
            ),
            UPGRADE,
        ),
        # Mended in a second revision.
        (
            REVISION,
            filled(computed=', sa.Computed("balance > 500000")'),
            UPGRADE,
            '%alembic revision -m "premium from 500,000 on"',
            migration(
                [
                    'op.drop_column("accounts", "premium")',
                    'op.add_column("accounts",'
                    ' sa.Column("premium", sa.Boolean(), sa.Computed("balance >= 500000")))',
                ],
                [
                    'op.drop_column("accounts", "premium")',
                    'op.add_column("accounts",'
                    ' sa.Column("premium", sa.Boolean(), sa.Computed("balance > 500000")))',
                ],
            ),
            UPGRADE,
        ),
    ),
    untouched="no column premium yet",
    wrong=(
        Wrong((REVISION, filled()), "has not run on the database yet"),
        Wrong((REVISION, filled(computed=""), UPGRADE), "is an ordinary column"),
        Wrong(
            (REVISION, filled(computed=', sa.Computed("balance > 500000")'), UPGRADE),
            "With a balance of 500,000 premium would be false",
        ),
        Wrong(
            (
                REVISION,
                filled(computed=', sa.Computed("CASE WHEN balance >= 500000 THEN true END")'),
                UPGRADE,
            ),
            "premium would be NULL",
        ),
        Wrong((REVISION, filled(downgrade="pass"), UPGRADE), "cannot be undone"),
        Wrong(
            (REVISION, filled(downgrade='op.drop_column("accounts", "overdrawn")'), UPGRADE),
            "accounts.premium is left over",
        ),
        Wrong(
            (
                REVISION,
                filled(
                    downgrade='op.drop_column("accounts", "premium")\n'
                    '    op.drop_column("accounts", "overdrawn")'
                ),
                UPGRADE,
            ),
            "accounts.overdrawn is gone",
        ),
        # Without a revision of its own, %%migration fills that of overdrawn.
        Wrong((filled(), UPGRADE), "was the file filled or changed later?"),
        Wrong(("%alembic downgrade -1", filled(), UPGRADE), "no column overdrawn any more"),
        # Mended in the file only, or in the file and by hand.
        Wrong(
            (
                REVISION,
                filled(computed=', sa.Computed("balance > 499999")'),
                UPGRADE,
                filled(),
            ),
            "make another premium",
        ),
        Wrong(
            ("%sql ALTER TABLE accounts ADD COLUMN premium BOOL AS (balance >= 500000) STORED;",),
            "no revision makes it",
        ),
    ),
)

# ---------------------------------------------------------------- 06.2

SHORTFALL_REVISION = '%alembic revision -m "add shortfall column"'
AMOUNT = "CASE WHEN balance < 0 THEN -balance ELSE 0 END"


def shortfall(
    expression: str | None = AMOUNT,
    type_: str = "sa.Integer()",
    downgrade: str = 'op.drop_column("accounts", "shortfall")',
) -> str:
    """The cell that fills the revision. expression: None for an ordinary column."""
    computed = f', sa.Computed("{expression}")' if expression else ""
    return f"""%%migration
def upgrade():
    op.add_column("accounts", sa.Column("shortfall", {type_}{computed}))


def downgrade():
    {downgrade}
"""


def shortfall_column(context: Context) -> None:
    """A computed column: what an account lacks to come back to zero, and 0 where it lacks nothing."""
    columns = context.columns("accounts")
    _refuse_lost(columns)
    if "shortfall" not in columns:
        refuse_waiting(context, "shortfall")
        refuse_noted(context, "accounts", "shortfall")
        raise NotYet("The table accounts has no column shortfall yet.")
    column = columns["shortfall"]
    if not column["generation_expression"]:
        raise NotYet("shortfall is an ordinary column: it stays as it is when the balance changes.")
    if not column["data_type"].startswith(("INT", "DECIMAL")):
        raise NotYet(f"shortfall is of the type {column['data_type']}, but it is an amount.")
    for balance, wanted in ((-250, 250), (-1, 1), (0, 0), (700, 0)):
        found = _compute(context, column["generation_expression"], balance)
        if found is None:
            raise NotYet(
                f"With a balance of {balance} shortfall would be NULL, and a sum would leave it out."
            )
        if found != wanted:
            raise NotYet(f"With a balance of {balance} shortfall would be {found}.")
    refuse_one_way(context, refuse_by_hand(context, "shortfall", "column"))
    refuse_false_way(context, "accounts", "shortfall", before=BEFORE, apart=("premium",))


def _compute(context: Context, expression: str, balance: int) -> Any:
    query = f"SELECT ({expression}) AS value FROM (VALUES ({balance})) AS accounts (balance)"  # noqa: S608
    try:
        return context.sql(query)[0]["value"]
    except SqlError:
        raise NotYet(f"shortfall is computed from something else than the balance: {expression}") from None


SHORTFALL = Exercise(
    number="06.2",
    task="Add a computed column shortfall: what an account lacks to come back to zero, else 0.",
    check=shortfall_column,
    done="Every report adds up the same debts now, and the revision can be undone.",
    hints=(
        "Read the last line of the error, if you tried it with overdrawn: from which columns may a computed "
        "column be computed?",
        "What does overdrawn stand for? Say it in terms of balance.",
        "CASE WHEN … THEN … END gives NULL where no WHEN fits. Which word says what it is instead?",
    ),
    solution=(SHORTFALL_REVISION, shortfall(), UPGRADE),
    variants=(
        (SHORTFALL_REVISION, shortfall("greatest(-balance, 0)"), UPGRADE),
        (SHORTFALL_REVISION, shortfall("IF(balance < 0, abs(balance), 0)", "sa.BigInteger()"), UPGRADE),
    ),
    untouched="no column shortfall yet",
    wrong=(
        # It failed, so it was marked as done: the note is wrong then.
        Wrong(
            (
                SHORTFALL_REVISION,
                shortfall("CASE WHEN overdrawn THEN -balance ELSE 0 END"),
                "%alembic stamp head",
            ),
            "Alembic has noted that",
        ),
        # Both exercises in one.
        Wrong(
            (
                '%alembic revision -m "premium and shortfall"',
                migration(
                    [
                        'op.add_column("accounts",'
                        ' sa.Column("premium", sa.Boolean(), sa.Computed("balance >= 500000")))',
                        'op.add_column("accounts",'
                        ' sa.Column("shortfall", sa.Integer(), sa.Computed("greatest(-balance, 0)")))',
                    ],
                    ['op.drop_column("accounts", "premium")', 'op.drop_column("accounts", "shortfall")'],
                ),
                UPGRADE,
            ),
            "give shortfall a revision of its own",
        ),
        Wrong(
            (SHORTFALL_REVISION, shortfall(downgrade='op.drop_column("accounts", "balance")'), UPGRADE),
            "downgrade()",
        ),
        # Without the expression the error is gone, and so is the point.
        Wrong((SHORTFALL_REVISION, shortfall(None), UPGRADE), "is an ordinary column"),
        Wrong(
            (SHORTFALL_REVISION, shortfall("CASE WHEN balance < 0 THEN -balance END"), UPGRADE),
            "With a balance of 0 shortfall would be NULL",
        ),
        Wrong(
            (SHORTFALL_REVISION, shortfall("-balance"), UPGRADE),
            "With a balance of 700 shortfall would be -700",
        ),
        Wrong(
            (SHORTFALL_REVISION, shortfall("CASE WHEN balance < 0 THEN balance ELSE 0 END"), UPGRADE),
            "With a balance of -250 shortfall would be -250",
        ),
        Wrong((SHORTFALL_REVISION, shortfall()), "has not run on the database yet"),
    ),
)

EXERCISES = (PREMIUM, SHORTFALL)
