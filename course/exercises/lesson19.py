"""The exercises of lesson 19, expand and contract."""

from __future__ import annotations

from .model import Context, Exercise, NotYet, Wrong
from .revised import refuse_by_hand, refuse_waiting
from .ways import own, refuse_one_way_all, try_out

RENAME = '%alembic revision -m "expand: customers have a full name"'
CHANNEL = '%alembic revision -m "add channel to transfers"'
UPGRADE = "%alembic upgrade head"


def filled(upgrade: str, downgrade: str = "pass") -> str:
    """The cell that fills the revision; each argument holds the lines of a function."""
    lines = [f"    {line}" if line else "" for line in upgrade.splitlines()]
    back = [f"    {line}" for line in downgrade.splitlines()]
    return "\n".join(["%%migration", "def upgrade():", *lines, "", "", "def downgrade():", *back, ""])


# ---------------------------------------------------------------- 19.1

ADD = 'op.add_column("customers", sa.Column("full_name", sa.String(80)))'
WITH_DEFAULT = 'op.add_column("customers", sa.Column("full_name", sa.String(80), server_default=""))'
FILL_ALL = 'op.execute("UPDATE customers SET full_name = name WHERE true")'
FILL = 'op.execute("UPDATE customers SET full_name = name WHERE full_name IS NULL")'
DROP = 'op.drop_column("customers", "full_name")'
SEPARATE = '%alembic revision -m "fill the full names"'
DOOR = (
    'op.execute("ALTER TABLE customers ADD CONSTRAINT has_full_name CHECK (full_name IS NOT NULL) NOT VALID")'
)
COMPUTED = 'op.add_column("customers", sa.Column("full_name", sa.String(80), sa.Computed("name")))'
NOT_NULL = 'op.alter_column("customers", "full_name", existing_type=sa.String(80), nullable=False)'


def rename_begun(context: Context) -> None:
    """full_name beside name, filled, and nothing that code which knows only name would trip over."""
    columns = context.columns("customers")
    if "full_name" not in columns:
        refuse_waiting(context, "full_name")
        raise NotYet("The table customers has no column full_name yet.")
    if "name" not in columns:
        raise NotYet("The column name is gone: all code that runs now fails with 42703.")
    if columns["full_name"]["data_type"] not in ("VARCHAR(80)", "STRING(80)"):
        raise NotYet(f"full_name is a {columns['full_name']['data_type']}; name is a VARCHAR(80).")
    new = columns["full_name"]
    if not (new["is_nullable"] or new["column_default"] or new["generation_expression"]):
        raise NotYet("The old code cannot add a customer any more: its INSERT leaves full_name out.")
    if new["column_default"]:
        raise NotYet(
            f"A customer whom the old code adds gets {new['column_default']} for a full name: a backfill "
            "that looks for what is missing would pass it over."
        )
    if columns["name"]["is_nullable"]:
        raise NotYet("name may be NULL now. The old code relies on it: leave it as it was.")
    if (count := context.sql("SELECT count(*) AS n FROM customers")[0]["n"]) < CUSTOMERS:
        raise NotYet(f"{CUSTOMERS - count} customers are gone. Run the first cell to begin the lesson again.")
    unlike = context.sql(UNLIKE)[0]["n"]
    if unlike:
        raise NotYet(f"{unlike} customers have no full_name that says the same as their name.")
    refuse_by_hand(context, "full_name", "column")
    mine = own(context, "full_name")
    refuse_one_way_all(context, mine)
    # Who fills the column is not asked: a backfill may be a job of its own.
    rows = ("INSERT INTO customers (name) VALUES ('Ada'), ('Ben')",)
    names = "SELECT name FROM customers WHERE name <> 'Fay' ORDER BY name"
    kept = (names, "customers have lost their names")
    try_out(context, mine, rows=rows, probes=(OLD_CODE,), kept=kept)


CUSTOMERS = 6
UNLIKE = (
    "SELECT count(*) AS n FROM (SELECT * FROM customers ORDER BY joined_at LIMIT 6)"
    " WHERE full_name IS DISTINCT FROM name"
)
"""Whoever has joined since then, by the old code, may be without one."""
OLD_CODE = (
    "INSERT INTO customers (name, email) VALUES ('Fay', 'fay@bank.example')",
    "The old code cannot add a customer any more. It gives a name and an email, and no full_name.",
)


# ---------------------------------------------------------------- 19.2


