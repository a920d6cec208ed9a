"""The exercises of lesson 08, autogenerate: a draft that is right, and one that is not."""

from __future__ import annotations

import ast
import re
from typing import Any

from .compared import refuse_differences
from .in_models import MODELS, attribute, tables
from .model import Context, Exercise, NotYet, Wrong
from .new_database import refuse_no_way_back
from .revised import maker, refuse_by_hand, refuse_lost_file, refuse_waiting

# ---------------------------------------------------------------- 08.1

IMPORT = f"""%%edit {MODELS} --replace "from sqlalchemy import Computed"
from sqlalchemy import Computed, String
"""
AUTOGENERATE = '%alembic revision --autogenerate -m "add currency"'
UPGRADE = "%alembic upgrade head"


def model(line: str = "currency: Mapped[str | None] = mapped_column(String(3))") -> str:
    """The cell that adds an attribute to Account."""
    return f"""%%edit {MODELS} --after "balance: Mapped[int | None]"
{line}
"""


MODEL_LATER = f"""%%edit {MODELS} --replace "currency: Mapped[str | None]"
currency: Mapped[str] = mapped_column(String(3))
"""


def currency_column(context: Context) -> None:
    """A column currency in the model Account and in the table, by a revision, both of the same kind."""
    in_model = attribute(context, "Account", "currency")
    columns = context.columns("accounts")
    if "currency" not in columns:
        if not in_model:
            raise NotYet("The model Account has no attribute currency yet.")
        if not context.does_something(context.revisions()[-1], "upgrade"):
            raise NotYet("The newest revision is empty: was bank/models.py saved before Alembic compared?")
        if not maker(context, "currency"):
            raise NotYet("The model has currency. Now let Alembic write the migration.")
        refuse_waiting(context, "currency")
        raise NotYet("The database is at the newest revision, but the table has no column currency.")
    if not in_model:
        raise NotYet(
            "The table has a column currency, but the model does not know it: autogenerate would drop it."
        )
    _refuse_other_kinds(columns["currency"]["data_type"], bool(columns["currency"]["is_nullable"]))
    if columns["currency"]["column_default"]:
        raise NotYet("currency has a DEFAULT: the old accounts have none yet, and it has given them one.")
    refuse_by_hand(context, "currency", "column")
    if "overdrawn" not in columns:
        raise NotYet("currency is there, and overdrawn is gone: read the draft before you run it.")
    refuse_differences(context, "currency")


def _refuse_other_kinds(data_type: str, nullable: bool) -> None:
    if data_type in ("STRING", "VARCHAR"):
        raise NotYet(f"currency is a {data_type} of any length: a code has three letters.")
    if data_type not in ("STRING(3)", "VARCHAR(3)", "CHAR(3)"):
        raise NotYet(f"currency is of the type {data_type}: a code of three letters is a string of length 3.")
    if not nullable:
        raise NotYet("currency must not be NULL, but the old accounts have no currency yet.")


CURRENCY = Exercise(
    number="08.1",
    task="Add currency, a code of three letters, to the model; let Alembic write the migration; run it.",
    check=currency_column,
    done="Model and table agree: every account can have a currency.",
    hints=(
        "Begin with the model. Mapped[str | None] is a string that may be NULL; its length is "
        "part of the type that mapped_column takes.",
        "sqlalchemy has a type String; String(3) is a string of three characters at most. Import it.",
        "Then the same three commands as for overdrawn: revision --autogenerate, upgrade, check.",
    ),
    solution=(IMPORT, model(), AUTOGENERATE, UPGRADE, "%alembic check"),
    untouched="no attribute currency yet",
    wrong=(
        Wrong((IMPORT, model()), "let Alembic write the migration"),
        Wrong((AUTOGENERATE, IMPORT, model()), "The newest revision is empty"),
        Wrong((IMPORT, model(), AUTOGENERATE), "has not run on the database yet"),
        Wrong((model("currency: Mapped[str | None]"), AUTOGENERATE, UPGRADE), "of any length"),
        Wrong((model("currency: Mapped[int | None]"), AUTOGENERATE, UPGRADE), "is of the type INT8"),
        Wrong(
            (
                IMPORT,
                model('currency: Mapped[str | None] = mapped_column(String(3), server_default="EUR")'),
                AUTOGENERATE,
                UPGRADE,
            ),
            "has a DEFAULT",
        ),
        # The new attribute in the old one's place: Alembic drops what is not in the model any more.
        Wrong(
            (IMPORT, model(), f'%%edit {MODELS} --replace "overdrawn: Mapped"\n', AUTOGENERATE, UPGRADE),
            "overdrawn is gone",
        ),
        # The table is right, and the model says something else.
        Wrong(
            (IMPORT, model(), AUTOGENERATE, UPGRADE, MODEL_LATER),
            "alembic check still sees a difference",
        ),
        Wrong(("%sql ALTER TABLE accounts ADD COLUMN currency STRING(3);",), "the model does not know it"),
    ),
)

# ---------------------------------------------------------------- 08.2

LIST = "phone_list"
BRANCHES = (
    f"""%%edit {MODELS} --before "class Account(Base):"
class Branch(Base):
    """
    + '"""A branch of the bank."""'
    + """

    __tablename__ = "branches"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    city: Mapped[str]
"""
)
PHONES = (
    f"""%%edit {MODELS} --before "class Account(Base):"
class Phone(Base):
    """
    + '"""A line of the clerk\'s list."""'
    + """

    __tablename__ = "phone_list"

    name: Mapped[str] = mapped_column(primary_key=True)
    phone: Mapped[str | None]
"""
)
BRANCHES_DRAFT = '%alembic revision --autogenerate -m "add branches"'
FILTER = """%%edit alembic/env.py --after "target_metadata = Base.metadata"


def include_object(object, name, type_, reflected, compare_to):
    return not (type_ == "table" and reflected and compare_to is None)
"""
USE_FILTER = """%%edit alembic/env.py --replace "connection=connection, target_metadata=target_metadata"
connection=connection, target_metadata=target_metadata, include_object=include_object
"""


