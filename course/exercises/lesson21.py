"""The exercises of lesson 21, several deployers at once."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time

from .. import database
from ..migration import Revision
from .lesson19 import filled
from .model import Context, Exercise, NotYet, Wrong
from .revised import maker, refuse_one_way

REVISION = '%alembic revision -m "pay bonuses"'
UPGRADE = "%alembic upgrade head"
DROP = 'op.drop_table("bonuses")'

# ---------------------------------------------------------------- 21.1


def table(more: str = ", if_not_exists=True") -> str:
    """The lines that make the table."""
    return f"""op.create_table(
    "bonuses",
    sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), primary_key=True),
    sa.Column("account_id", sa.Uuid(), nullable=False),
    sa.Column("amount", sa.Integer(), nullable=False){more},
)
"""


PAY = "INSERT INTO bonuses (account_id, amount) SELECT id, 10 FROM accounts"
UNPAID = "WHERE id NOT IN (SELECT account_id FROM bonuses)"
MISSING = "WHERE NOT EXISTS (SELECT 1 FROM bonuses WHERE account_id = accounts.id)"
ONCE = 'op.create_index("bonuses_account", "bonuses", ["account_id"], unique=True, if_not_exists=True)'
BY_HAND = """op.execute(
    "CREATE TABLE IF NOT EXISTS bonuses (id UUID PRIMARY KEY DEFAULT gen_random_uuid(),"
    " account_id UUID NOT NULL, amount INT8 NOT NULL)"
)
"""


def pay(rest: str = "") -> str:
    """The line that pays."""
    return f'op.execute("{PAY} {rest}")'.replace(' ")', '")')


def paid_once(context: Context) -> None:
    """One bonus of 10 for each account, by a revision that would do the whole work elsewhere."""
    if "bonuses" not in context.tables():
        raise NotYet("There is no table bonuses any more. Run the cell above, that makes it, again.")
    twice = _accounts(context, "> 1")
    if twice:
        raise NotYet(
            f"{twice} accounts have got their bonus twice. To try again, go back one revision, and run the "
            "cell above that makes the table."
        )
    revision = maker(context, "bonuses")
    if revision is None:
        raise NotYet("There is no revision yet that pays bonuses.")
    if context.applied() != context.revisions()[-1].id:
        raise NotYet("The revision has not run to its end: alembic_version still names the one before it.")
    if unpaid := _accounts(context, "= 0"):
        raise NotYet(f"{unpaid} accounts have no bonus.")
    _refuse_half_work(revision)
    refuse_one_way(context, revision)


def _accounts(context: Context, number: str) -> int:
    """How many accounts have so many bonuses."""
    counted = "(SELECT count(*) FROM bonuses WHERE account_id = accounts.id)"
    rows = context.sql(f"SELECT count(*) AS n FROM accounts WHERE {counted} {number}")  # noqa: S608
    return int(rows[0]["n"])


def _refuse_half_work(revision: Revision) -> None:
    """Raise NotYet for a revision that would fail, or pay nothing, where nobody has been before."""
    # Helper functions stand before upgrade(); what stands in downgrade() does not count.
    text = revision.path.read_text(encoding="utf-8").partition("def downgrade(")[0].upper()
    if "CREATE_TABLE" not in text and "CREATE TABLE" not in text:
        raise NotYet(
            "In a database where nobody has been before there is no table bonuses, and none is made."
        )
    if "INSERT" not in text:
        raise NotYet("In a database where nobody has been before, this revision pays nothing.")


# ---------------------------------------------------------------- 21.2

ENV = "alembic/env.py"
LIMITS = re.compile(r"timeout|timer|\btime\b|monotonic|sleep|alarm", re.IGNORECASE)
LONGEST, SHORTEST = 6.0, 0.6
"""Seconds that a deployer that should wait for one second may take to give up."""

WAIT = "connection.execute(text(TAKE)).one()"


def limited(line: str = "connection.execute(text(\"SET lock_timeout = '1s'\"))", before: str = WAIT) -> str:
    """The cell that puts a line before the one where a deployer waits."""
    return f"%%edit {ENV} --before '{before}'\n{line}\n"


def gives_up(context: Context) -> None:
    """A deployer that finds the lock taken ends with an error after about a second."""
    text = context.read(ENV)
    if "alembic_lock" not in text:
        raise NotYet(f"{ENV} does not take the lock any more.")
    if not LIMITS.search(text):
        raise NotYet("A deployer that finds the lock taken waits for ever: nothing in env.py sets a limit.")
    if "connect_args" in text:
        raise NotYet(
            "This limit is one of the engine, so it holds for Alembic's own connection, too: a migration "
            "that waits for a customer's transaction would break off."
        )
    with database.connect(context.url) as holder:
        holder.execute("BEGIN")
        holder.execute("SELECT id FROM alembic_lock WHERE id = 1 FOR UPDATE")
        if not holder.fetchall():
            raise NotYet("The table alembic_lock has lost its row: nobody can lock it.")
        waited, code, said = _deployer(context)
        holder.execute("ROLLBACK")
    if code is None:
        raise NotYet(f"A deployer that finds the lock taken still waits after {LONGEST:.0f} seconds.")
    if code == 0:
        raise NotYet("A deployer that finds the lock taken goes on without it, and reports success.")
    if waited < SHORTEST:
        raise NotYet(f"A deployer gives up at once, not after a second. Its last words: {said}")


def _deployer(context: Context) -> tuple[float, int | None, str]:
    """Start one: seconds from its first words to the next, exit code (None: had to be ended), last words."""
    process = subprocess.Popen(
        [sys.executable, "-m", "alembic", "current"],
        cwd=context.workspace.root,
        env={**os.environ, "DATABASE_URL": context.url},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said: list[str] = []
    spoke: list[float] = []
    # Before its first words it loads libraries, which may take a while.
    end = threading.Timer(2 * LONGEST, process.kill)
    end.start()
    with process:
        for line in process.stdout or ():
            spoke.append(time.monotonic())
            if not said:
                end.cancel()
                end = threading.Timer(LONGEST, process.kill)
                end.start()
            said.append(line.strip())
    end.cancel()
    code = None if process.returncode < 0 else process.returncode
    waited = spoke[1] - spoke[0] if len(spoke) > 1 else LONGEST
    return waited, code, said[-1] if said else "none"


EXERCISES = (
    Exercise(
        number="21.1",
        task="Write the revision pay bonuses so that it can run after another deployer has done its work.",
        check=paid_once,
        done="Winner or loser, each account has its bonus once.",
        hints=(
            "Two steps, a table and its rows. Ask of each: what happens if it has been done already?",
            "For the table, Alembic has a word that you know from lesson 13. For the rows it has none: the "
            "INSERT itself must leave out the accounts that have theirs.",
            "INSERT INTO bonuses … SELECT … FROM accounts WHERE …: which accounts have no row in bonuses?",
        ),
        solution=(REVISION, filled(table() + pay(UNPAID), DROP), UPGRADE),
        variants=(
            (REVISION, filled(table() + pay(MISSING), DROP), UPGRADE),
            (
                REVISION,
                filled(table() + ONCE + "\n" + pay("ON CONFLICT (account_id) DO NOTHING"), DROP),
                UPGRADE,
            ),
            (REVISION, filled(BY_HAND + pay(UNPAID), 'op.execute("DROP TABLE bonuses")'), UPGRADE),
        ),
        untouched="no revision yet that pays bonuses",
        wrong=(
            Wrong((REVISION, filled(table("") + pay(UNPAID), DROP)), "has not run to its end"),
            Wrong(
                (REVISION, filled(table() + pay(), DROP), UPGRADE), "17 accounts have got their bonus twice"
            ),
            Wrong(
                (REVISION, filled(pay(UNPAID), DROP), UPGRADE),
                "there is no table bonuses, and none is made",
            ),
            Wrong((REVISION, filled(table(), DROP), UPGRADE), "pays nothing"),
            Wrong((REVISION, filled(table() + pay(UNPAID)), UPGRADE), "cannot be undone"),
        ),
    ),
    Exercise(
        number="21.2",
        task="Let a deployer give up when it has waited one second for the lock.",
        check=gives_up,
        done="A deployer that cannot get the lock ends with an error, and its pipeline says so.",
        hints=(
            "Which statement waits? The limit belongs to it, and to nothing else.",
            "CockroachDB has a session variable for the time that a statement may wait for a lock: "
            "https://www.cockroachlabs.com/docs/stable/session-variables",
            "SET lock_timeout = '…' on the connection that waits, before it waits. (A number without a unit "
            "means milliseconds. SET LOCAL ends with its transaction, and there is a rollback in between.)",
        ),
        solution=(limited(),),
        variants=(
            (limited("connection.execute(text(\"SET LOCAL lock_timeout = '1s'\"))"),),
            (limited("connection.execute(text(\"SET statement_timeout = '1s'\"))"),),
            (limited("connection.execute(text(\"SET lock_timeout = '1s'\"))", "try:"),),
        ),
        untouched="waits for ever",
        wrong=(
            Wrong((limited('connection.execute(text("SET lock_timeout = 1"))'),), "gives up at once"),
            Wrong(
                (limited("connection.execute(text(\"SET LOCAL lock_timeout = '1s'\"))", "try:"),),
                "still waits after",
            ),
            Wrong(
                (
                    f'%%edit {ENV} --after "poolclass=pool.NullPool,"\n'
                    'connect_args={"options": "-c lock_timeout=1000"},\n',
                ),
                "holds for Alembic's own connection, too",
            ),
            Wrong(
                (
                    f"%%edit {ENV} --replace '{WAIT}'\n"
                    "            connection.execute(text(\"SET lock_timeout = '1s'\"))\n",
                ),
                "goes on without it",
            ),
        ),
    ),
)
