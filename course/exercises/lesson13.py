"""The exercises of lesson 13, the half-applied migration."""

from __future__ import annotations

import ast
import re

from ..errors import SqlError
from ..migration import Revision
from .model import Context, Exercise, NotYet, Wrong
from .new_database import there_and_back
from .repeatable import changes_of, refuse_index_inside, refuse_once_only
from .revised import maker, refuse_by_hand, refuse_lost_file, refuse_waiting

UPGRADE = "%alembic upgrade head"


# -------------------------------------------------- 13.1, a release that can be repeated

COLUMN = "reference"
INDEX = "ix_transfers_reference"
CHECK = "transfers_amount_positive"


def release(message: str, upgrade: str, downgrade: str) -> tuple[str, ...]:
    """The cells that write a revision and run it."""
    body = "\n    ".join(upgrade.splitlines())
    back = "\n    ".join(downgrade.splitlines())
    return (
        f'%alembic revision -m "{message}"',
        f"%%migration\ndef upgrade():\n    {body}\n\n\ndef downgrade():\n    {back}\n",
        UPGRADE,
    )


ADD_COLUMN = f'op.add_column("transfers", sa.Column("{COLUMN}", sa.String(40))'
ADD_UNLESS = f"""columns = sa.inspect(op.get_bind()).get_columns("transfers")
if "{COLUMN}" not in [column["name"] for column in columns]:
    {ADD_COLUMN})"""
ADD_INDEX = f'op.create_index("{INDEX}", "transfers", ["{COLUMN}"]'
ADD_CHECK = f'op.create_check_constraint("{CHECK}", "transfers", "amount > 0")'
ADD_CHECK_AGAIN = (
    f'op.execute("ALTER TABLE transfers ADD CONSTRAINT IF NOT EXISTS {CHECK} CHECK (amount > 0)")'
)
IN_ONE = (
    f"ALTER TABLE transfers ADD COLUMN {COLUMN} VARCHAR(40); "
    f"CREATE INDEX {INDEX} ON transfers ({COLUMN}); "
    f"ALTER TABLE transfers ADD CONSTRAINT {CHECK} CHECK (amount > 0)"
)
ADD_CHECK_LATER = ADD_CHECK_AGAIN.replace("> 0)", "> 0) NOT VALID")
DROP_COLUMN = f'op.drop_column("transfers", "{COLUMN}")'
DROP_INDEX = f'op.drop_index("{INDEX}", table_name="transfers")'
DROP_CHECK = f'op.drop_constraint("{CHECK}", "transfers", type_="check")'
ROOM = f"{DROP_CHECK[:-1]}, if_exists=True)"
ADD_CHECK_MEMO = ADD_CHECK.replace("amount > 0", "length(memo) > 0")
ADD_CHECK_ONE = ADD_CHECK.replace("amount > 0", "amount >= 1")
DROP_ALL = f"{DROP_CHECK}\n{DROP_INDEX}\n{DROP_COLUMN}"
TWICE = ", if_not_exists=True)"


def repeatable_release(context: Context) -> None:
    """Column, index and CHECK, made by revisions that another upgrade finishes, wherever they failed."""
    columns = context.columns("transfers")
    indexes = context.indexes("transfers")
    checks = {row["constraint_name"]: row for row in context.sql("SHOW CONSTRAINTS FROM transfers")}
    for what, name, there in (
        ("column", COLUMN, COLUMN in columns),
        ("index", INDEX, INDEX in indexes),
        ("CHECK", CHECK, CHECK in checks),
    ):
        if not there:
            refuse_waiting(context, name)
            raise NotYet(f"transfers has no {what} {name} yet.")
    if columns[COLUMN]["data_type"] not in ("VARCHAR(40)", "STRING(40)"):
        raise NotYet(f"{COLUMN} is of the type {columns[COLUMN]['data_type']}: 40 characters are wanted.")
    if indexes[INDEX] != [COLUMN]:
        raise NotYet(f"The index {INDEX} is on {', '.join(indexes[INDEX])}.")
    if not columns[COLUMN]["is_nullable"]:
        raise NotYet(f"{COLUMN} must not be NULL, and not every transfer has one.")
    found = [row for row in context.sql("SHOW INDEXES FROM transfers") if row["index_name"] == INDEX]
    if not found[0]["non_unique"]:
        raise NotYet(f"The index {INDEX} is unique: no two transfers could have the same reference.")
    _refuse_other_check(context, str(checks[CHECK]["details"]))
    if checks[CHECK]["validated"] is False:
        raise NotYet(f"{CHECK} has not looked at the transfers that are there: it is NOT VALID.")
    refuse_index_inside(context, COLUMN)
    makers = [
        refuse_by_hand(context, COLUMN, "column"),
        refuse_by_hand(context, INDEX, "index"),
        refuse_by_hand(context, CHECK, "CHECK"),
    ]
    for revision in {made.id: made for made in makers}.values():
        refuse_once_only(revision)


