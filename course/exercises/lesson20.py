"""The exercises of lesson 20, enums."""

from __future__ import annotations

import ast
import re

from ..migration import Revision
from .compared import refuse_differences
from .model import Context, Exercise, NotYet, Wrong
from .revised import refuse_by_hand, refuse_waiting

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


KINDS = ["checking", "savings", "premium", "business"]
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


def values(context: Context, name: str) -> list[str] | None:
    """The values of an enum, in order; None if there is no such type."""
    rows = [row["values"] for row in context.sql("SHOW ENUMS") if row["name"] == name]
    found = rows[0] if rows else None
    return found.strip("{}").split(",") if isinstance(found, str) else found


def function(revision: Revision, name: str) -> str:
    """The source of upgrade() or downgrade() of a revision; empty without it."""
    text = revision.path.read_text(encoding="utf-8")
    found = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.name == name]
    return "".join(ast.get_source_segment(text, node) or "" for node in found)


def customers_tier(context: Context) -> None:
    """A column of a new enum type, in model and table, by a revision that takes the type away again."""
    found = context.columns("customers").get("tier")
    if found is None:
        refuse_waiting(context, "tier")
        raise NotYet("The table customers has no column tier yet.")
    words = values(context, "customer_tier")
    if words is None or "customer_tier" not in found["data_type"]:
        raise NotYet(f"tier is a {found['data_type']}: any text of that length could get in.")
    if words != ["standard", "gold"]:
        raise NotYet(f"customer_tier has the values {', '.join(words)}: lists sort in this order.")
    if found["is_nullable"] or "standard" not in str(found["column_default"]):
        raise NotYet("A customer can be without a tier: look at the default, and at NULL.")
    refuse_differences(context, "customers")
    refuse_differences(context, "tier")
    revision = refuse_by_hand(context, "tier", "column")
    undo = function(revision, "downgrade")
    if "drop_column" not in undo and "DROP COLUMN" not in undo.upper():
        raise NotYet("The revision cannot be undone: downgrade() leaves the column.")
    if "DROP TYPE" not in undo.upper() and ".drop(" not in undo:
        raise NotYet("Down and up again would fail: downgrade() leaves something behind.")


def premium_accounts(context: Context) -> None:
    """A value in its place, then, by a later revision, the rows that have it."""
    words = values(context, "account_kind") or []
    if "premium" not in words:
        refuse_waiting(context, "premium")
        raise NotYet("The type account_kind does not know the word premium yet.")
    if words != KINDS:
        raise NotYet(f"The words stand in the order {', '.join(words)}; premium belongs elsewhere.")
    if context.sql("SELECT 1 FROM accounts WHERE (balance >= 500000) <> (kind = 'premium') LIMIT 1"):
        refuse_waiting(context, "premium")
        raise NotYet("Not every account of 500,000 or more is premium, or one is that has less.")
    upgrades = [function(revision, "upgrade") for revision in context.revisions()]
    naming = [upgrade for upgrade in upgrades if "premium" in upgrade]
    adding = [upgrade for upgrade in naming if "ADD VALUE" in upgrade.upper()]
    giving = [upgrade for upgrade in naming if "premium" in _without_types(upgrade)]
    if not adding:
        raise NotYet("No revision adds the word: production would go without.")
    if not giving:
        raise NotYet("No revision changes the accounts: on production they would keep their kind.")
    if adding[-1] == giving[-1]:
        raise NotYet("One revision adds the word and uses it: that depends on a setting of the session.")
    refuse_differences(context, "accounts")


def _without_types(source: str) -> str:
    """Source code without its ALTER TYPE statements."""
    return re.sub(r"ALTER TYPE.*", "", source, flags=re.IGNORECASE)


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
                (ADD_REVISION, adds(), GIVE_REVISION, gives(), UPGRADE),
                "alembic check stops: account_kind is",
            ),
        ),
    ),
)
