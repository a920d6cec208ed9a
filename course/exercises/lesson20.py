"""The exercises of lesson 20, enums."""

from __future__ import annotations

from .cells import migration
from .enums import customers_tier, premium_accounts
from .model import Exercise, Wrong

UPGRADE = "%alembic upgrade head"
TIER_IN_MODEL = """%%edit bank/models.py --after "joined_at: Mapped[datetime]"
tier: Mapped[str] = mapped_column(Enum("standard", "gold", name="customer_tier"), server_default="standard")
"""
TIER = '%alembic revision -m "add tier to customers"'
MAKE = "op.execute(\"CREATE TYPE IF NOT EXISTS customer_tier AS ENUM ('standard', 'gold')\")"
DROP = 'op.execute("DROP TYPE customer_tier")'


def tier(make: str = MAKE, drop: str = DROP, words: str = '"standard", "gold"') -> str:
    """The cell that fills the revision of the tier."""
    kind = f'postgresql.ENUM({words}, name="customer_tier", create_type=False)'
    return f"""%%migration
from sqlalchemy.dialects import postgresql


def upgrade() -> None:
    {make}
    op.add_column("customers", sa.Column("tier", {kind}, server_default="standard", nullable=False))


def downgrade() -> None:
    op.drop_column("customers", "tier")
    {drop}
"""


COLUMN = "op.execute(\"ALTER TABLE customers ADD COLUMN tier customer_tier NOT NULL DEFAULT 'standard'\")"
DROP_COLUMN = 'op.execute("ALTER TABLE customers DROP COLUMN tier")'
PREMIUM_IN_MODEL = r"""%%edit bank/models.py --replace "Enum(\"checking\", \"savings\", \"business\""
Enum("checking", "savings", "premium", "business", name="account_kind"), server_default="checking"
"""


def adds(statement: str = "ADD VALUE IF NOT EXISTS 'premium' BEFORE 'business'", more: str = "pass") -> str:
    """The cell that fills the revision of the value."""
    return f"""%%migration
def upgrade() -> None:
    op.execute("ALTER TYPE account_kind {statement}")
    {more}


def downgrade() -> None:
    pass
"""


GIVE = "op.execute(\"UPDATE accounts SET kind = 'premium' WHERE balance >= 500000\")"


def gives(statement: str = GIVE) -> str:
    """The cell that fills the revision of the rows."""
    return f"%%migration\ndef upgrade() -> None:\n    {statement}\n\n\ndef downgrade() -> None:\n    pass\n"


ADD_REVISION = '%alembic revision -m "allow premium accounts"'
GIVE_REVISION = '%alembic revision -m "large accounts are premium"'