def _refuse_other_check(context: Context, details: str) -> None:
    """Raise NotYet unless a CHECK takes all amounts greater than 0 and no others."""
    said = re.fullmatch(r"CHECK (\(.*\))(?: NOT VALID)?", details, re.DOTALL)
    condition = said[1] if said else "(NULL)"
    try:
        # No row is written: the values stand for a table of transfers.
        values = "(VALUES (-5), (0), (1), (5)) AS t (amount)"
        taken = context.sql(f"SELECT amount FROM {values} WHERE {condition}")  # noqa: S608
    except SqlError:
        raise NotYet(f"{CHECK} looks at something else than the amount: {condition}.") from None
    amounts = {row["amount"] for row in taken}
    if wrong := sorted(amounts ^ {1, 5}):
        verb = "allows" if wrong[0] in amounts else "forbids"
        raise NotYet(f"{CHECK} {verb} an amount of {wrong[0]}.")


# -------------------------------------------------- 13.2, the night has come

FROZEN = "frozen_at"
FROZEN_INDEX = "ix_accounts_frozen_at"
COPIED = "ix_accounts_customer_id"
TRANSFERS = 40
HALF = "%sql CREATE INDEX ix_accounts_frozen_at ON accounts (frozen_at);"
STAMP = "%alembic stamp head"
WAY_BACK = """

def downgrade():
    op.drop_index("ix_accounts_frozen_at", table_name="accounts")
    op.drop_column("accounts", "frozen_at")
"""

ONLY_COLUMN = """%%migration
def upgrade():
    op.add_column("accounts", sa.Column("frozen_at", sa.DateTime(timezone=True)), if_not_exists=True)


def downgrade():
    op.drop_column("accounts", "frozen_at")
"""


def mended(index: str = FROZEN_INDEX, again: str = "") -> str:
    """The cell that writes the revision anew."""
    return f"""%%migration
def upgrade():
    op.add_column("accounts", sa.Column("frozen_at", sa.DateTime(timezone=True)){again})
    op.create_index("{index}", "accounts", ["frozen_at"]{again})
{WAY_BACK}"""


def brought_to_an_end(context: Context) -> None:
    """frozen_at and its index are there, noted, and made by a revision that works elsewhere too."""
    newest = context.newest()
    if context.applied() not in {newest.id, *newest.parents}:
        raise NotYet(
            "The database is further back than before: a downgrade has undone a revision that was whole. "
            "Run the first cell of the lesson to begin again."
        )
    if context.sql("SELECT count(*) AS n FROM transfers")[0]["n"] < TRANSFERS:
        raise NotYet(
            f"The {TRANSFERS} transfers of the bank are gone: a downgrade has dropped their table. "
            "Run the lesson from its first cell to begin again."
        )
    columns, indexes = context.columns("accounts"), context.indexes("accounts")
    if indexes.get(COPIED) != ["customer_id"]:
        raise NotYet(f"The index {COPIED} of lesson 12 is gone or another now: the bank needs the old one.")
    noted = context.applied() == newest.id
    if maker(context, FROZEN) is None and (FROZEN not in columns or FROZEN_INDEX not in indexes):
        refuse_lost_file(context)
        raise NotYet(f"The colleague's revision is gone, and no other makes {FROZEN}.")
    if FROZEN not in columns:
        raise NotYet(
            f"Alembic has noted the revision, but accounts has no column {FROZEN}."
            if noted
            else f"accounts has no column {FROZEN}: half of the work is undone, now do it from the start."
        )
    if not columns[FROZEN]["data_type"].startswith("TIMESTAMP"):
        raise NotYet(f"{FROZEN} is a {columns[FROZEN]['data_type']} now, and was a moment in time.")
    if FROZEN_INDEX not in indexes:
        raise NotYet(
            f"Alembic takes the revision for done, and accounts has no index {FROZEN_INDEX}."
            if noted
            else f"The column {FROZEN} is there, its index is not, and Alembic knows of neither."
        )
    if indexes[FROZEN_INDEX] != [FROZEN]:
        raise NotYet(f"The index {FROZEN_INDEX} is on {', '.join(indexes[FROZEN_INDEX])}.")
    if not noted:
        raise NotYet("All is there, but alembic_version does not name the newest revision.")
    _refuse_old_text(context)


