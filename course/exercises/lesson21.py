"""The exercises of lesson 21, several deployers at once."""

from __future__ import annotations

from typing import Any

from .lesson19 import filled
from .model import Context, Exercise, NotYet, Wrong
from .patience import ENV, WAIT, gives_up
from .rehearsal import Failed, refuse_traces, rehearse
from .revised import maker, makers

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
    if maker(context, "bonuses") is None:
        raise NotYet("There is no revision yet that pays bonuses.")
    if context.applied() != context.revisions()[-1].id:
        raise NotYet("The revision has not run to its end: alembic_version still names the one before it.")
    if unpaid := _accounts(context, "= 0"):
        raise NotYet(f"{unpaid} accounts have no bonus.")
    _refuse_half_work(context)


def _accounts(context: Context, number: str) -> int:
    """How many accounts have so many bonuses."""
    counted = "(SELECT count(*) FROM bonuses WHERE account_id = accounts.id)"
    rows = context.sql(f"SELECT count(*) AS n FROM accounts WHERE {counted} {number}")  # noqa: S608
    return int(rows[0]["n"])


TABLE = (
    "CREATE TABLE bonuses (id UUID PRIMARY KEY DEFAULT gen_random_uuid(), account_id UUID NOT NULL,"
    " amount INT8 NOT NULL)"
)
"""The cell above the exercise makes it so."""
COUNTS = (
    "SELECT (SELECT count(*) FROM bonuses WHERE account_id = accounts.id) AS n,"
    " (SELECT sum(amount) FROM bonuses WHERE account_id = accounts.id)::INT8 AS paid FROM accounts"
)


def _refuse_half_work(context: Context) -> None:
    """Raise NotYet unless a new database, and one where a winner has been, get table and bonuses once."""
    mine = makers(context, "bonuses")
    before, last = min(mine[0].parents, default="base"), mine[-1].id
    steps = (
        ("upgrade", before),
        (
            "sql",
            "INSERT INTO accounts (id, balance, currency) VALUES (gen_random_uuid(), 5, 'EUR')",
        ),
        ("schema",),
        ("upgrade", last),
        ("schema",),
        ("sql", COUNTS),
        ("downgrade", before),
        ("schema",),
        ("sql", TABLE),
        ("schema",),
        ("sql", PAY),
        ("upgrade", last),
        ("sql", COUNTS),
    )
    try:
        results, stopped = rehearse(context, *steps), ""
    except Failed as failed:
        results, stopped = failed.results, str(failed)
    new = "In a database where nobody has been before"
    if len(results) < 5:
        if 'relation "bonuses" does not exist' in stopped:
            raise NotYet(f"{new} there is no table bonuses, and none is made.")
        raise NotYet(f"{new} the way up fails: {stopped}")
    if not any(line.startswith("bonuses ") for line in results[4]):
        raise NotYet(f"{new} there is no table bonuses, and none is made.")
    if len(results) < 6:
        raise NotYet(f"{new} the table is another one: {stopped}")
    _refuse_counts(new, results[5])
    if len(results) < 8:
        raise NotYet(f"{new} the way back fails: {stopped}")
    refuse_traces(results[2], results[7])
    if other := sorted(set(results[9]) - set(results[4])):
        raise NotYet(f"{new} the table is not the one that the cell above makes. Missing: {other[0]}")
    if stopped:
        raise NotYet(f"Where a winner has made table and rows, your revision fails: {stopped}")
    _refuse_counts("Where a winner has made table and rows", results[12])


def _refuse_counts(where: str, accounts: list[dict[str, Any]]) -> None:
    """Raise NotYet unless each account has one bonus, of 10."""
    numbers = {row["n"] for row in accounts}
    if numbers == {0}:
        raise NotYet(f"{where}, this revision pays nothing.")
    if numbers != {1}:
        raise NotYet(f"{where}, accounts get {max(numbers)} bonuses each.")
    if wrong := {row["paid"] for row in accounts} - {10}:
        raise NotYet(f"{where}, an account gets {min(wrong)}: the winner has paid 10 to each.")


# ---------------------------------------------------------------- 21.2


NO_WAIT = 'connection.execute(text(f"{TAKE} NOWAIT")).one()'


def limited(line: str = "connection.execute(text(\"SET lock_timeout = '1s'\"))", before: str = WAIT) -> str:
    """The cell that puts a line before the one where a deployer waits."""
    return f"%%edit {ENV} --before '{before}'\n{line}\n"


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
            (
                '%alembic revision -m "create bonuses table"',
                filled(table(), DROP),
                REVISION,
                filled(pay(UNPAID), 'op.execute("DELETE FROM bonuses WHERE true")'),
                UPGRADE,
            ),
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
            Wrong((REVISION, filled(table() + pay(UNPAID)), UPGRADE), "bonuses.id is left over"),
            Wrong(
                (REVISION, filled(table("") + pay(), DROP), "%alembic stamp head"),
                'rows, your revision fails: relation "bonuses" already exists',
            ),
            Wrong((REVISION, filled(table() + pay(UNPAID).replace("10", "5"), DROP), UPGRADE), "gets 5"),
            Wrong(
                (REVISION, filled(BY_HAND.replace(" NOT NULL)", ")") + pay(UNPAID), DROP), UPGRADE),
                "not the one that the cell above makes. Missing: bonuses amount INT8 NO",
            ),
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
            # An engine for the lock alone.
            (
                f"%%edit {ENV} --replace 'with only_deployer(connectable), connectable.connect()"
                " as connection:'\n"
                "    patient = engine_from_config(\n"
                "        config.get_section(config.config_ini_section, {}),\n"
                '        prefix="sqlalchemy.",\n'
                '        connect_args={"options": "-c lock_timeout=1000"},\n'
                "    )\n"
                "    with only_deployer(patient), connectable.connect() as connection:\n",
            ),
            # Asking again and again.
            (
                f"%%edit {ENV} --replace '{WAIT}'\n"
                "            import time\n\n"
                "            time.sleep(1)\n"
                f"            {NO_WAIT}\n",
            ),
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
            Wrong((f"%%edit {ENV} --replace '{WAIT}'\n            {NO_WAIT}\n",), "gives up at once"),
            Wrong(
                (
                    f"%%edit {ENV} --replace '{WAIT}'\n"
                    f"            {NO_WAIT.replace('NOWAIT', 'SKIP LOCKED')}\n",
                ),
                "gives up at once",
            ),
            Wrong((limited("connection.execute(text(\"SET lock_timeout = '5s'\"))"),), "up after 5 seconds"),
            Wrong((limited('connection.execute(text("SET lock_timeout = 1s)'),), "no valid Python"),
            Wrong((limited(), "%sql DROP TABLE alembic_lock"), "There is no table alembic_lock any more"),
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
