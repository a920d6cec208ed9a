"""The exercises of lesson 11, transactions and schema changes."""

from __future__ import annotations

import re

from ..migration import Revision
from .cells import migration
from .model import Context, Exercise, NotYet, Wrong
from .new_database import as_file
from .revised import maker, refuse_by_hand, refuse_lost_file, refuse_waiting, schema_changes, statements

UPGRADE = "%alembic upgrade head"
DATA = ("INSERT", "UPDATE", "UPSERT", "DELETE", "WITH")
"""How statements begin that change rows."""


def filled(upgrade: str, downgrade: str = "pass") -> str:
    """The cell that fills the newest revision; upgrade and downgrade: lines, indented as in a function."""
    return migration([upgrade], [downgrade])


# ---------------------------------------------------------------- 11.1

COLUMN = '%alembic revision -m "add closed_at to accounts"'
INDEX = '%alembic revision -m "find closed accounts"'
ADD = 'op.add_column("accounts", sa.Column("closed_at", sa.DateTime(timezone=True)))'
ADD_INDEXED = 'op.add_column("accounts", sa.Column("closed_at", sa.DateTime(timezone=True), index=True))'
ADD_PLAIN = 'op.add_column("accounts", sa.Column("closed_at", sa.DateTime()))'
ADD_SQL = 'op.execute("ALTER TABLE accounts ADD COLUMN closed_at TIMESTAMPTZ")'
REMOVE = 'op.drop_column("accounts", "closed_at")'
BUILD = 'op.create_index("ix_accounts_closed_at", "accounts", ["closed_at"])'
ADD_UNIQUE = 'op.execute("ALTER TABLE accounts ADD COLUMN closed_at TIMESTAMPTZ UNIQUE")'
ADD_NOW = ADD.replace("True)))", "True), server_default=sa.func.now()))")
ADD_SET = f'{ADD}\n    op.execute("UPDATE accounts SET closed_at = now() WHERE balance IS NULL")'  # noqa: S608
ADD_EXACT = 'op.execute("ALTER TABLE accounts ADD COLUMN closed_at TIMESTAMPTZ(3)")'
BUILD_SQL = 'op.execute("CREATE INDEX ON accounts (closed_at)")'
UNBUILD = 'op.drop_index("ix_accounts_closed_at", table_name="accounts")'


def closed_accounts(context: Context) -> None:
    """A column and an index, each by a revision of its own."""
    columns = context.columns("accounts")
    if "closed_at" not in columns:
        refuse_waiting(context, "closed_at")
        raise NotYet("The table accounts has no column closed_at yet.")
    kind = columns["closed_at"]["data_type"]
    if not kind.startswith("TIMESTAMPTZ"):
        raise NotYet(
            f"closed_at is of the type {kind}, which is no moment in time: joined_at of customers is one."
        )
    if columns["closed_at"]["column_default"] or not columns["closed_at"]["is_nullable"]:
        raise NotYet("An account that is open has no closed_at: it is NULL, and has no DEFAULT.")
    found = [name for name, index in context.indexes("accounts").items() if index[:1] == ["closed_at"]]
    if not found:
        refuse_waiting(context, "closed_at")
        raise NotYet("The column is there. No index begins with it yet.")
    unique = {row["index_name"] for row in context.sql("SHOW INDEXES FROM accounts") if not row["non_unique"]}
    if unique.issuperset(found):
        raise NotYet(f"{found[0]} is unique: no two accounts could be closed at the same moment.")
    refuse_by_hand(context, "closed_at", "column")
    made = []
    for revision in context.revisions():
        if "closed_at" not in revision.path.read_text(encoding="utf-8"):
            continue
        said = statements(context, revision)
        changes = schema_changes(said)
        made += changes
        if changes and any(text.upper().startswith(DATA) for text in said):
            raise NotYet(
                f"Revision {revision.id} changes schema and data: if the data fails, the schema is changed "
                "and Alembic does not know."
            )
        if len(changes) > 1:
            raise NotYet(
                f"Revision {revision.id} changes the schema {len(changes)} times (read its --sql): "
                "if the last change fails, the others stay, and Alembic does not know."
            )
    if not any("closed_at" in text and text.upper().startswith("CREATE") for text in made):
        raise NotYet("The index is there, but no revision makes it: the next database would go without.")


# ---------------------------------------------------------------- 11.2

TOTAL = 8_496_377
"""The money in all accounts when the lesson begins."""

RICHEST = 993_744 - 290
"""What the richest account holds when it has paid."""

FORGIVE = '%alembic revision -m "forgive debts"'
AGAIN = '%alembic revision -m "forgive debts, the second half"'
PAY = """op.execute(
        "UPDATE accounts SET balance = balance + (SELECT sum(balance) FROM accounts WHERE balance < 0)"
        " WHERE id = (SELECT id FROM accounts ORDER BY balance DESC LIMIT 1)"
    )"""
