"""The exercises of lesson 14, schema changes are jobs."""

from __future__ import annotations

from typing import Any

from .model import Context, Exercise, NotYet, Wrong
from .revised import refuse_by_hand, refuse_waiting
from .ways import own, refuse_one_way_all, try_out

UPGRADE = "%alembic upgrade head"


# -------------------------------------------------- 14.1, two columns, one job

REVISION = '%alembic revision -m "where transfers come from"'
WANTED = {
    "device": (("VARCHAR(20)", "STRING(20)"), "unknown"),
    "country": (("VARCHAR(2)", "STRING(2)", "CHAR(2)"), "DE"),
}
DROP = 'op.execute("ALTER TABLE transfers DROP COLUMN device, DROP COLUMN country")'
DEVICE = 'sa.Column("device", sa.String(20), server_default="unknown", nullable=False)'
COUNTRY = 'sa.Column("country", sa.String(2), server_default="DE", nullable=False)'
TOGETHER = (
    "ALTER TABLE transfers ADD COLUMN device VARCHAR(20) NOT NULL DEFAULT 'unknown',"
    " ADD COLUMN country VARCHAR(2) NOT NULL DEFAULT 'DE'"
)


def origin(upgrade: str, downgrade: str = DROP) -> tuple[str, ...]:
    """The cells that write the revision and run it."""
    body = "\n    ".join(upgrade.splitlines())
    cell = f"%%migration\ndef upgrade():\n    {body}\n\n\ndef downgrade():\n    {downgrade}\n"
    return (REVISION, cell, UPGRADE)


def one_job(context: Context) -> None:
    """Both columns, made by one job of a revision that can be undone."""
    columns = context.columns("transfers")
    for name, (types, default) in WANTED.items():
        if name not in columns:
            refuse_waiting(context, name)
            raise NotYet(f"transfers has no column {name} yet.")
        column = columns[name]
        if column["data_type"] not in types:
            raise NotYet(f"{name} is of the type {column['data_type']}, and {types[0]} is asked for.")
        if column["is_nullable"] or default not in str(column["column_default"]):
            raise NotYet(f"{name} must be NOT NULL, with the default {default}.")
    refuse_by_hand(context, "country", "column")
    mine = own(context, *WANTED)
    refuse_one_way_all(context, mine)
    if (count := _jobs(context.sql(JOBS))) > 1:
        raise NotYet(f"Both columns are there, but SHOW JOBS lists {count} jobs that added one each.")
    # What is there may be the work of a hand, or of what stood in the file before; and a finished job is
    # listed for 12 hours.
    [jobs] = try_out(context, mine, probes=((JOBS, "SHOW JOBS does not work on a new database."),))
    if (count := _jobs(jobs)) != 1:
        raise NotYet(f"Here one job did both. On a new database your revision makes it {count} jobs.")


JOBS = (
    "SELECT replace(description, 'IF NOT EXISTS ', '') AS said"
    " FROM [SHOW JOBS SELECT job_id FROM [SHOW JOBS] WHERE job_type LIKE '%SCHEMA CHANGE'"
    " AND status = 'succeeded' AND description LIKE '% ' || current_database() || '.%'"
    " AND job_id > (SELECT coalesce(max(job_id), 0) FROM [SHOW JOBS]"
    " WHERE description LIKE 'DROP DATABASE %bank%')]"
)
"""What the schema changes of this database were since the lesson began: the cluster also remembers those of
earlier runs. The lesson begins with a new database, after DROP DATABASE, which is a job itself."""


def _jobs(found: list[dict[str, Any]]) -> int:
    """How many of these jobs added the columns: 1 if one added both, else those that added one each."""
    said = [str(row["said"]) for row in found]
    if any(all(f"ADD COLUMN {name}" in job for name in WANTED) for job in said):
        return 1
    return sum(any(f"ADD COLUMN {name}" in job for name in WANTED) for job in said)


# -------------------------------------------------- 14.2, the constraint that would not come

MOVES = "transfers_money_moves"
HONEST = 40
TIDY = "%sql DELETE FROM transfers WHERE source = target;"


def moving(upgrade: str) -> str:
    """The cell that fills the revision anew."""
    body = "\n    ".join(upgrade.splitlines())
    return f"""%%migration
def upgrade():
    {body}


def downgrade():
    op.drop_constraint("{MOVES}", "transfers", type_="check")
"""


TIDY_FIRST = 'op.execute("DELETE FROM transfers WHERE source = target")'
ADD_UNSEEN = (
    f'op.execute("ALTER TABLE transfers ADD CONSTRAINT {MOVES}"\n'
    '        " CHECK (source <> target) NOT VALID")'
)
ADD = f'op.create_check_constraint("{MOVES}", "transfers", "source <> target")'


