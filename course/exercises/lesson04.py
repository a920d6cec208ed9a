"""The exercises of lesson 04, the first migration: a column, and a column with rules."""

from __future__ import annotations

from ..errors import SqlError
from .cells import migration
from .lesson03 import SETTING
from .model import Context, Exercise, NotYet, Wrong
from .revised import refuse_by_hand, refuse_noted, refuse_one_way, refuse_waiting
from .undone import refuse_false_way

# ---------------------------------------------------------------- 04.1

REVISION = '%alembic revision -m "add owner to accounts"'
UPGRADE = "%alembic upgrade head"


def filled(type_: str = "sa.String()", downgrade: str = 'op.drop_column("accounts", "owner")') -> str:
    """The cell that fills the revision."""
    return f"""%%migration
def upgrade():
    op.add_column("accounts", sa.Column("owner", {type_}))


def downgrade():
    {downgrade}
"""


def table_again() -> str:
    """The cell that puts the column into the revision that has made the table already."""
    return """%%migration
def upgrade():
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("balance", sa.Integer()),
        sa.Column("owner", sa.String()),
    )
"""


def owner_column(context: Context) -> None:
    """A column owner of text in accounts, made by a revision that can be undone."""
    columns = context.columns("accounts")
    if "owner" not in columns:
        refuse_waiting(context, "owner")
        refuse_noted(context, "accounts", "owner")
        raise NotYet("The table accounts has no column owner yet.")
    kind = columns["owner"]["data_type"]
    if not kind.startswith(("STRING", "VARCHAR", "CHAR", "NAME")) or kind.endswith("[]"):
        raise NotYet(f"The column owner is {kind}, but a name is text.")
    if columns["owner"]["generation_expression"]:
        raise NotYet("The column owner is computed: nobody can write a name into it.")
    if "balance" not in columns:
        raise NotYet("The table accounts has no column balance any more.")
    refuse_one_way(context, refuse_by_hand(context, "owner", "column"))
    refuse_false_way(context, "accounts", "owner", before=("balance",))


OWNER = Exercise(
    number="04.1",
    task="Give each account an owner: a new column of text, in a revision of its own that can be undone.",
    check=owner_column,
    done="Every account can have an owner now, and the revision can be undone.",
    hints=(
        "A change of the schema begins with an empty revision, as the table did.",
        "op.add_column takes the table's name and a sa.Column; op.drop_column undoes it.",
        "A revision that is only written changes nothing: which command runs it?",
    ),
    solution=(REVISION, filled(), UPGRADE),
    variants=(
        (REVISION, filled(type_="sa.Text()"), UPGRADE),
        (REVISION, filled(type_="sa.String(80)"), UPGRADE),
        (
            REVISION,
            migration(
                ["op.execute(\"ALTER TABLE accounts ADD COLUMN owner STRING NOT NULL DEFAULT 'nobody'\")"],
                ['op.execute("ALTER TABLE accounts DROP COLUMN owner")'],
            ),
            UPGRADE,
        ),
        # In two steps, and the next one begun.
        (
            '%alembic revision -m "add a name"',
            migration(
                ['op.add_column("accounts", sa.Column("owner_name", sa.String()))'],
                ['op.drop_column("accounts", "owner_name")'],
            ),
            '%alembic revision -m "a shorter name"',
            migration(
                ['op.alter_column("accounts", "owner_name", new_column_name="owner")'],
                ['op.alter_column("accounts", "owner", new_column_name="owner_name")'],
            ),
            UPGRADE,
            '%alembic revision -m "the next one"',
        ),
        # By autogenerate, as lesson 08 does it.
        (
            "%%edit alembic/env.py --replace 'target_metadata = None'\nfrom bank.models import Base\n\n"
            "target_metadata = Base.metadata",
            "%%edit bank/models.py --after 'balance: Mapped[int | None]'\nowner: Mapped[str | None]",
            '%alembic revision --autogenerate -m "add owner"',
            UPGRADE,
        ),
    ),
    untouched="no column owner yet",
    wrong=(
        Wrong(("%sql ALTER TABLE accounts ADD COLUMN owner STRING",), "no revision makes it"),
        Wrong((table_again(), UPGRADE), "You changed a revision that has run"),
        Wrong((REVISION, filled()), "has not run on the database yet"),
        Wrong(
            (REVISION, filled(), UPGRADE, "!rm alembic/versions/*_create_accounts_table.py"),
            "is gone or empty, and another revision follows it",
        ),
        Wrong((REVISION, filled(type_="sa.Integer()"), UPGRADE), "a name is text"),
        Wrong((REVISION, filled(type_="sa.ARRAY(sa.String)"), UPGRADE), "a name is text"),
        Wrong((REVISION, filled(), "%alembic stamp head"), "Alembic has noted that"),
        # The file was empty when it ran.
        Wrong((REVISION, UPGRADE, filled(), UPGRADE), "filled or changed later?"),
        Wrong((REVISION, filled().replace('"owner"', '"owners"'), UPGRADE), "should be named owner"),
        Wrong(("%alembic downgrade base", table_again(), UPGRADE), "a revision of its own"),
        Wrong(
            (REVISION, filled(), "%sql ALTER TABLE accounts ADD COLUMN owner STRING"),
            "something else made it",
        ),
        # The way back is tried out on a new database: not on this one, whatever env.py says.
        Wrong(
            (
                REVISION,
                filled(),
                UPGRADE,
                f"%%edit alembic/env.py --after '{SETTING}'\nfrom sqlalchemy import make_url\n\n"
                'bank = make_url(os.environ["DATABASE_URL"]).set(database="bank")\n'
                'config.set_main_option("sqlalchemy.url", bank.render_as_string(False).replace("%", "%%"))',
            ),
            "env.py does not take the database from DATABASE_URL",
        ),
        Wrong((REVISION, filled(downgrade="raise NotImplementedError"), UPGRADE), "downgrade() fails"),
        Wrong(
            (REVISION, filled(downgrade='op.drop_column("accounts", "owners")'), UPGRADE), "downgrade() fails"
        ),
        Wrong((REVISION, filled(downgrade='print("undone")'), UPGRADE), "accounts.owner is left over"),
        Wrong((REVISION, filled(downgrade='op.drop_table("accounts")'), UPGRADE), "accounts.balance"),
        Wrong((REVISION, filled(downgrade="pass"), UPGRADE), "cannot be undone"),
        # Tried out on another database, it would change the learner's.
        Wrong(
            (
                REVISION,
                filled(downgrade='op.execute("ALTER TABLE bank.public.accounts DROP COLUMN owner")'),
                UPGRADE,
            ),
            "names the database bank",
        ),
    ),
)

