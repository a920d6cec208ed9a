"""The exercise of lesson 02: a model of one's own."""

from __future__ import annotations

import json

from .in_models import MODELS, tables
from .model import Context, Exercise, NotYet, Wrong


def model(*lines: str, head: str = "class Branch(Base):") -> str:
    """The cell that puts a class in front of Account."""
    return "\n".join(
        [f'%%edit {MODELS} --before "class Account(Base):"', head, *(f"    {line}" for line in lines)]
    )


TABLE = '__tablename__ = "branches"'
ID = "id: Mapped[UUID] = mapped_column(primary_key=True)"
CITY = "city: Mapped[str]"
MANAGER = "manager: Mapped[str | None]"


MAPPED = """
import json
from bank.models import Base

print(json.dumps([[mapper.class_.__name__, mapper.local_table.name] for mapper in Base.registry.mappers]))
"""


def branch_model(context: Context) -> None:
    """A model Branch: a UUID as its key, a city, perhaps a manager. And no such table in the database."""
    found = tables(context)
    if "accounts" not in found:
        raise NotYet("The models have no table accounts any more, and the app needs it.")
    if "branches" not in found:
        other = sorted(set(found) - {"accounts"})
        if "class Branch" in context.read(MODELS) and not other:
            raise NotYet(
                "There is a class Branch, but Base gathers no table of it. What does Account inherit from?"
            )
        there = f" They have one named {other[0]}." if other else ""
        raise NotYet(f"The models have no table branches yet.{there}")
    columns = found["branches"]
    for name in ("id", "city", "manager"):
        if name not in columns:
            raise NotYet(f"The table branches would have no column {name}.")
    keys = [name for name, column in columns.items() if column["key"]]
    if keys != ["id"] or columns["id"]["type"] != "UUID":
        raise NotYet("The primary key of branches is to be a UUID alone, as that of accounts.")
    for name in ("city", "manager"):
        if not columns[name]["type"].startswith(("VARCHAR", "STRING", "TEXT")):
            raise NotYet(f"{name} would be of the type {columns[name]['type']}, but it is text.")
    if columns["city"]["nullable"]:
        raise NotYet("As it is, a branch could be nowhere: city may be NULL.")
    if not columns["manager"]["nullable"]:
        raise NotYet("As it is, a branch without a manager could not be opened: manager must have a value.")
    _, said = context.run(["-c", MAPPED])
    if ["Branch", "branches"] not in json.loads(said.strip().splitlines()[-1]):
        raise NotYet("The table branches has no model Branch: the app wants a class of that name.")
    if "branches" in context.tables():
        raise NotYet(
            "The model is right. But the database has a table branches, which no model creates: drop that."
        )


EXERCISES = (
    Exercise(
        number="02.1",
        task="Write a model Branch for a table branches: id, city, and a manager whom it may not have yet.",
        check=branch_model,
        done="The app knows what a branch is. The database does not: a model creates nothing.",
        hints=(
            "Account has all that you need: copy the class, and change the names.",
            "The type in Mapped[…] says what kind of value it is and, with | None, that there may be none.",
            "Text is str in Python. Each model names its table in __tablename__.",
        ),
        solution=(model(TABLE, "", ID, CITY, MANAGER),),
        variants=(
            (
                f'%%edit {MODELS} --replace "from uuid import UUID"\nfrom uuid import UUID, uuid4\n\n'
                "from sqlalchemy import String",
                model(
                    TABLE,
                    "",
                    "id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)",
                    "city: Mapped[str] = mapped_column(String(80))",
                    "manager: Mapped[str] = mapped_column(String(80), nullable=True)",
                ),
            ),
            (
                f'%%edit {MODELS} --after "from uuid import UUID"\n\n'
                "from sqlalchemy import Column, Table, Text, Uuid",
                model(
                    '__table__ = Table("branches", Base.metadata, Column("id", Uuid, primary_key=True),',
                    '    Column("city", Text, nullable=False), Column("manager", Text))',
                ),
            ),
        ),
        untouched="no table branches yet",
        wrong=(
            Wrong((model(ID, CITY, MANAGER),), "does not have a __table__ or __tablename__"),
            Wrong(
                (model(TABLE, "", ID, CITY, MANAGER, head="class Branch:"),),
                "Base gathers no table of it",
            ),
            Wrong((model(TABLE, "", ID, CITY, "manager: Mapped[str]"),), "without a manager"),
            Wrong((model(TABLE, "", ID, "city: Mapped[str | None]", MANAGER),), "could be nowhere"),
            Wrong((model(TABLE, "", "id: Mapped[UUID]", CITY, MANAGER),), "primary key"),
            Wrong(
                (model(TABLE, "", ID, f"{CITY} = mapped_column(primary_key=True)", MANAGER),), "UUID alone"
            ),
            Wrong((model(TABLE, "", ID, CITY, MANAGER, head="class Branches(Base):"),), "no model Branch"),
            Wrong((model(TABLE, "", ID, "city: str", MANAGER),), "can't be correctly interpreted"),
            Wrong((model(TABLE, "", ID, CITY, MANAGER, head="class Branch(Base)"),), "is no valid Python"),
            Wrong((f'%%edit {MODELS} --before "class Account(Base):"\nraise SystemExit',), "exit code"),
            # In the place of Account.
            Wrong(
                (
                    f'%%edit {MODELS} --replace "class Account(Base):"\nclass Branch(Base):',
                    f"%%edit {MODELS} --replace '__tablename__ = \"accounts\"'\n{TABLE}",
                ),
                "no table accounts any more",
            ),
            # The model, and what no model does.
            Wrong(
                (
                    model(TABLE, "", ID, CITY, MANAGER),
                    "%sql CREATE TABLE branches (id UUID PRIMARY KEY, city STRING NOT NULL, manager STRING)",
                ),
                "which no model creates",
            ),
            Wrong((model('__tablename__ = "branch"', "", ID, CITY, MANAGER),), "They have one named branch."),
        ),
    ),
)
