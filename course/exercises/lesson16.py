"""The exercises of lesson 16, unique constraints and indexes."""

from __future__ import annotations

import ast
import re

from ..migration import Revision
from .model import Context, Exercise, NotYet, Wrong
from .revised import maker, refuse_by_hand, refuse_one_way, refuse_waiting

UPGRADE = "%alembic upgrade head"


def revision(message: str, upgrade: str, downgrade: str) -> tuple[str, str]:
    """The cells that write a revision, and do not run it."""
    return (
        f'%alembic revision -m "{message}"',
        f"%%migration\ndef upgrade():\n    {upgrade}\n\n\ndef downgrade():\n    {downgrade}\n",
    )


def unique_indexes(context: Context, columns: list[str]) -> dict[str, str]:
    """The condition of each unique index over exactly these columns, in any order; empty: it has none."""
    found = {
        name: there
        for name, there in context.indexes("transfers").items()
        if sorted(there) == sorted(columns)
    }
    rows = context.sql("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'transfers'")
    return {
        row["indexname"]: row["indexdef"].partition(" WHERE ")[2]
        for row in rows
        if row["indexname"] in found and row["indexdef"].startswith("CREATE UNIQUE ")
    }


# -------------------------------------------------- 16.1, welcome, once

ROWS = 42
INDEX = "ix_transfers_one_welcome"
MEND = (
    "%sql UPDATE transfers SET memo = 'welcome, again' WHERE id ="
    " (SELECT max(id) FROM transfers WHERE memo = 'welcome');"
)
ONE = f"""op.create_index(
        "{INDEX}", "transfers", ["target"], unique=True, postgresql_where=sa.text("memo = 'welcome'")
    )"""
LOSE = "%sql DELETE FROM transfers WHERE id = (SELECT max(id) FROM transfers WHERE memo = 'welcome');"
MEND_HERE = """op.execute(\"\"\"
        UPDATE transfers SET memo = 'twice' WHERE memo = 'welcome' AND EXISTS (
            SELECT 1 FROM transfers AS other
             WHERE other.memo = 'welcome' AND other.target = transfers.target AND other.id < transfers.id
        )
    \"\"\")"""
RAW = """op.execute("CREATE UNIQUE INDEX welcome_once ON transfers (target) WHERE memo = 'welcome'")"""
DROP_RAW = 'op.execute("DROP INDEX transfers@welcome_once")'
DROP = f'op.drop_index("{INDEX}", table_name="transfers")'


def one_welcome(context: Context) -> None:
    """No second welcome to an account, by a revision; no transfer lost, one welcome kept."""
    welcomes = context.sql("SELECT target FROM transfers WHERE memo = 'welcome'")
    count = context.sql("SELECT count(*) AS n FROM transfers")[0]["n"]
    if count == ROWS - 2 and not welcomes:
        raise NotYet(
            "The two transfers with the memo welcome are not there: first run the cell above that books them."
        )
    if count < ROWS:
        raise NotYet(f"{ROWS - count} transfers are gone from the book. The money has moved all the same.")
    if not welcomes:
        raise NotYet(
            "No transfer has the memo welcome any more: the first bonus was right, and should keep it."
        )
    if len(welcomes) > len({row["target"] for row in welcomes}):
        raise NotYet("One account has two transfers with the memo welcome.")
    conditions = unique_indexes(context, ["target"])
    both = unique_indexes(context, ["target", "memo"])
    partial = [name for name, condition in (both | conditions).items() if "welcome" in condition]
    if not partial:
        refuse_waiting(context, "welcome")
        raise NotYet(_why_not(context, conditions))
    refuse_one_way(context, refuse_by_hand(context, partial[0], "index"))