# ---------------------------------------------------------------- 04.2

LIMIT = "daily_limit"
LIMIT_REVISION = '%alembic revision -m "add daily limit"'
RULE = '"accounts_daily_limit_check", "accounts", "daily_limit >= 0"'
DEFAULT = 'nullable=False, server_default="1000"'
DROP_LIMIT = 'op.drop_column("accounts", "daily_limit")'


def limited(arguments: str, *after: str, downgrade: str = DROP_LIMIT) -> tuple[str, ...]:
    """The cells that make the revision and run it. after: more lines of upgrade()."""
    more = "".join(f"\n    {line}" for line in after)
    return (
        LIMIT_REVISION,
        f"""%%migration
def upgrade():
    op.add_column("accounts", sa.Column("{LIMIT}", sa.Integer(), {arguments})){more}


def downgrade():
    {downgrade}
""",
        UPGRADE,
    )


def daily_limit(context: Context) -> None:
    """A column daily_limit that the database fills with 1000 and never lets below 0."""
    columns = context.columns("accounts")
    if LIMIT not in columns:
        refuse_waiting(context, LIMIT)
        refuse_noted(context, "accounts", LIMIT)
        raise NotYet(f"The table accounts has no column {LIMIT} yet.")
    column = columns[LIMIT]
    if not column["data_type"].startswith("INT"):
        raise NotYet(f"{LIMIT} is of the type {column['data_type']}: an integer is wanted.")
    if column["column_default"] is None:
        raise NotYet(
            f"The database has no default for {LIMIT}: an INSERT of another program would have to name it."
        )
    default = context.sql(f"SELECT ({column['column_default']})::INT8 AS value")[0]["value"]
    if default != 1000:
        raise NotYet(f"A new account would get a limit of {default}.")
    if column["is_nullable"] and _allows(context, "NULL::INT8"):
        raise NotYet(f"{LIMIT} may be NULL, and NULL is no limit at all.")
    for value, allowed in ((-1, False), (0, True), (250, True), (1000, True), (5000, True)):
        if _allows(context, value) != allowed:
            raise NotYet(f"The database would {'refuse' if allowed else 'take'} a limit of {value}.")
    refuse_one_way(context, refuse_by_hand(context, LIMIT, "column"))
    refuse_false_way(context, "accounts", LIMIT, before=("balance",))