EXERCISES = (
    Exercise(
        number="20.1",
        task="Give customers a tier of an enum type, by a revision that can be undone without a trace.",
        check=customers_tier,
        done="Each customer has a tier, and the way back leaves nothing behind.",
        hints=(
            "It is the way of accounts.kind, from the model to the downgrade. What did op.add_column not do?",
            "In upgrade() the type comes first, in downgrade() it goes last.",
            "The column's type is postgresql.ENUM with the two words, a name, and create_type=False.",
        ),
        solution=(TIER_IN_MODEL, TIER, tier(), UPGRADE),
        variants=(
            (
                TIER_IN_MODEL,
                TIER,
                tier(
                    'postgresql.ENUM("standard", "gold", name="customer_tier")'
                    ".create(op.get_bind(), checkfirst=True)",
                    'postgresql.ENUM(name="customer_tier").drop(op.get_bind(), checkfirst=True)',
                ),
                UPGRADE,
            ),
            (
                TIER_IN_MODEL,
                '%alembic revision -m "make customer_tier"',
                migration([MAKE], [DROP]),
                TIER,
                migration([COLUMN], [DROP_COLUMN]),
                UPGRADE,
            ),
        ),
        untouched="no column tier yet",
        wrong=(
            Wrong(
                (TIER_IN_MODEL, '%alembic revision --autogenerate -m "tier"'), "has not run on the database"
            ),
            Wrong((TIER_IN_MODEL, TIER, tier(drop="pass"), UPGRADE), "leaves something behind"),
            Wrong(
                (
                    TIER,
                    "%%migration\ndef upgrade() -> None:\n"
                    '    op.add_column("customers", sa.Column("tier", sa.String(8),'
                    ' server_default="standard", nullable=False))\n',
                    UPGRADE,
                ),
                "any text of that length",
            ),
            Wrong((TIER, tier(), UPGRADE), "still sees a difference: Detected removed column"),
            Wrong(
                (TIER_IN_MODEL.replace("server_default", "default"), TIER, tier(), UPGRADE),
                "a difference: Detected server default on column 'customers.tier'",
            ),
            Wrong(
                (TIER_IN_MODEL, TIER, migration([MAKE, COLUMN], [DROP, DROP_COLUMN]), UPGRADE),
                "the way back fails: cannot drop type",
            ),
            Wrong(
                (TIER_IN_MODEL, TIER, migration([MAKE, COLUMN], ["pass"]), UPGRADE),
                "Up and down: then customers.tier is left over",
            ),
            Wrong(
                (
                    TIER_IN_MODEL.replace("customer_tier", "tier_kind"),
                    TIER,
                    tier().replace("customer_tier", "tier_kind"),
                    UPGRADE,
                ),
                "has the type bank.public.tier_kind: customer_tier was asked for",
            ),
            Wrong(
                (
                    TIER_IN_MODEL,
                    TIER,
                    tier(MAKE.replace("'standard', 'gold'", "'gold', 'standard'")),
                    UPGRADE,
                ),
                "gold, standard: lists sort",
            ),
        ),
    ),
    Exercise(
        number="20.2",
        task="Add the kind premium between savings and business, and give it to the large accounts.",
        check=premium_accounts,
        done="The word is in its place, and the accounts got it by a revision of their own.",
        hints=(
            "What a column may hold changes, and what rows hold. How many revisions is that (lesson 12)?",
            "ADD VALUE puts a word at the end, unless it is told its neighbor: BEFORE or AFTER.",
            "The model's list has to be in the same order, or alembic check stops.",
        ),
        solution=(PREMIUM_IN_MODEL, ADD_REVISION, adds(), GIVE_REVISION, gives(), UPGRADE),
        variants=(
            (
                PREMIUM_IN_MODEL,
                ADD_REVISION,
                adds("ADD VALUE 'premium' AFTER 'savings'"),
                UPGRADE,
                GIVE_REVISION,
                gives("op.execute(\"UPDATE accounts SET kind = 'premium' WHERE balance > 499999\")"),
                UPGRADE,
            ),
            (
                PREMIUM_IN_MODEL,
                ADD_REVISION,
                "%%migration\nWORD = \"ALTER TYPE account_kind ADD VALUE 'premium' BEFORE 'business'\"\n\n\n"
                "def upgrade():\n    op.execute(WORD)\n",
                GIVE_REVISION,
                f"%%migration\ndef give():\n    {GIVE}\n\n\ndef upgrade():\n    give()\n",
                UPGRADE,
            ),
        ),
        untouched="does not know the word premium yet",
        wrong=(
            Wrong(
                (PREMIUM_IN_MODEL, ADD_REVISION, adds("ADD VALUE 'premium'"), UPGRADE),
                "premium belongs elsewhere",
            ),
            Wrong((PREMIUM_IN_MODEL, ADD_REVISION, adds(), UPGRADE), "Not every account"),
            Wrong((PREMIUM_IN_MODEL, ADD_REVISION, adds(more=GIVE), UPGRADE), "adds the word and uses it"),
            Wrong(
                (
                    PREMIUM_IN_MODEL,
                    ADD_REVISION,
                    adds(),
                    UPGRADE,
                    "%sql UPDATE accounts SET kind = 'premium' WHERE balance >= 500000;",
                ),
                "No revision changes the accounts",
            ),
            Wrong(
                (
                    PREMIUM_IN_MODEL,
                    ADD_REVISION,
                    adds(),
                    GIVE_REVISION,
                    gives(GIVE.replace(">=", ">")),
                    UPGRADE,
                ),
                "an account with 500,000 would be checking",
            ),
            Wrong(
                (
                    PREMIUM_IN_MODEL,
                    ADD_REVISION,
                    adds(more=GIVE),
                    GIVE_REVISION,
                    gives(),
                    UPGRADE,
                ),
                "adds the word and uses it",
            ),
            Wrong(
                (
                    PREMIUM_IN_MODEL,
                    adds("ADD VALUE IF NOT EXISTS 'business'").replace(
                        "    pass\n",
                        "    op.execute(\"ALTER TYPE account_kind ADD VALUE 'premium' BEFORE 'business'\")\n",
                        1,
                    ),
                    "%sql ALTER TYPE account_kind ADD VALUE 'premium' BEFORE 'business';",
                    GIVE_REVISION,
                    gives(),
                    UPGRADE,
                ),
                "Production has run the revision that adds the word",
            ),
            Wrong(
                (
                    PREMIUM_IN_MODEL,
                    ADD_REVISION,
                    adds(),
                    GIVE_REVISION,
                    gives(),
                    UPGRADE,
                    "%alembic downgrade -1",
                ),
                "has not run on the database",
            ),
            Wrong(
                (ADD_REVISION, adds(), GIVE_REVISION, gives(), UPGRADE),
                "alembic check stops: account_kind is",
            ),
        ),
    ),
)