OTHER = PAY.replace("LIMIT 1", "LIMIT 1 OFFSET 1")
CLEAR = 'op.execute("UPDATE accounts SET balance = 0 WHERE balance < 0")'
NOTE = 'op.create_index("ix_accounts_balance", "accounts", ["balance"])'
ONE = """op.execute(
        "UPDATE accounts SET balance = CASE WHEN balance < 0 THEN 0"
        " ELSE balance + (SELECT sum(balance) FROM accounts WHERE balance < 0) END"
        " WHERE balance < 0 OR id = (SELECT id FROM accounts ORDER BY balance DESC LIMIT 1)"
    )"""
WITH = """op.execute(
        "WITH debt AS (SELECT sum(balance) AS total FROM accounts WHERE balance < 0)"
        " UPDATE accounts SET balance ="
        " CASE WHEN balance < 0 THEN 0 ELSE balance + (SELECT total FROM debt) END"
        " WHERE balance < 0 OR id = (SELECT id FROM accounts ORDER BY balance DESC LIMIT 1)"
    )"""
CLOSE = 'op.execute("DELETE FROM accounts WHERE balance < 0")'
CLEAR_BESIDE = """op.get_bind().execute(
        sa.text("UPDATE accounts SET balance = :new WHERE balance < :old"), {"new": 0, "old": 0}
    )"""
COMMIT = 'op.execute("COMMIT")'
SINGLY = f"with op.get_context().autocommit_block():\n        {PAY}\n        {CLEAR}"
BOTH = f"{PAY}\n    {CLEAR}"


def forgiven(context: Context) -> None:
    """Nobody in debt, the total as before, and both halves in one transaction."""
    context.columns("accounts")
    rows = context.sql("SELECT count(*) AS poor FROM accounts WHERE balance < 0")
    if rows[0]["poor"]:
        refuse_waiting(context, "balance =")
        raise NotYet(f"Accounts in debt: {rows[0]['poor']}.")
    total = int(context.sql("SELECT sum(balance) AS total FROM accounts")[0]["total"] or 0)
    if total != TOTAL:
        raise NotYet(f"All accounts together held {TOTAL} before, and hold {total} now: who pays?")
    richest = context.sql("SELECT max(balance) AS balance FROM accounts")[0]["balance"]
    if richest != RICHEST:
        raise NotYet(f"The richest account holds {richest}, and should hold {RICHEST}: who has paid?")
    freed = context.sql("SELECT count(*) AS freed FROM accounts WHERE balance = 0")[0]["freed"]
    if freed < 2:
        raise NotYet(f"Two accounts are to be at 0, and {freed or 'none'} is.")
    if maker(context, "balance") is None:
        refuse_lost_file(context)
        raise NotYet("The debts are gone, but no revision makes it so: the next database keeps them.")
    touching = [each for each in context.revisions() if _moves_money(context, each)]
    if not touching:
        raise NotYet("No revision changes a balance when it is printed with --sql: lesson 10 says why.")
    if len(touching) > 1:
        raise NotYet(f"The halves are {len(touching)} revisions: and the total is wrong between them.")
    found = statements(context, touching[0])
    if schema_changes(found):
        raise NotYet(
            f"Revision {touching[0].id} changes the schema too: that commits one half before the other."
        )
    if "autocommit" in touching[0].path.read_text(encoding="utf-8"):
        raise NotYet("With autocommit each UPDATE is committed by itself: others see the first one alone.")
    if any(re.match(r"(COMMIT|END|BEGIN|ROLLBACK)\b", text, re.IGNORECASE) for text in found):
        raise NotYet("The revision commits in the middle: others see what is before that alone.")
    _refuse_other_file(context, touching[0])


def _moves_money(context: Context, revision: Revision) -> bool:
    """Whether a revision, printed with --sql, changes the balance of accounts."""
    if "balance" not in revision.path.read_text(encoding="utf-8"):
        return False
    kind = re.compile(r'\b(UPDATE|(INSERT|UPSERT) INTO|DELETE FROM) "?accounts\b', re.IGNORECASE)
    return any(kind.search(text) and "balance" in text for text in statements(context, revision))


ROWS = "INSERT INTO accounts (id, balance) SELECT gen_random_uuid(), unnest(ARRAY[-250, -40, 51998, 993744])"
"""Accounts of another database, with the debts and the riches of this one."""


def _refuse_other_file(context: Context, revision: Revision) -> None:
    """Raise NotYet unless the file that --sql makes forgives on another database as here."""
    [found] = as_file(context, [revision], ROWS, "SELECT balance FROM accounts ORDER BY balance")
    if [row["balance"] for row in found] != [0, 0, 51998, RICHEST]:
        raise NotYet("Here the debts are forgiven. Run as a file on another database, --sql does not do it.")