def _refuse_old_text(context: Context) -> None:
    """Raise NotYet unless the revisions would also make the column and its index on another database."""
    said = [ast.unparse(call) for revision in context.revisions() for call in changes_of(revision)]
    of_it = [text for text in said if FROZEN in text]
    if not of_it:
        raise NotYet("Here all is well, but no revision makes it: the next database would go without.")
    if any(COPIED in text for text in of_it):
        raise NotYet("Here all is well, but the file is as it was: the next database has the same night.")
    if not any("add_column" in text or "ADD COLUMN" in text.upper() for text in of_it):
        raise NotYet("Here all is well, but no revision adds the column on other databases.")
    if not any(FROZEN_INDEX in text for text in of_it):
        raise NotYet("Here all is well, but no revision makes the index on other databases.")
    made = [
        item for item in context.revisions() if any(FROZEN in ast.unparse(call) for call in changes_of(item))
    ]
    _refuse_half_elsewhere(context, made)


def _refuse_half_elsewhere(context: Context, made: list[Revision]) -> None:
    """Raise NotYet unless a database that has never seen the night gets both, and can be rid of them."""
    look = ("sql", "SELECT DISTINCT index_name AS name FROM [SHOW INDEXES FROM accounts]")
    [indexes] = there_and_back(context, made[0], made[-1], look=(look,))
    if FROZEN_INDEX not in [row["name"] for row in indexes]:
        raise NotYet(f"Here all is well. A new database gets no index {FROZEN_INDEX}.")


