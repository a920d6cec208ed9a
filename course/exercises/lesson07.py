"""The exercises of lesson 07, raw SQL: a view, and a text with a colon in it."""

from __future__ import annotations

from ..migration import Revision
from .model import Context, Exercise, NotYet, Wrong
from .new_database import refuse_no_way_back, there_and_back
from .revised import refuse_by_hand, refuse_in_old, refuse_waiting

# ---------------------------------------------------------------- 07.1

VIEW = "overdrawn_accounts"
REVISION = '%alembic revision -m "add view of overdrawn accounts"'
UPGRADE = "%alembic upgrade head"
ALL = "SELECT id, balance FROM accounts"
QUERY = f"{ALL} WHERE overdrawn"


def filled(
    statement: str = f"CREATE VIEW {VIEW} AS {QUERY}", downgrade: str = f'op.execute("DROP VIEW {VIEW}")'
) -> str:
    """The cell that fills the revision."""
    return f"""%%migration
def upgrade():
    op.execute("{statement}")


def downgrade():
    {downgrade}
"""


def clerks_view(context: Context) -> None:
    """A view of the overdrawn accounts, made by a revision that can be undone."""
    kinds = {row["table_name"]: row["type"] for row in context.sql("SHOW TABLES")}
    if VIEW not in kinds:
        refuse_waiting(context, VIEW)
        raise NotYet(f"There is no view {VIEW} yet.")
    if kinds[VIEW] != "view":
        raise NotYet(
            f"{VIEW} is a {kinds[VIEW]}: it keeps the accounts of now, and tomorrow's will not be in it."
        )
    _compare_rows(context)
    revision = refuse_by_hand(context, VIEW, "view")
    refuse_in_old(revision, "add_overdrawn_column")
    _compare_elsewhere(context, revision)


def _compare_rows(context: Context) -> None:
    """Raise NotYet unless the view shows id and balance of each overdrawn account and of no other."""
    columns = list(context.columns(VIEW))
    missing = [name for name in ("id", "balance") if name not in columns]
    if missing:
        raise NotYet(f"The view has no column {missing[0]}: the clerk needs it.")
    shown = {(row["id"], row["balance"]) for row in context.sql(f"SELECT id, balance FROM {VIEW}")}  # noqa: S608
    truth = {
        (row["id"], row["balance"])
        for row in context.sql("SELECT id, balance FROM accounts WHERE balance < 0")
    }
    if shown - truth:
        raise NotYet(f"Of the accounts in the view, {len(shown - truth)} are not overdrawn.")
    if truth - shown:
        raise NotYet(f"The view leaves out overdrawn accounts: {len(truth - shown)} of {len(truth)}.")


TOMORROW = (
    "INSERT INTO accounts (id, balance) SELECT gen_random_uuid(), unnest(ARRAY[-7000, -39, -1, 0, 1, 500])"
)
SHOWN = f"SELECT balance FROM {VIEW} ORDER BY balance"  # noqa: S608


def _compare_elsewhere(context: Context, revision: Revision) -> None:
    """Raise NotYet unless the view shows other accounts rightly, too, and the revision can be undone."""
    look = (("sql", TOMORROW), ("sql", SHOWN))
    shown = [row["balance"] for row in there_and_back(context, revision, revision, look=look)[-1]]
    if other := [balance for balance in shown if balance is None or balance >= 0]:
        raise NotYet(f"Today the view is right. An account with a balance of {other[0]} would be in it, too.")
    if missing := [balance for balance in (-1, -39, -7000) if balance not in shown]:
        raise NotYet(
            f"Today the view is right. An account with a balance of {missing[0]} would not be in it."
        )


CLERKS_VIEW = Exercise(
    number="07.1",
    task="Make a view overdrawn_accounts of id and balance, by raw SQL in a revision with a way back.",
    check=clerks_view,
    done="The clerk has a list that is always up to date, and the revision can be undone.",
    hints=(
        "First find the query whose rows the clerk wants to see, and try it in a cell with %%sql.",
        "CREATE VIEW name AS, then the query: that is the statement for op.execute in upgrade().",
        "DROP VIEW takes a view away. Alembic cannot guess that from your text: downgrade() must say it.",
    ),
    solution=(REVISION, filled(), UPGRADE),
    variants=(
        (
            REVISION,
            filled(f"CREATE VIEW {VIEW} (id, balance) AS {ALL} WHERE balance < 0"),
            UPGRADE,
        ),
    ),
    untouched=f"no view {VIEW} yet",
    wrong=(
        Wrong((REVISION, filled()), "has not run on the database yet"),
        Wrong(
            (REVISION, filled(statement=f"CREATE TABLE {VIEW} AS {QUERY}"), UPGRADE),
            "keeps the accounts of now",
        ),
        Wrong(
            (
                REVISION,
                filled(statement=f"CREATE VIEW {VIEW} AS {ALL}"),
                UPGRADE,
            ),
            "are not overdrawn",
        ),
        Wrong(
            (REVISION, filled(statement=f"CREATE VIEW {VIEW} AS {QUERY} AND balance < -100"), UPGRADE),
            "leaves out overdrawn accounts: 1 of 2",
        ),
        # Right with the accounts of today.
        Wrong(
            (REVISION, filled(statement=f"CREATE VIEW {VIEW} AS {ALL} WHERE balance <= 0"), UPGRADE),
            "An account with a balance of 0 would be in it",
        ),
        Wrong(
            (REVISION, filled(statement=f"CREATE VIEW {VIEW} AS {QUERY} LIMIT 2"), UPGRADE),
            "would not be in it",
        ),
        Wrong((REVISION, filled(downgrade="pass"), UPGRADE), "cannot be undone"),
        Wrong((REVISION, filled(downgrade=f'op.drop_table("{VIEW}")'), UPGRADE), "the way back fails"),
        Wrong(
            (
                REVISION,
                filled(
                    downgrade=f'op.execute("DROP VIEW {VIEW}")\n    op.drop_column("accounts", "overdrawn")'
                ),
                UPGRADE,
            ),
            "Up and down: then accounts.overdrawn is gone",
        ),
        Wrong((f"%sql CREATE VIEW {VIEW} AS {QUERY};",), "no revision makes it"),
    ),
)