def tidied(also_in_downgrade: str = "pass") -> str:
    """The cell that leaves only the table branches in the draft."""
    return f"""%%migration
def upgrade():
    op.create_table(
        "branches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade():
    op.drop_table("branches")
    {also_in_downgrade}
"""


def branches_only(context: Context) -> None:
    """A table branches as the model says, and phone_list as it was, named by no revision."""
    there = context.tables()
    if LIST not in there:
        raise NotYet(
            f"The clerk's {LIST} is gone, with its rows. A draft that was run unread? Run the cell that "
            "makes it again, and begin anew."
        )
    if "phone" not in context.columns(LIST):
        raise NotYet(f"The clerk's {LIST} has lost its phone numbers.")
    if len(context.sql("SELECT name FROM phone_list WHERE phone IS NOT NULL")) < 2:
        raise NotYet(f"The clerk's {LIST} has lost its rows. Run the cell that makes it again.")
    in_models = tables(context)
    if "branches" not in in_models:
        raise NotYet("The models have no table branches yet.")
    if LIST in in_models and maker(context, f'create_table("{LIST}"') is None:
        raise NotYet(f"The models know {LIST} now, but no revision makes it: the next database goes without.")
    _refuse_other_model(context, in_models["branches"])
    if maker(context, "branches") is None:
        refuse_lost_file(context)
        raise NotYet("The model is there. Now let Alembic write the migration.")
    for revision in context.revisions():
        text = revision.path.read_text(encoding="utf-8")
        for function in ("upgrade", "downgrade"):
            if LIST in _body(text, function):
                raise NotYet(
                    f"{function}() of {revision.path.name} names {LIST}, which is none of the app's."
                )
    if "branches" not in there:
        refuse_waiting(context, "branches")
        raise NotYet("The database is at the newest revision, but has no table branches.")
    columns = context.columns("branches")
    if set(columns) != set(in_models["branches"]):
        raise NotYet(
            f"The table branches has the columns {', '.join(sorted(columns))}: not those of the model."
        )
    revision = refuse_by_hand(context, "branches", "table")
    refuse_differences(context, "branches")
    refuse_no_way_back(context, revision)


def _refuse_other_model(context: Context, columns: dict[str, dict[str, Any]]) -> None:
    """Raise NotYet unless the model is a Branch with a UUID as its key and a city that each has."""
    if not re.search(r"^class Branch\b", context.read(MODELS), re.MULTILINE):
        raise NotYet("The models have a table branches, but no class Branch.")
    for name in ("id", "city"):
        if name not in columns:
            raise NotYet(f"The model Branch has no {name}.")
    if columns["id"]["type"] != "UUID":
        raise NotYet(f"The id of a branch is of the type {columns['id']['type']}: a UUID is asked for.")
    if [name for name, column in columns.items() if column["key"]] != ["id"]:
        raise NotYet("The primary key of branches is to be the id, and nothing else.")
    if not columns["city"]["type"].startswith(("VARCHAR", "TEXT", "STRING", "CHAR")):
        raise NotYet(f"The city of a branch is of the type {columns['city']['type']}: it is a text.")
    if columns["city"]["nullable"]:
        raise NotYet("The city of a branch may be NULL: each branch has one.")


def _body(text: str, function: str) -> str:
    """The code of a function, without comments."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return ast.unparse(node)
    return ""


BRANCHES_ONLY = Exercise(
    number="08.2",
    task="Add a model for the table branches, let Alembic write the migration, and take out what is false.",
    check=branches_only,
    done="The bank has a table for its branches, and the clerk still has the list.",
    hints=(
        "First the model, with __tablename__, then the draft. Read the lines that begin with Detected.",
        "Alembic takes what the database has and the models have not for something that you removed.",
        "A draft has two functions, and what is false in one has its counterpart in the other.",
    ),
    solution=(BRANCHES, BRANCHES_DRAFT, tidied(), UPGRADE),
    variants=((BRANCHES, FILTER, USE_FILTER, BRANCHES_DRAFT, UPGRADE),),
    untouched="no table branches yet",
    wrong=(
        Wrong((BRANCHES, BRANCHES_DRAFT, UPGRADE), "A draft that was run unread?"),
        # Out of upgrade(), but downgrade() would still make what is there.
        Wrong(
            (
                BRANCHES,
                BRANCHES_DRAFT,
                tidied('op.create_table("phone_list", sa.Column("name", sa.String(), nullable=False))'),
                UPGRADE,
            ),
            "downgrade() of",
        ),
        # A model for the foreign table: Alembic is silent, and no other database has it.
        Wrong((BRANCHES, PHONES, BRANCHES_DRAFT, UPGRADE), "no revision makes it"),
        # Away with what disturbs the draft.
        Wrong(("%sql DROP TABLE phone_list;", BRANCHES, BRANCHES_DRAFT, UPGRADE), "is gone, with its rows"),
        Wrong((BRANCHES, BRANCHES_DRAFT, tidied()), "has not run on the database yet"),
        Wrong((BRANCHES.replace("Mapped[str]", "Mapped[str | None]"),), "may be NULL: each branch has one"),
        Wrong((BRANCHES.replace("id: Mapped[UUID]", "id: Mapped[int]"),), "a UUID is asked for"),
        Wrong((BRANCHES.replace("class Branch", "class Branches"),), "no class Branch."),
    ),
)

EXERCISES = (CURRENCY, BRANCHES_ONLY)