def _why_not(context: Context, conditions: dict[str, str]) -> str:
    """What is wrong with the index that comes nearest."""
    if conditions:
        return "The unique index on target holds for other transfers too: the rent would be refused."
    if unique_indexes(context, ["source", "target"]):
        return "The index lets another desk welcome the same account: two sources are two different keys."
    rows = context.sql("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'transfers'")
    if any("welcome" in row["indexdef"] for row in rows):
        return "There is an index of the welcomes, but not a unique one of their targets and nothing else."
    return "The rows are mended, and nothing stops the next second welcome yet."


# -------------------------------------------------- 16.2, booked once, on both versions

KEY = "transfers_once_key"
COLUMNS = ["source", "target", "amount", "made_at"]
LISTED = '["source", "target", "amount", "made_at"]'
AS_INDEX = f'op.create_index("{KEY}", "transfers", {LISTED}, unique=True)'
AS_KEY = f'op.create_unique_constraint("{KEY}", "transfers", {LISTED})'
DROP_INDEX = f'op.drop_index("{KEY}", table_name="transfers")'
DROP_KEY = f'op.drop_constraint("{KEY}", "transfers", type_="unique")'
CASCADE = f'op.execute("DROP INDEX transfers@{KEY} CASCADE")'


def booked_once(context: Context) -> None:
    """A unique key over the four columns, by a revision whose way back runs on v25.4 as well."""
    found = [name for name, condition in unique_indexes(context, COLUMNS).items() if not condition]
    if not found:
        refuse_waiting(context, "made_at")
        if any(unique_indexes(context, part) for part in (["source", "target"], COLUMNS[:3])):
            raise NotYet("The index refuses too much: next month's rent is the same but for made_at.")
        if any(sorted(there) == sorted(COLUMNS) for there in context.indexes("transfers").values()):
            raise NotYet("There is an index over the four columns, but it lets equal rows in.")
        if unique_indexes(context, [*COLUMNS, "id"]):
            raise NotYet("The index refuses nothing: with id among its columns, no two rows are the same.")
        raise NotYet("transfers has nothing yet that refuses a second booking.")
    made = maker(context, found[0]) or refuse_by_hand(context, "made_at", "index")
    refuse_by_hand(context, found[0], "index")
    refuse_one_way(context, made)
    _refuse_new_ways(made, found[0])