def channel(
    arguments: str = 'server_default="branch", nullable=False',
    drop: str = 'op.drop_column("transfers", "channel")',
) -> str:
    """The cell that adds the column in one operation."""
    return filled(f'op.add_column("transfers", sa.Column("channel", sa.String(10), {arguments}))', drop)


BY_HAND = "ADD COLUMN channel STRING(10) NOT NULL DEFAULT 'branch'"
NULLABLE_FIRST = """op.add_column("transfers", sa.Column("channel", sa.String(10)))
op.execute("UPDATE transfers SET channel = 'branch' WHERE channel IS NULL")
op.alter_column("transfers", "channel", existing_type=sa.String(10), nullable=False)"""


def channel_known(context: Context) -> None:
    """channel is never NULL, filled, and has a default for code that does not know it."""
    columns = context.columns("transfers")
    if "channel" not in columns:
        refuse_waiting(context, "channel")
        raise NotYet("The table transfers has no column channel yet.")
    found = columns["channel"]
    if found["data_type"] not in ("VARCHAR(10)", "STRING(10)"):
        raise NotYet(f"channel is a {found['data_type']}: a string of at most 10 characters was asked for.")
    if found["is_nullable"]:
        raise NotYet("channel may still be NULL.")
    if not found["column_default"]:
        raise NotYet("An app that does not know channel cannot write a transfer: its INSERT leaves it out.")
    if "branch" not in found["column_default"]:
        raise NotYet(f"Old code would write {found['column_default']}: its transfers come from a branch.")
    if (count := context.sql("SELECT count(*) AS n FROM transfers")[0]["n"]) < TRANSFERS:
        raise NotYet(f"{TRANSFERS - count} transfers are gone. Run the first cell to begin the lesson again.")
    if others := context.sql(OTHERS)[0]["n"]:
        raise NotYet(f"{others} of the old transfers have another channel than branch.")
    refuse_by_hand(context, "channel", "column")
    mine = own(context, "channel")
    refuse_one_way_all(context, mine)
    booked = OLD_TRANSFER[0]
    *_, there = try_out(context, mine, rows=(booked,), probes=(OLD_TRANSFER, (OTHERS, "no channel.")))
    if there[0]["n"]:
        raise NotYet("On a new database your revision gives a transfer another channel than branch.")


TRANSFERS = 40
OTHERS = (
    "SELECT count(*) AS n FROM (SELECT * FROM transfers ORDER BY made_at LIMIT 40)"
    " WHERE channel IS DISTINCT FROM 'branch'"
)
"""Of those that were there before; what was booked since then may have come in another way."""
OLD_TRANSFER = (
    "INSERT INTO transfers (source, target, amount) VALUES (gen_random_uuid(), gen_random_uuid(), 5)",
    "An app that does not know channel cannot book a transfer any more.",
)


