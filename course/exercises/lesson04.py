"""The exercises of lesson 04, the first migration: a column, and a column with rules."""

from __future__ import annotations

from .model import Context, Exercise, NotYet, Wrong
from .revised import maker, refuse_by_hand, refuse_one_way, refuse_waiting

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
        made = maker(context, "owner")
        if made and context.applied() == made.id:
            raise NotYet("You changed a revision that has run: Alembic runs none twice. Make a new one.")
        refuse_waiting(context, "owner")
        raise NotYet("The table accounts has no column owner yet.")
    if not columns["owner"]["data_type"].startswith(("STRING", "VARCHAR", "CHAR")):
        raise NotYet(f"The column owner is {columns['owner']['data_type']}, but a name is text.")
    refuse_one_way(context, refuse_by_hand(context, "owner", "column"))


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
    ),
    untouched="no column owner yet",
    wrong=(
        Wrong(("%sql ALTER TABLE accounts ADD COLUMN owner STRING",), "no revision makes it"),
        Wrong((table_again(), UPGRADE), "You changed a revision that has run"),
        Wrong((REVISION, filled()), "has not run on the database yet"),
        Wrong((REVISION, filled(type_="sa.Integer()"), UPGRADE), "a name is text"),
        Wrong((REVISION, filled(downgrade="pass"), UPGRADE), "cannot be undone"),
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
    if column["is_nullable"]:
        raise NotYet(f"{LIMIT} may be NULL, and NULL is no limit at all.")
    for value, allowed in ((-1, False), (0, True), (1000, True)):
        if _allows(context, value) != allowed:
            raise NotYet(f"The database would {'refuse' if allowed else 'take'} a limit of {value}.")
    refuse_one_way(context, refuse_by_hand(context, LIMIT, "column"))


def _allows(context: Context, value: int) -> bool:
    """Whether all CHECK constraints that look at the limit alone let a value pass."""
    for row in context.sql("SHOW CONSTRAINTS FROM accounts"):
        if row["constraint_type"] == "CHECK" and LIMIT in row["details"]:
            rule = row["details"].removeprefix("CHECK ")
            query = f"SELECT {rule} AS allowed FROM (VALUES ({value})) AS accounts ({LIMIT})"  # noqa: S608
            if context.sql(query)[0]["allowed"] is False:
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
