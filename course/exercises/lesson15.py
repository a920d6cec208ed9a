"""The exercises of lesson 15, autogenerate you can trust."""

from __future__ import annotations

from .compared import differences, refuse_differences
from .model import Context, Exercise, NotYet, Wrong
from .revised import refuse_by_hand, refuse_waiting
from .ways import own, try_out

ENV = "alembic/env.py"
INDEX = "ix_transfers_target"
IN_MODEL = """%%edit bank/models.py --replace "target: Mapped[UUID]"
target: Mapped[UUID] = mapped_column(index=True)
"""
REVISION = '%alembic revision -m "index the targets of transfers"'
UPGRADE = "%alembic upgrade head"
MODELS = {"transfers": "Transfer", "accounts": "Account", "customers": "Customer"}
EMPTY = "IGNORED: set[tuple[str, str]] = set()"


def filled(options: str = ", if_not_exists=True") -> str:
    """The cell that fills the revision."""
    return f"""%%migration
def upgrade() -> None:
    op.create_index("{INDEX}", "transfers", ["target"]{options})


def downgrade() -> None:
    op.drop_index("{INDEX}", table_name="transfers")
"""


def ignored(entry: str) -> str:
    """The cell that puts one entry into the set of what Alembic does not look at."""
    return f'%%edit {ENV} --replace "{EMPTY}"\nIGNORED: set[tuple[str, str]] = {{{entry}}}\n'


def kept_index(context: Context) -> None:
    """The index made by hand is in the database, in the model, and in a revision that has run."""
    if INDEX not in context.indexes("transfers"):
        raise NotYet(f"The index {INDEX} is gone: payments to an account are slow again.")
    if INDEX in context.read(ENV):
        raise NotYet(f"{ENV} hides the index, so nobody will notice when it is lost.")
    refuse_waiting(context, INDEX)
    refuse_differences(context, INDEX)
    refuse_by_hand(context, INDEX, "index")
    look = ("SELECT index_name, column_name FROM [SHOW INDEXES FROM transfers] WHERE seq_in_index = 1", "")
    [made] = try_out(context, own(context, INDEX), probes=(look,), back=False)
    if {"index_name": INDEX, "column_name": "target"} not in made:
        raise NotYet("Your revision runs, but a new database does not get this index on target from it.")


def left_alone(context: Context) -> None:
    """The treasury's table is there and ignored, and a table of the bank without a model is noticed."""
    if "fx_rates" not in context.tables():
        raise NotYet("The treasury does not find its table fx_rates any more.")
    if "fx_rates" in context.read("bank/models.py"):
        raise NotYet(
            "fx_rates has a model of yours now: with their next change autogenerate wants to undo it."
        )
    refuse_differences(context, "fx_rates")
    lost = differences(context, *MODELS)
    for table, model in MODELS.items():
        if not any(f"removed table '{table}'" in line for line in lost):
            raise NotYet(
                f"It hides too much: if the model {model} were deleted, nobody would notice the table."
            )


EXERCISES = (
    Exercise(
        number="15.1",
        task="Keep the index that was made by hand: in the database, in the model, in the history.",
        check=kept_index,
        done="The index is the bank's own now: every database that is made from this history has it.",
        hints=(
            "Three places have to agree. The database has the index. Which two do not know it?",
            "The model: other columns have an index there, see how. Its name comes from table and column.",
            "For the history you need a revision. Autogenerate finds nothing to do here: write it yourself.",
            "Where the index exists, op.create_index fails. It has an option for that, from lesson 13.",
        ),
        solution=(IN_MODEL, REVISION, filled(), UPGRADE, "%alembic check"),
        variants=(
            # The database first without it, then again with it, by the migration.
            (f"%sql DROP INDEX transfers@{INDEX};", IN_MODEL, REVISION, filled(""), UPGRADE),
            # This database has it, so the revision is noted as done.
            (IN_MODEL, REVISION, filled(""), "%alembic stamp head"),
        ),
        untouched=f"removed index '{INDEX}'",
        wrong=(
            Wrong((f"%sql DROP INDEX transfers@{INDEX};",), "is gone"),
            Wrong(
                ('%alembic revision --autogenerate -m "obey"', UPGRADE),
                "is gone",
            ),
            Wrong((ignored(f'("index", "{INDEX}")'),), "hides the index"),
            Wrong((IN_MODEL,), "no revision makes it"),
            Wrong((REVISION, filled(), UPGRADE), "still sees a difference: Detected removed index"),
            Wrong((IN_MODEL, REVISION, filled()), "has not run on the database yet"),
            # It finds the name, and does not look at the column.
            Wrong(
                (IN_MODEL, REVISION, filled().replace('["target"]', '["source"]'), UPGRADE),
                "a new database does not get this index",
            ),
        ),
    ),
    Exercise(
        number="15.2",
        task="Make alembic check leave the treasury's table alone, and no other.",
        check=left_alone,
        done="Their table is theirs, and a forgotten model of yours would still be noticed.",
        hints=(
            "Nothing in the database has to change. Who tells Alembic what to look at?",
            "env.py has a set for this. An entry is shown in the section on tables that are not yours.",
            'An entry is a pair: the kind, then the name. The kind of a table is "table".',
        ),
        solution=(ignored('("table", "fx_rates")'),),
        variants=(
            (
                f'%%edit {ENV} --replace "return (type_, name) not in IGNORED"\n'
                'return (type_, name) != ("table", "fx_rates")\n',
            ),
            (
                f'%%edit {ENV} --after "include_name=include_name,"\n'
                'include_object=lambda object, name, type_, *rest: (type_, name) != ("table", "fx_rates"),\n',
            ),
        ),
        untouched="removed table 'fx_rates'",
        wrong=(
            Wrong(("%sql DROP TABLE fx_rates;",), "does not find its table"),
            Wrong((ignored('("fx_rates", "table")'),), "removed table 'fx_rates'"),
            Wrong((f"!rm {ENV}",), "alembic check stops: ImportError: Can't find Python file alembic/env.py"),
            # One of the bank's own tables with it.
            Wrong((ignored('("table", "fx_rates"), ("table", "customers")'),), "if the model Customer were"),
            Wrong(
                (
                    f'%%edit {ENV} --after "include_name=include_name,"\n'
                    "include_object=lambda object, name, type_, read, other: not read or other,\n",
                ),
                "hides too much",
            ),
            Wrong(
                (
                    f'%%edit {ENV} --replace "return (type_, name) not in IGNORED"\n'
                    'return type_ != "table" or name in Base.metadata.tables\n',
                ),
                "hides too much",
            ),
            Wrong(
                (
                    '%%edit bank/models.py --before "class Account(Base):"\n'
                    'class Rate(Base):\n    __tablename__ = "fx_rates"\n\n'
                    "    currency: Mapped[str] = mapped_column(primary_key=True)\n    rate: Mapped[float]\n",
                ),
                "has a model of yours",
            ),
        ),
    ),
)