EXERCISES = (
    Exercise(
        number="19.1",
        task="Begin to rename customers.name to full_name, so that code which knows only name works on.",
        check=rename_begun,
        done="Old code works, and code that knows full_name can be deployed: the rename has begun.",
        hints=(
            "Which of the steps of the rename can be done before any new code is deployed? Only those.",
            "Think of the old code's INSERT: it gives a name and an email and nothing else. What must "
            "full_name allow, then?",
            "Two columns for a while: add one that may be NULL, and copy what the old one holds.",
        ),
        solution=(RENAME, filled(f"{ADD}\n{FILL}", DROP), UPGRADE),
        variants=(
            (
                RENAME,
                filled(ADD, DROP),
                SEPARATE,
                filled(FILL, FILL.replace("name WHERE", "NULL WHERE")),
                UPGRADE,
            ),
            (RENAME, filled(COMPUTED, DROP), UPGRADE),
            # What is filled need not be emptied, and the old code goes on meanwhile.
            (
                RENAME,
                filled(ADD, DROP),
                SEPARATE,
                filled(FILL),
                UPGRADE,
                "%sql INSERT INTO customers (name, email) VALUES ('Fay New', 'fay@bank.example');",
            ),
        ),
        untouched="no column full_name yet",
        wrong=(
            Wrong((RENAME, filled(f"{ADD}\n{FILL}", DROP)), "has not run on the database yet"),
            Wrong(
                (
                    RENAME,
                    filled(
                        'op.alter_column("customers", "name", new_column_name="full_name")',
                        'op.alter_column("customers", "full_name", new_column_name="name")',
                    ),
                    UPGRADE,
                ),
                "all code that runs now fails with 42703",
            ),
            Wrong(
                (RENAME, filled(f"{ADD}\n{FILL}\n{NOT_NULL}", DROP), UPGRADE),
                "its INSERT leaves full_name out",
            ),
            Wrong((RENAME, filled(f"{WITH_DEFAULT}\n{FILL_ALL}", DROP), UPGRADE), "would pass it over"),
            Wrong((RENAME, filled(ADD, DROP), UPGRADE), "6 customers have no full_name"),
            Wrong((RENAME, filled(f"{ADD}\n{FILL}"), UPGRADE), "cannot be undone"),
            # NOT NULL by another name.
            Wrong(
                (
                    RENAME,
                    filled(f"{ADD}\n{FILL}\n{DOOR}", DROP),
                    UPGRADE,
                ),
                "The old code cannot add a customer any more",
            ),
            Wrong(
                (RENAME, filled(f"{ADD}\n{FILL}", DROP.replace("full_name", "name")), UPGRADE),
                "customers.full_name is left over",
            ),
            Wrong(
                (
                    "%sql UPDATE accounts SET customer_id = NULL WHERE true;",
                    "%sql DELETE FROM customers WHERE name <> 'Ben Okafor';",
                    RENAME,
                    filled(f"{ADD}\n{FILL}", DROP),
                    UPGRADE,
                ),
                "5 customers are gone",
            ),
        ),
    ),
    Exercise(
        number="19.2",
        task="Add transfers.channel, never NULL, branch for code that does not know it; with a way back.",
        check=channel_known,
        done="Old code and new code can both write transfers, and none is without a channel.",
        hints=(
            "The old code leaves channel out of its INSERT. Who can fill it in then?",
            "A default of the model is written by code that has the new model. A default of the table is "
            "written for everybody.",
            "sa.Column takes server_default= beside nullable=. CockroachDB gives old rows the default, too.",
        ),
        solution=(CHANNEL, channel(), UPGRADE),
        variants=(
            (
                CHANNEL,
                filled(
                    NULLABLE_FIRST + '\nop.alter_column("transfers", "channel", server_default="branch")',
                    'op.drop_column("transfers", "channel")',
                ),
                UPGRADE,
            ),
            (
                CHANNEL,
                filled(
                    f'op.execute("ALTER TABLE transfers {BY_HAND}")',
                    'op.execute("ALTER TABLE transfers DROP COLUMN channel")',
                ),
                UPGRADE,
            ),
            # Code that knows the column is at work already.
            (
                CHANNEL,
                channel(),
                UPGRADE,
                "%sql INSERT INTO transfers (source, target, amount, channel)"
                " SELECT source, target, 5, 'app' FROM transfers LIMIT 1;",
            ),
        ),
        untouched="no column channel yet",
        wrong=(
            Wrong((CHANNEL, channel('server_default="branch"'), UPGRADE), "may still be NULL"),
            Wrong(
                (CHANNEL, filled(NULLABLE_FIRST, 'op.drop_column("transfers", "channel")'), UPGRADE),
                "An app that does not know channel cannot write a transfer",
            ),
            Wrong(
                (CHANNEL, channel('default="branch"'), UPGRADE),
                "may still be NULL",
            ),
            Wrong((CHANNEL, channel(drop="pass"), UPGRADE), "cannot be undone"),
            Wrong(
                (
                    CHANNEL,
                    channel(drop='op.drop_column("transfers", "channels")'),
                    UPGRADE,
                ),
                "downgrade() fails: column",
            ),
            # A rule that the old code breaks.
            Wrong(
                (
                    CHANNEL,
                    filled(
                        f'op.execute("ALTER TABLE transfers {BY_HAND}")\n'
                        "op.execute(\"ALTER TABLE transfers ADD CHECK (channel <> 'branch') NOT VALID\")",
                        'op.drop_column("transfers", "channel")',
                    ),
                    UPGRADE,
                ),
                "cannot book a transfer any more",
            ),
            Wrong(
                ("%sql DELETE FROM transfers WHERE true;", CHANNEL, channel(), UPGRADE),
                "40 transfers are gone",
            ),
            Wrong(
                (CHANNEL, channel('server_default="unknown", nullable=False'), UPGRADE),
                "its transfers come from a branch",
            ),
        ),
    ),
)