def _allows(context: Context, value: int | str) -> bool:
    """Whether the CHECK constraints let a limit pass. Raises NotYet for one that looks at more than it."""
    for row in context.sql("SHOW CONSTRAINTS FROM accounts"):
        if row["constraint_type"] == "CHECK" and LIMIT in row["details"]:
            rule = row["details"].removeprefix("CHECK ").removesuffix(" NOT VALID")
            query = f"SELECT {rule} AS allowed FROM (VALUES ({value})) AS accounts ({LIMIT})"  # noqa: S608
            try:
                allowed = context.sql(query)[0]["allowed"]
            except SqlError:
                raise NotYet(f"A rule looks at more than {LIMIT}: {rule}") from None
            if allowed is False:
                return False
    return True


DAILY_LIMIT = Exercise(
    number="04.2",
    task="Give each account a daily_limit: 1000 where nobody says otherwise, never empty, never below 0.",
    check=daily_limit,
    done="Every account has a limit, whichever program opens it, and the database guards the rule.",
    hints=(
        "Three demands, three arguments of sa.Column: for the default, for never empty, for the rule.",
        "default= is for programs that use the model. The argument that ends in _default and begins "
        "with the word for the database's side is written into the table.",
        'sa.CheckConstraint("…") takes the rule as SQL. It can be one of the arguments of sa.Column.',
    ),
    solution=limited(f'sa.CheckConstraint("daily_limit >= 0"), {DEFAULT}'),
    variants=(
        limited(
            DEFAULT,
            f"op.create_check_constraint({RULE})",
            downgrade=f'op.drop_constraint("accounts_daily_limit_check", "accounts")\n    {DROP_LIMIT}',
        ),
        limited(
            'sa.CheckConstraint("NOT daily_limit < 0", name="limit_ok"), nullable=False, '
            'server_default=sa.text("1000")'
        ),
        # The rule does what NOT NULL does elsewhere.
        limited(
            'sa.CheckConstraint("daily_limit IS NOT NULL AND daily_limit >= 0"), server_default="1000"',
        ),
        # Two revisions, and both can be undone.
        (
            *limited(DEFAULT),
            '%alembic revision -m "never below zero"',
            migration(
                [f"op.create_check_constraint({RULE})"],
                ['op.drop_constraint("accounts_daily_limit_check", "accounts", type_="check")'],
            ),
            UPGRADE,
        ),
    ),
    untouched=f"no column {LIMIT} yet",
    wrong=(
        # default= belongs to Python: the table knows nothing of it.
        Wrong(
            limited('sa.CheckConstraint("daily_limit >= 0"), nullable=False, default=1000'),
            "The database has no default",
        ),
        Wrong(limited(DEFAULT), "would take a limit of -1"),
        Wrong(limited(f'sa.CheckConstraint("daily_limit > 0"), {DEFAULT}'), "would refuse a limit of 0"),
        Wrong(limited(f'sa.CheckConstraint("daily_limit <= balance"), {DEFAULT}'), "looks at more than"),
        Wrong(
            limited(f'sa.CheckConstraint("daily_limit BETWEEN 0 AND 1000"), {DEFAULT}'),
            "would refuse a limit of 5000",
        ),
        # The rest of it by hand: the next database goes without.
        Wrong(
            (*limited(DEFAULT), "%sql ALTER TABLE accounts ADD CONSTRAINT c CHECK (daily_limit >= 0)"),
            "make another daily_limit",
        ),
        # The column takes the constraint along: nothing is left to drop.
        Wrong(
            limited(
                DEFAULT,
                f"op.create_check_constraint({RULE})",
                downgrade=f'{DROP_LIMIT}\n    op.drop_constraint("accounts_daily_limit_check", "accounts")',
            ),
            "downgrade() fails",
        ),
        # A default fills what is left out; whoever writes NULL gets NULL.
        Wrong(
            limited('sa.CheckConstraint("daily_limit >= 0"), server_default="1000"'),
            "NULL is no limit at all",
        ),
        Wrong(
            limited(f'sa.CheckConstraint("daily_limit >= 0"), {DEFAULT}')[:2],
            "has not run on the database yet",
        ),
    ),
)

EXERCISES = (OWNER, DAILY_LIMIT)
