"""The exercises of lesson 13, the half-applied migration."""

from __future__ import annotations

import ast
import re

from ..migration import Revision
from .model import Context, Exercise, NotYet, Wrong
from .revised import refuse_by_hand, refuse_waiting

UPGRADE = "%alembic upgrade head"


# -------------------------------------------------- 13.1, a release that can be repeated

COLUMN = "reference"
INDEX = "ix_transfers_reference"
CHECK = "transfers_amount_positive"
CHANGES = ("add_", "create_", "drop_", "alter_", "rename_", "execute", "batch_alter_table", "bulk_insert")
"""How the operations begin that change something; op.get_context() and op.f() do not."""


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
DROP_COLUMN = f'op.drop_column("transfers", "{COLUMN}")'
DROP_INDEX = f'op.drop_index("{INDEX}", table_name="transfers")'
DROP_CHECK = f'op.drop_constraint("{CHECK}", "transfers", type_="check")'
DROP_ALL = f"{DROP_CHECK}\n{DROP_INDEX}\n{DROP_COLUMN}"
TWICE = ", if_not_exists=True)"


def repeatable_release(context: Context) -> None:
    """Column, index and CHECK, made by revisions that another upgrade finishes, wherever they failed."""
    columns = context.columns("transfers")
    indexes = context.indexes("transfers")
    checks = [row["constraint_name"] for row in context.sql("SHOW CONSTRAINTS FROM transfers")]
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
    _refuse_index_inside(context)
    makers = [
        refuse_by_hand(context, COLUMN, "column"),
        refuse_by_hand(context, INDEX, "index"),
        refuse_by_hand(context, CHECK, "CHECK"),
    ]
    for revision in {made.id: made for made in makers}.values():
        _refuse_once_only(revision)


def _refuse_index_inside(context: Context) -> None:
    """Raise NotYet for a column that brings its index along: two changes in one line."""
    for revision in context.revisions():
        for call in _changes(revision):
            said = ast.unparse(call)
            if COLUMN in said and "index=True" in said:
                raise NotYet(
                    "index=True makes two statements of one line (read its --sql). If the second one fails, "
                    "the next upgrade meets the column, and stops there."
                )


def _refuse_once_only(revision: Revision) -> None:
    """Raise NotYet if a change that cannot be repeated stands before another one in the same revision."""
    changes = _changes(revision)
    for call in changes:
        if not _repeatable(call, last=call is changes[-1]):
            name = ast.unparse(call.func)
            if call is changes[-1]:
                raise NotYet(
                    f"{name} makes several changes in {revision.path.name}. If a later one fails, the next "
                    "upgrade meets the first one, and stops there."
                )
            raise NotYet(
                f"{name} stands before another change in {revision.path.name}. If that one fails, the next "
                f"upgrade meets what {name} has made, and stops there."
            )


def _changes(revision: Revision) -> list[ast.Call]:
    """The calls of op in upgrade() that change something, in their order."""
    for node in ast.parse(revision.path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name == "upgrade":
            calls = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
            for branch in ast.walk(node):  # `if` something is not there yet: repeatable as well
                if isinstance(branch, ast.If):
                    for call in ast.walk(branch):
                        call.conditional = True  # type: ignore[attr-defined]
            found = [
                call
                for call in calls
                if isinstance(call.func, ast.Attribute)
                and isinstance(call.func.value, ast.Name)
                and call.func.value.id == "op"
                and call.func.attr.startswith(CHANGES)
            ]
            return sorted(found, key=lambda call: call.lineno)
    return []


def _repeatable(call: ast.Call, *, last: bool) -> bool:
    """Whether the call may run again; of the last one, whether all its statements but the last may."""
    if getattr(call, "conditional", False):
        return True
    for keyword in call.keywords:
        if keyword.arg in ("if_not_exists", "if_exists") and isinstance(keyword.value, ast.Constant):
            return bool(keyword.value.value)
    said = " ".join(ast.unparse(argument).upper() for argument in call.args)
    parts = [part for part in said.split(";") if re.search(r"\w", part)]
    return all("IF NOT EXISTS" in part or "IF EXISTS" in part for part in (parts[:-1] if last else parts))


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
    if FROZEN not in columns:
        raise NotYet(
            f"Alembic has noted the revision, but accounts has no column {FROZEN}."
            if noted
            else f"accounts has no column {FROZEN}: half of the work is undone, now do it from the start."
        )
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
    said = [ast.unparse(call) for revision in context.revisions() for call in _changes(revision)]
    of_it = [text for text in said if FROZEN in text]
    if not of_it:
        raise NotYet("Here all is well, but no revision makes it: the next database would go without.")
    if any(COPIED in text for text in of_it):
        raise NotYet("Here all is well, but the file is as it was: the next database has the same night.")
    if not any("add_column" in text or "ADD COLUMN" in text.upper() for text in of_it):
        raise NotYet("Here all is well, but no revision adds the column on other databases.")
    if not any(FROZEN_INDEX in text for text in of_it):
        raise NotYet("Here all is well, but no revision makes the index on other databases.")


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