def money_moves(context: Context) -> None:
    """The CHECK is there, by the revision, for all rows; and all honest transfers are."""
    context.columns("transfers")
    honest = context.sql("SELECT count(*) AS n FROM transfers WHERE source <> target")[0]["n"]
    if honest < HONEST:
        raise NotYet(f"Of the {HONEST} honest transfers {HONEST - honest} are gone.")
    found = [row for row in context.sql("SHOW CONSTRAINTS FROM transfers") if row["constraint_name"] == MOVES]
    if not found:
        newest = context.newest()
        if context.applied() == newest.id and context.does_something(newest, "upgrade"):
            raise NotYet(f"Alembic takes its newest revision for done, but there is no constraint {MOVES}.")
        raise NotYet(f"transfers has no constraint {MOVES} yet. Which job failed last, and why?")
    if not found[0]["validated"]:
        raise NotYet(f"{MOVES} holds for new rows only: SHOW CONSTRAINTS says that it is not validated.")
    if context.sql("SELECT 1 FROM transfers WHERE source = target LIMIT 1"):
        raise NotYet(f"{MOVES} is there, but it lets a transfer from an account to itself pass.")
    refuse_by_hand(context, MOVES, "constraint")


EXERCISES = (
    Exercise(
        number="14.1",
        task="Add device and country to transfers in one job, by a revision that can be undone.",
        check=one_job,
        done="One job did both, so neither column can be there without the other.",
        hints=(
            "What makes a job: a revision, a line of Python, or a statement?",
            "op.add_column sends one ALTER TABLE each time. ALTER TABLE itself takes several changes, with "
            "commas between them.",
            "Alembic has no operation for that. op.execute takes any statement.",
        ),
        solution=origin(f'op.execute("{TOGETHER}")'),
        variants=(
            origin(
                f'op.execute("{TOGETHER.replace("ADD COLUMN", "ADD COLUMN IF NOT EXISTS")}")',
                'op.drop_column("transfers", "country")\n    op.drop_column("transfers", "device")',
            ),
            # One transaction of one's own, as lesson 11 opens it: one job for all that it changes of a table.
            origin(
                'op.execute("ALTER TABLE transfers SET (schema_locked = false)")\n'
                'op.execute("SET autocommit_before_ddl = off")\n'
                'op.execute("BEGIN")\n'
                f'op.add_column("transfers", {DEVICE})\n'
                f'op.add_column("transfers", {COUNTRY})\n'
                'op.execute("COMMIT")\n'
                'op.execute("RESET autocommit_before_ddl")\n'
                'op.execute("ALTER TABLE transfers SET (schema_locked = true)")'
            ),
        ),
        untouched="no column device yet",
        wrong=(
            # One revision is not one job.
            Wrong(
                origin(f'op.add_column("transfers", {DEVICE})\nop.add_column("transfers", {COUNTRY})'),
                "lists 2 jobs",
            ),
            # Nor is a batch: it groups in Python, and for SQLite.
            Wrong(
                origin(
                    'with op.batch_alter_table("transfers") as batch:\n'
                    f"    batch.add_column({DEVICE})\n    batch.add_column({COUNTRY})"
                ),
                "lists 2 jobs",
            ),
            Wrong((f"%sql {TOGETHER};",), "no revision makes it"),
            Wrong(origin(f'op.execute("{TOGETHER}")', "pass"), "cannot be undone"),
            Wrong(
                origin(f'op.execute("{TOGETHER}")', 'op.drop_column("transfers", "device")'),
                "transfers.country is left over",
            ),
            # One job by hand, and a revision that makes two.
            Wrong(
                (
                    f"%sql {TOGETHER};",
                    *origin(f'op.add_column("transfers", {DEVICE})\nop.add_column("transfers", {COUNTRY})')[
                        :2
                    ],
                    "%alembic stamp head",
                ),
                "On a new database your revision makes it 2 jobs",
            ),
            Wrong(
                origin(f'op.execute("{TOGETHER.replace(" NOT NULL", "")}")'),
                "device must be NOT NULL",
            ),
        ),
    ),
    Exercise(
        number="14.2",
        task="Find out from the jobs why `money must move` failed, mend it, and bring the revision in.",
        check=money_moves,
        done="The constraint holds for every row, and no honest transfer was lost.",
        hints=(
            "The release is a schema change, so it was a job. Ask for the newest one's error.",
            "The error shows a row. Is that row worth keeping as it is?",
            "Mend the row first, in SQL or in the revision itself, and then run the revision once more.",
        ),
        solution=(TIDY, UPGRADE),
        variants=(
            (
                "%sql UPDATE transfers SET target = (SELECT id FROM accounts ORDER BY balance LIMIT 1)"
                " WHERE source = target;",
                UPGRADE,
            ),
            (moving(f"{TIDY_FIRST}\n{ADD}"), UPGRADE),
        ),
        untouched="Which job failed last, and why?",
        wrong=(
            # Rid of the error, not of its cause.
            Wrong(("%alembic stamp head",), "takes its newest revision for done"),
            # NOT VALID looks like a way around the old row.
            Wrong(
                (
                    moving(ADD_UNSEEN),
                    UPGRADE,
                ),
                "holds for new rows only",
            ),
            # The rule is made to fit the row.
            Wrong(
                (moving(ADD.replace("source <> target", "source <> target OR amount = 1")), UPGRADE),
                "lets a transfer from an account to itself pass",
            ),
            # An empty table breaks no rule.
            Wrong(("%sql DELETE FROM transfers WHERE amount > 0;", UPGRADE), "40 are gone"),
            Wrong(
                (TIDY, f"%sql ALTER TABLE transfers ADD CONSTRAINT {MOVES} CHECK (source <> target);"),
                "something else made it",
            ),
        ),
    ),
)
