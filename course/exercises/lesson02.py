"""The exercise of lesson 02: a model of one's own."""

from __future__ import annotations

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


def branch_model(context: Context) -> None:
    """A model with the table branches: a UUID as its key, a city, and perhaps a manager."""
    found = tables(context)
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
    if not columns["id"]["key"] or columns["id"]["type"] != "UUID":
        raise NotYet("The primary key of branches is to be a UUID, as that of accounts.")
    for name in ("city", "manager"):
        if not columns[name]["type"].startswith(("VARCHAR", "STRING", "TEXT")):
            raise NotYet(f"{name} would be of the type {columns[name]['type']}, but it is text.")
    if columns["city"]["nullable"]:
        raise NotYet("As it is, a branch could be nowhere: city may be NULL.")
    if not columns["manager"]["nullable"]:
        raise NotYet("As it is, a branch without a manager could not be opened: manager must have a value.")


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
            Wrong((model('__tablename__ = "branch"', "", ID, CITY, MANAGER),), "They have one named branch."),
        ),
    ),
)