EXERCISES = (
    Exercise(
        number="11.1",
        task="Add closed_at to accounts and an index on it, so that a failure leaves nothing unknown behind.",
        check=closed_accounts,
        done="Column and index are there, and each step is one that Alembic can repeat.",
        hints=(
            "How many changes of the schema are a column and an index?",
            "A revision in which one change fails leaves nothing. So give each change a revision.",
            "sa.DateTime(timezone=True) for the column; op.create_index for the index, in a second file. "
            "%%migration always fills the newest one.",
        ),
        solution=(COLUMN, filled(ADD, REMOVE), INDEX, filled(BUILD, UNBUILD), UPGRADE),
        variants=(
            (COLUMN, filled(ADD_SQL, REMOVE), UPGRADE, INDEX, filled(BUILD_SQL), UPGRADE),
            (COLUMN, filled(ADD_EXACT, REMOVE), UPGRADE, INDEX, filled(BUILD), UPGRADE),
        ),
        untouched="no column closed_at yet",
        wrong=(
            Wrong((COLUMN, filled(ADD, REMOVE), UPGRADE), "No index begins with it yet"),
            Wrong(
                (COLUMN, filled(f"{ADD}\n    {BUILD}", f"{UNBUILD}\n    {REMOVE}"), UPGRADE),
                "changes the schema 2 times",
            ),
            Wrong((COLUMN, filled(ADD_INDEXED, REMOVE), UPGRADE), "changes the schema 2 times"),
            # One statement for both, and it says too much.
            Wrong((COLUMN, filled(ADD_UNIQUE, REMOVE), UPGRADE), "is unique: no two accounts"),
            Wrong(
                (COLUMN, filled(ADD_NOW, REMOVE), INDEX, filled(BUILD), UPGRADE), "An account that is open"
            ),
            Wrong(
                (COLUMN, filled(ADD_SET, REMOVE), INDEX, filled(BUILD), UPGRADE), "changes schema and data"
            ),
            Wrong(
                (COLUMN, filled(ADD, REMOVE), UPGRADE, "%sql CREATE INDEX ON accounts (closed_at);"),
                "The index is there, but no revision makes it",
            ),
            Wrong(
                (COLUMN, filled(ADD_PLAIN, REMOVE), INDEX, filled(BUILD, UNBUILD), UPGRADE),
                "no moment in time",
            ),
            Wrong(
                (COLUMN, filled(ADD, REMOVE), INDEX, filled(BUILD, UNBUILD)),
                "has not run on the database yet",
            ),
        ),
    ),
    Exercise(
        number="11.2",
        task="Set the accounts in debt to 0 and take that from the richest one, as a whole or not at all.",
        check=forgiven,
        done="The debts are forgiven, the total is the same, and no one saw it half done.",
        hints=(
            "Two UPDATEs, and one transaction around them. What gives a migration exactly one transaction?",
            "A revision of data only. Both UPDATEs go into it, and nothing that changes the schema.",
            "What does the second UPDATE still see of the debts when the first has run? The order matters. "
            "(SELECT sum(balance) …) can stand in an UPDATE as a value.",
        ),
        solution=(FORGIVE, filled(BOTH), UPGRADE),
        variants=((FORGIVE, filled(ONE), UPGRADE), (FORGIVE, filled(WITH), UPGRADE)),
        untouched="Accounts in debt: 2",
        wrong=(
            # Not the richest pays.
            Wrong((FORGIVE, filled(f"{OTHER}\n    {CLEAR}"), UPGRADE), "who has paid?"),
            # Nobody is in debt any more, and two accounts are gone, or hold nothing that can be counted.
            Wrong(
                (FORGIVE, filled(f"{PAY}\n    {CLOSE}"), UPGRADE), "Two accounts are to be at 0, and none is"
            ),
            # The colleague with the file changes less, or nothing.
            Wrong(
                (FORGIVE, filled(f"{PAY}\n    {CLEAR_BESIDE}"), UPGRADE), "Run as a file on another database"
            ),
            Wrong((FORGIVE, filled(f"{PAY}\n    {COMMIT}\n    {CLEAR}"), UPGRADE), "commits in the middle"),
            # One revision, and still two transactions.
            Wrong((FORGIVE, filled(SINGLY), UPGRADE), "each UPDATE is committed by itself"),
            Wrong((FORGIVE, filled(CLEAR), UPGRADE), "who pays?"),
            Wrong((FORGIVE, filled(PAY), AGAIN, filled(CLEAR), UPGRADE), "The halves are 2 revisions"),
            Wrong((FORGIVE, filled(f"{PAY}\n    {NOTE}\n    {CLEAR}"), UPGRADE), "changes the schema too"),
            Wrong((FORGIVE, filled(BOTH)), "has not run on the database yet"),
        ),
    ),
)