def _refuse_new_ways(made: Revision, name: str) -> None:
    """Raise NotYet for a downgrade() that does not take the key away on both versions."""
    functions = {
        node.name: ast.unparse(node)
        for node in ast.parse(made.path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    up, down = functions.get("upgrade", ""), functions.get("downgrade", "")
    if "drop_constraint" in down or re.search(r"DROP\s+CONSTRAINT", down, re.IGNORECASE):
        raise NotYet("On v25.4 this downgrade stops: cannot drop UNIQUE constraint using DROP CONSTRAINT.")
    if name not in down:
        raise NotYet(f"downgrade() does something, but nothing with {name}.")
    constraint = "create_unique_constraint" in up or re.search(r"ADD\s+CONSTRAINT", up, re.IGNORECASE)
    if constraint and "CASCADE" not in down.upper():
        raise NotYet("This downgrade stops on both versions: the index is in use as unique constraint.")


EXERCISES = (
    Exercise(
        number="16.1",
        task="Mend the double welcome, and let the database refuse a second one to the same account.",
        check=one_welcome,
        done="Every account is welcomed once, and everything else goes on as before.",
        hints=(
            "Rows first: find the two transfers with the memo welcome, and give one of them another memo.",
            "Say the rule in one sentence: among the transfers where …, no two have the same …",
            "What stands after *where* is the index's condition, what stands after *the same* its column.",
        ),
        solution=(MEND, *revision("one welcome for each account", ONE, DROP), UPGRADE),
        variants=(
            # All in one revision; the UPDATE can be repeated.
            (*revision("one welcome for each account", f"{MEND_HERE}\n    {ONE}", DROP), UPGRADE),
            (*revision("one welcome for each account", f"{MEND_HERE}\n    {RAW}", DROP_RAW), UPGRADE),
            # The memo in the key as well: among the welcomes it is always the same.
            (
                MEND,
                *revision("one welcome", ONE.replace('["target"]', '["target", "memo"]'), DROP),
                UPGRADE,
            ),
        ),
        untouched="has two transfers with the memo welcome",
        wrong=(
            # The scene was left out, or both of its rows were taken away.
            Wrong(
                ("%sql DELETE FROM transfers WHERE memo = 'welcome'",),
                "The two transfers with the memo welcome are not there",
            ),
            # The quickest way to unique rows.
            Wrong(
                (
                    LOSE,
                    *revision("one welcome", ONE, DROP),
                    UPGRADE,
                ),
                "1 transfers are gone from the book",
            ),
            # Both lose the memo.
            Wrong(("%sql UPDATE transfers SET memo = NULL WHERE memo = 'welcome';",), "should keep it"),
            Wrong((MEND,), "nothing stops the next"),
            # Unique over too much: each desk may welcome once.
            Wrong(
                (
                    MEND,
                    *revision("one welcome", ONE.replace('["target"]', '["source", "target"]'), DROP),
                    UPGRADE,
                ),
                "lets another desk welcome the same account",
            ),
            # The condition alone refuses nothing.
            Wrong(
                (MEND, *revision("one welcome", ONE.replace("unique=True, ", ""), DROP), UPGRADE),
                "not a unique one of their targets",
            ),
            Wrong(
                (MEND, f"%sql CREATE UNIQUE INDEX {INDEX} ON transfers (target) WHERE memo = 'welcome';"),
                "no revision makes it",
            ),
            Wrong((MEND, *revision("one welcome", ONE, "pass"), UPGRADE), "cannot be undone"),
        ),
    ),
    Exercise(
        number="16.2",
        task="Let the database refuse a second booking, by a revision that runs both ways on both versions.",
        check=booked_once,
        done="A second booking is refused, and the way back is open on both versions.",
        hints=(
            "Which columns together make two bookings the same?",
            "upgrade() is the easy half. What does each way of making it need in downgrade()?",
            "Look into the table of the lesson: two of its three rows work on both versions.",
        ),
        solution=(*revision("book each transfer once", AS_INDEX, DROP_INDEX), UPGRADE),
        variants=(
            (*revision("book each transfer once", AS_KEY, CASCADE), UPGRADE),
            (
                *revision(
                    "book each transfer once",
                    f'op.execute("CREATE UNIQUE INDEX {KEY} ON transfers (made_at, source, target, amount)")',
                    f'op.execute("DROP INDEX transfers@{KEY}")',
                ),
                UPGRADE,
            ),
        ),
        untouched="nothing yet that refuses a second booking",
        wrong=(
            # What autogenerate writes for a UniqueConstraint.
            Wrong((*revision("book once", AS_KEY, DROP_KEY), UPGRADE), "On v25.4 this downgrade stops"),
            # The way of the one kind for the other kind.
            Wrong((*revision("book once", AS_KEY, DROP_INDEX), UPGRADE), "stops on both versions"),
            # An index is not unique by itself.
            Wrong(
                (*revision("book once", AS_INDEX.replace(", unique=True", ""), DROP_INDEX), UPGRADE),
                "lets equal rows in",
            ),
            # Two accounts may do business more than once.
            Wrong(
                (*revision("book once", AS_INDEX.replace(', "amount", "made_at"', ""), DROP_INDEX), UPGRADE),
                "refuses too much",
            ),
            # More columns, less strict.
            Wrong(
                (
                    *revision("book once", AS_INDEX.replace(LISTED, LISTED[:-1] + ', "id"]'), DROP_INDEX),
                    UPGRADE,
                ),
                "with id among its columns",
            ),
            Wrong(revision("book once", AS_INDEX, DROP_INDEX), "has not run on the database yet"),
        ),
    ),
)