# ---------------------------------------------------------------- 07.2

SETTINGS = "settings"
SETTINGS_REVISION = '%alembic revision -m "add settings"'
ADD = "ALTER TABLE accounts ADD COLUMN settings JSONB NOT NULL DEFAULT "
DROP = 'op.drop_column("accounts", "settings")'


def sent(call: str, back: str = DROP) -> tuple[str, ...]:
    """The cells that make a revision whose upgrade() is this call, and run it."""
    body = f"%%migration\ndef upgrade():\n    {call}\n\n\ndef downgrade():\n    {back}\n"
    return (SETTINGS_REVISION, body, UPGRADE)


def settings_column(context: Context) -> None:
    """A column settings with {"sms": true} as its default, by a revision that prints one clean statement."""
    columns = context.columns("accounts")
    if SETTINGS not in columns:
        refuse_waiting(context, SETTINGS)
        raise NotYet(f"The table accounts has no column {SETTINGS} yet.")
    column = columns[SETTINGS]
    if column["data_type"] != "JSONB":
        raise NotYet(f"{SETTINGS} is of the type {column['data_type']}, not JSONB.")
    if column["column_default"] is None:
        raise NotYet(f"The database has no default for {SETTINGS}.")
    query = f"SELECT (({column['column_default']})::JSONB->'sms')::STRING AS sms, "
    query += f"(({column['column_default']})::JSONB)::STRING AS whole"
    found = context.sql(query)[0]
    if found["sms"] != "true":
        raise NotYet(f"By default sms is {found['sms'] or 'not there'}: {found['whole']}. It should be true.")
    if column["is_nullable"]:
        raise NotYet(f"{SETTINGS} may be NULL. The statement said NOT NULL.")
    revision = refuse_by_hand(context, SETTINGS, "column")
    printed = context.offline_sql(revision)
    if ";;" in "".join(printed.split()):
        raise NotYet(
            "Online all is well, but --sql prints ;; after your statement: an empty one that nobody meant."
        )
    if "sms" not in printed:
        raise NotYet("With --sql the statement is not printed: whoever reviews the file does not see it.")
    refuse_in_old(revision, "add_overdrawn_column")
    refuse_no_way_back(context, revision)


JSON_DEFAULT = Exercise(
    number="07.2",
    task='Bring the column settings with its default {"sms":true} into a revision, by raw SQL.',
    check=settings_column,
    done="Every account has its settings, and the SQL for the review is what the database gets.",
    hints=(
        "The last line of the error: for which parameter does SQLAlchemy want a value? Find it in your text.",
        "A word that follows a colon at once is a parameter. There are two ways: a mark before the colon, or "
        "something between the colon and the word.",
        "Then look at what --sql prints. Is every sign in it meant?",
    ),
    solution=sent('op.execute("""' + ADD + '\'{"sms"\\\\:true}\'""")'),
    variants=(
        # In JSON a blank after the colon means nothing, and :true is no word of its own then.
        sent('op.execute("""' + ADD + '\'{"sms": true}\'""")'),
        sent('op.execute(sa.text(r"""' + ADD + '\'{"sms"\\:true}\'"""))'),
        sent('op.execute("' + ADD + "json_build_object('sms', true)\")"),
    ),
    untouched=f"no column {SETTINGS} yet",
    wrong=(
        # The error is gone because the value is another one: a text, not true.
        Wrong(sent('op.execute("""' + ADD + '\'{"sms":"true"}\'""")'), 'By default sms is "true"'),
        # An empty default that an UPDATE is to fill: the accounts of tomorrow go without.
        Wrong(sent('op.execute("""' + ADD + '\'{}\'""")'), "By default sms is not there"),
        Wrong(sent('op.execute("""' + ADD + '\'{"sms": true}\';""")'), "prints ;;"),
        Wrong(
            sent(
                'op.execute("""' + ADD + '\'{"sms": true}\'""")',
                back='op.drop_column("accounts", "overdrawn")',
            ),
            "Up and down: then accounts.settings is left over",
        ),
        # The driver's own cursor knows no parameters of SQLAlchemy, and --sql does not know the driver.
        Wrong(sent('op.get_bind().exec_driver_sql("""' + ADD + '\'{"sms":true}\'""")'), "With --sql"),
        Wrong(
            (f"""%sql {ADD}'{{"sms":true}}';""",),
            "no revision makes it",
        ),
    ),
)

EXERCISES = (CLERKS_VIEW, JSON_DEFAULT)
