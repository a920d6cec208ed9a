"""The exercises of lesson 16, unique constraints and indexes."""

from __future__ import annotations

import ast
import re

from ..migration import Revision
from .model import Context, Exercise, NotYet, Wrong
from .revised import maker, refuse_by_hand, refuse_one_way, refuse_waiting
from .ways import own, refuse_one_way_all, try_out

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
CASE = "(CASE WHEN memo = 'welcome' THEN target END)"
DROP = f'op.drop_index("{INDEX}", table_name="transfers")'


def one_welcome(context: Context) -> None:
    """No second welcome to an account, by a revision; no transfer lost, one welcome kept."""
    context.columns("transfers")
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
    about = _of_welcomes(context)
    if not any(about.values()):
        refuse_waiting(context, "welcome")
        raise NotYet(_why_not(context, about))
    mine = own(context, "welcome")
    refuse_by_hand(context, "welcome", "index")
    refuse_one_way_all(context, mine)
    _refuse_other_rules(*map(len, try_out(context, mine, rows=BOOKED, probes=PROBES)))


def _of_welcomes(context: Context) -> dict[str, bool]:
    """The indexes that know of welcomes (condition, expression, computed column): whether each is unique."""
    computed = [
        name
        for name, column in context.columns("transfers").items()
        if "'welcome'" in str(column["generation_expression"])
    ]
    rows = context.sql("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'transfers'")
    return {
        row["indexname"]: row["indexdef"].startswith("CREATE UNIQUE ")
        for row in rows
        if not row["indexname"].endswith("_pkey")
        and any(word in row["indexdef"].partition(" USING ")[2] for word in ("'welcome'", *computed))
    }


def _why_not(context: Context, about: dict[str, bool]) -> str:
    """What is wrong with the index that comes nearest."""
    if about:
        return "There is an index of the welcomes, but it is not unique: it refuses nothing."
    conditions = unique_indexes(context, ["target"])
    if any(conditions.values()):
        return "The unique index on target is there for other transfers than those with the memo welcome."
    if conditions:
        return "The unique index on target holds for other transfers too: the rent would be refused."
    return "The rows are mended, and nothing stops the next second welcome yet."


A, B, C = (f"'00000000-0000-4000-8000-00000000000{number}'" for number in (1, 2, 3))
BOOKED = tuple(
    f"INSERT INTO transfers (source, target, amount, memo) VALUES ({A}, {B}, {amount}, {memo})"  # noqa: S608
    for amount, memo in ((50, "'welcome'"), (250, "'rent'"), (251, "'rent'"), (5, "NULL"))
)


def _book(source: str, target: str, memo: str) -> tuple[str, str]:
    """A probe that books a transfer: it gives a row, and none where a unique index refuses the transfer."""
    return (
        f"INSERT INTO transfers (source, target, amount, memo) VALUES ({source}, {target}, 50, {memo})"  # noqa: S608
        " ON CONFLICT DO NOTHING RETURNING id",
        "After your revision a transfer cannot be booked any more.",
    )


PROBES = (
    _book(A, B, "'welcome'"),
    _book(C, B, "'welcome'"),
    _book(A, C, "'welcome'"),
    _book(B, A, "'welcome'"),
    _book(A, B, "'rent'"),
    _book(A, B, "NULL"),
)
"""The second welcome, from the same account and from another; the first one of two others; and no welcome."""


def _refuse_other_rules(again: int, other: int, first: int, second: int, rent: int, empty: int) -> None:
    """Raise NotYet where the wrong transfers were taken or refused; each is the number of rows booked."""
    if again:
        raise NotYet("On a new database your revision lets a second welcome to the same account in.")
    if other:
        raise NotYet(
            "The index lets another desk welcome the same account: two sources are two different keys."
        )
    if not first or not second:
        raise NotYet("Your index refuses too much: with one account welcomed, no other one can be.")
    if not rent or not empty:
        raise NotYet("Your index refuses too much: a second rent to the same account cannot be booked.")


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
        for there in context.indexes("transfers").values():
            if set(COLUMNS) < set(there) and "id" not in there:
                more = ", ".join(sorted(set(there) - set(COLUMNS)))
                raise NotYet(
                    f"The index is over {more} as well: a second booking needs only another one there."
                )
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
    mine = own(context, "made_at", found[0].lower())
    for earlier in mine:
        _refuse_drop(*_functions(earlier))
    try_out(context, mine)


def _functions(revision: Revision) -> tuple[str, str]:
    """upgrade() and downgrade() as Python reads them: without comments."""
    functions = {
        node.name: ast.unparse(node)
        for node in ast.parse(revision.path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    return functions.get("upgrade", ""), functions.get("downgrade", "")


def _refuse_drop(up: str, down: str) -> None:
    for text, way in ((down, "downgrade"), (up, "upgrade")):
        if "drop_constraint" in text or re.search(r"DROP\s+CONSTRAINT", text, re.IGNORECASE):
            raise NotYet(f"On v25.4 this {way} stops: cannot drop UNIQUE constraint using DROP CONSTRAINT.")


def _refuse_new_ways(made: Revision, name: str) -> None:
    """Raise NotYet for a downgrade() that does not take the key away on both versions."""
    up, down = _functions(made)
    _refuse_drop(up, down)
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
            # No condition, but a value that only welcomes have: NULLs are never equal.
            (
                MEND,
                *revision(
                    "one welcome", f'op.execute("CREATE UNIQUE INDEX {INDEX} ON transfers ({CASE})")', DROP
                ),
                UPGRADE,
            ),
            (
                MEND,
                *revision(
                    "one welcome",
                    f'op.add_column("transfers", sa.Column("welcomed", sa.Uuid(), sa.Computed("{CASE}")))\n'
                    f'    op.create_index("{INDEX}", "transfers", ["welcomed"], unique=True)',
                    f'{DROP}\n    op.drop_column("transfers", "welcomed")',
                ),
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
                "it is not unique",
            ),
            Wrong(
                (MEND, f"%sql CREATE UNIQUE INDEX {INDEX} ON transfers (target) WHERE memo = 'welcome';"),
                "no revision makes it",
            ),
            Wrong((MEND, *revision("one welcome", ONE, "pass"), UPGRADE), "cannot be undone"),
            Wrong(
                (MEND, *revision("one welcome", ONE, DROP.replace(INDEX, "ix_welcome")), UPGRADE),
                "downgrade() fails: index",
            ),
            # One welcome in the whole bank.
            Wrong(
                (MEND, *revision("one welcome", ONE.replace('["target"]', '["memo"]'), DROP), UPGRADE),
                "with one account welcomed, no other one can be",
            ),
            Wrong(
                (MEND, *revision("one welcome", ONE.replace("'welcome'", "'Welcome'"), DROP), UPGRADE),
                "for other transfers than those",
            ),
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
            Wrong(
                (
                    *revision("book once", AS_INDEX.replace(LISTED, LISTED[:-1] + ', "memo"]'), DROP_INDEX),
                    UPGRADE,
                ),
                "The index is over memo as well",
            ),
            # Mended by a second revision: the upgrade of that one stops, too.
            Wrong(
                (
                    *revision("book once", AS_KEY, CASCADE),
                    *revision("as an index", f"{DROP_KEY}\n    {AS_INDEX}", f"{DROP_INDEX}\n    {AS_KEY}"),
                    UPGRADE,
                ),
                "On v25.4 this upgrade stops",
            ),
            Wrong(revision("book once", AS_INDEX, DROP_INDEX), "has not run on the database yet"),
        ),
    ),
)