EXERCISES = (
    Exercise(
        number="13.1",
        task="Column, index and CHECK on transfers, so that another upgrade finishes what failed anywhere.",
        check=repeatable_release,
        done="Wherever it fails, `alembic upgrade head` goes on from there. Sleep well.",
        hints=(
            "Imagine that the second of your changes fails. What does the next upgrade do first?",
            "One way: as many revisions as changes. Then Alembic notes each one when it is done.",
            "Another way: one revision, all steps repeatable. For two of the three there is a parameter. "
            "For the CHECK look into the table of the lesson.",
        ),
        solution=(
            *release("transfers have a reference", f"{ADD_COLUMN})", DROP_COLUMN),
            *release("index the reference", f"{ADD_INDEX})", DROP_INDEX),
            *release("amounts are positive", ADD_CHECK, DROP_CHECK),
        ),
        variants=(
            release("references", f"{ADD_COLUMN}{TWICE}\n{ADD_INDEX}{TWICE}\n{ADD_CHECK_AGAIN}", DROP_ALL),
            # What fails last leaves nothing behind.
            release("references", f"{ADD_COLUMN}{TWICE}\n{ADD_INDEX}{TWICE}\n{ADD_CHECK}", DROP_ALL),
            release("references", f"{ADD_UNLESS}\n{ADD_INDEX}{TWICE}\n{ADD_CHECK}", DROP_ALL),
            # Away with it, if it is there, and made anew.
            release("references", f"{ROOM}\n{ADD_CHECK}\n{ADD_COLUMN}{TWICE}\n{ADD_INDEX}{TWICE}", DROP_ALL),
            release("references", f"{ADD_COLUMN}{TWICE}\n{ADD_INDEX}{TWICE}\n{ADD_CHECK_ONE}", DROP_ALL),
            (
                *release("amounts are positive", ADD_CHECK, DROP_CHECK),
                *release(
                    "references", f"{ADD_COLUMN}{TWICE}\n{ADD_INDEX}{TWICE}", f"{DROP_INDEX}\n{DROP_COLUMN}"
                ),
            ),
        ),
        untouched=f"no column {COLUMN} yet",
        wrong=(
            # One revision, as autogenerate would write it.
            Wrong(
                release("references", f"{ADD_COLUMN})\n{ADD_INDEX})\n{ADD_CHECK}", DROP_ALL),
                "op.add_column stands before another change",
            ),
            # "if_not_exists wherever there is such a parameter" leaves one out.
            Wrong(
                release("references", f"{ADD_COLUMN}{TWICE}\n{ADD_CHECK}\n{ADD_INDEX}{TWICE}", DROP_ALL),
                "op.create_check_constraint stands before another change",
            ),
            # One line of Python can be several changes.
            Wrong(
                release("references", f'op.execute("{IN_ONE}")', DROP_ALL),
                "op.execute makes several changes",
            ),
            Wrong(
                (
                    *release("references", f"{ADD_COLUMN[:-1]}, index=True))", DROP_COLUMN),
                    *release("amounts are positive", ADD_CHECK, DROP_CHECK),
                ),
                "two statements of one line",
            ),
            # A name says nothing of what is behind it.
            Wrong(
                release(
                    "references",
                    f"{ADD_COLUMN}{TWICE}\n{ADD_INDEX}{TWICE}\n{ADD_CHECK.replace('> 0', '>= 0')}",
                    DROP_ALL,
                ),
                "allows an amount of 0",
            ),
            Wrong(
                release(
                    "references",
                    f"{ADD_COLUMN}{TWICE}\n{ADD_INDEX}{TWICE}\n{ADD_CHECK_MEMO}",
                    DROP_ALL,
                ),
                "looks at something else than the amount",
            ),
            Wrong(
                release(
                    "references",
                    f"{ADD_COLUMN}{TWICE}\n{ADD_INDEX}{TWICE}\n{ADD_CHECK_LATER}",
                    DROP_ALL,
                ),
                "it is NOT VALID",
            ),
            Wrong(
                release(
                    "references",
                    f"{ADD_COLUMN}{TWICE}\n{ADD_INDEX}, unique=True{TWICE}\n{ADD_CHECK}",
                    DROP_ALL,
                ),
                "is unique: no two transfers",
            ),
            # Running it again by hand is not what the operator will do.
            Wrong(
                (
                    f"%sql ALTER TABLE transfers ADD COLUMN IF NOT EXISTS {COLUMN} VARCHAR(40);",
                    f"%sql CREATE INDEX IF NOT EXISTS {INDEX} ON transfers ({COLUMN});",
                    f"%sql ALTER TABLE transfers ADD CONSTRAINT IF NOT EXISTS {CHECK} CHECK (amount > 0);",
                ),
                "no revision makes it",
            ),
            Wrong(
                release("references", f"{ADD_COLUMN}{TWICE}\n{ADD_INDEX}{TWICE}", DROP_ALL),
                f"no CHECK {CHECK} yet",
            ),
            Wrong(
                release("references", f"{ADD_COLUMN})", DROP_COLUMN)[:2],
                "has not run on the database yet",
            ),
        ),
    ),
    Exercise(
        number="13.2",
        task="Bring the half-applied revision `freeze accounts` to a good end, here and for other databases.",
        check=brought_to_an_end,
        done="Database, note and file tell the same story again.",
        hints=(
            "Begin with the three questions: what does Alembic believe, what is there, what is missing?",
            "The error names an index that was there before. Which line of the file asks for it, and what "
            "should it have been called?",
            "Mend the name first. Then the second run meets the column: of the three ways, which is the "
            "shortest here?",
        ),
        solution=(mended(again=", if_not_exists=True"), UPGRADE),
        variants=(
            ("%sql ALTER TABLE accounts DROP COLUMN frozen_at;", mended(), UPGRADE),
            (HALF, mended(), STAMP),
            (
                ONLY_COLUMN,
                UPGRADE,
                *release(
                    "index frozen accounts",
                    f'op.create_index("{FROZEN_INDEX}", "accounts", ["frozen_at"])',
                    f'op.drop_index("{FROZEN_INDEX}", table_name="accounts")',
                ),
            ),
        ),
        untouched="its index is not, and Alembic knows of neither",
        wrong=(
            # Stamping as a way to silence the error.
            Wrong((STAMP,), f"takes the revision for done, and accounts has no index {FROZEN_INDEX}"),
            # IF NOT EXISTS as a way to silence the error: the name is taken, by another index.
            Wrong(
                (mended(index=COPIED, again=", if_not_exists=True"), UPGRADE),
                f"takes the revision for done, and accounts has no index {FROZEN_INDEX}",
            ),
            # Downgrade as a way back: it undoes the revision before.
            Wrong(("%alembic downgrade -1",), "further back than before"),
            # And what follows it looks right, but for the rows.
            Wrong(
                ("%alembic downgrade -1", mended(again=", if_not_exists=True"), UPGRADE),
                "40 transfers of the bank are gone",
            ),
            # Finished by hand, and the file forgotten.
            Wrong((HALF, STAMP), "the next database has the same night"),
            # The way back takes the copied name for its own.
            Wrong(
                (
                    mended(again=", if_not_exists=True").replace(
                        'op.drop_index("ix_accounts_frozen_at"', f'op.drop_index("{COPIED}"'
                    ),
                    UPGRADE,
                ),
                "Up and down: then the index accounts@",
            ),
            Wrong(("!rm alembic/versions/*_freeze_accounts.py",), "is gone, and no other makes frozen_at"),
            # Made room for the copied name.
            Wrong(
                (
                    f"%sql DROP INDEX accounts@{COPIED};",
                    "%sql ALTER TABLE accounts DROP COLUMN frozen_at;",
                    UPGRADE,
                ),
                "of lesson 12 is gone or another now",
            ),
            Wrong(("%sql ALTER TABLE accounts DROP COLUMN frozen_at;",), "now do it from the start"),
        ),
    ),
)
