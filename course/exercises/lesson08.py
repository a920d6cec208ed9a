"""The exercises of lesson 08, autogenerate."""

from __future__ import annotations

import ast

from .model import Context, Exercise, NotYet, Wrong
from .revised import maker, refuse_by_hand, refuse_waiting

MODELS = "bank/models.py"
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


def currency_column(context: Context) -> None:
    """A column currency in the model Account and in the table, by a revision, both of the same kind."""
    in_model = _in_model(context)
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
    refuse_by_hand(context, "currency", "column")


def _in_model(context: Context) -> bool:
    """Whether the class Account has an attribute currency. Raises NotYet for what is no Python."""
    try:
        tree = ast.parse(context.read(MODELS))
    except SyntaxError as error:
        raise NotYet(f"Line {error.lineno} of {MODELS} is no valid Python: {error.msg}.") from None
    account = next(
        (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Account"), None
    )
    if account is None:
        raise NotYet(f"{MODELS} has no class Account any more.")
    names = [
        target.id
        for node in account.body
        if isinstance(node, ast.AnnAssign | ast.Assign)
        for target in ([node.target] if isinstance(node, ast.AnnAssign) else node.targets)
        if isinstance(target, ast.Name)
    ]
    return "currency" in names


def _refuse_other_kinds(data_type: str, nullable: bool) -> None:
    if data_type in ("STRING", "VARCHAR"):
        raise NotYet(f"currency is a {data_type} of any length: a code has three letters.")
    if data_type not in ("STRING(3)", "VARCHAR(3)", "CHAR(3)"):
        raise NotYet(f"currency is of the type {data_type}: a code of three letters is a string of length 3.")
    if not nullable:
        raise NotYet("currency must not be NULL, but the old accounts have no currency yet.")


EXERCISES = (
    Exercise(
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
                ("%sql ALTER TABLE accounts ADD COLUMN currency STRING(3);",), "the model does not know it"
            ),
        ),
    ),
)
