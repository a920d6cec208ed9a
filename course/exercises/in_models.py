"""What bank/models.py says of tables and columns, for checks that want models and database to agree."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

from .model import Context, NotYet

MODELS = "bank/models.py"


def attribute(context: Context, model: str, name: str) -> str | None:
    """The line that defines an attribute of a model, on one line and without blanks; None: it has none.

    Raises NotYet for a file that is no Python, and for a model that is not there.
    """
    text = context.read(MODELS)
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise _no_python(error) from None
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == model:
            for inner in node.body:
                targets = inner.targets if isinstance(inner, ast.Assign) else [getattr(inner, "target", None)]
                if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                    return "".join(ast.unparse(inner).split())
            return None
    raise NotYet(f"{MODELS} has no class {model} any more.")


def _no_python(error: SyntaxError) -> NotYet:
    return NotYet(f"Line {error.lineno} of {MODELS} is no valid Python: {error.msg}.")


def _brief(error: str) -> str:
    """The first sentence of an error: SQLAlchemy goes on with advice."""
    return re.split(r"(?<=\w\w)\.\s", error, maxsplit=1)[0]


READ = """
import json
from sqlalchemy import make_url
from bank.models import Base

dialect = make_url("cockroachdb://").get_dialect()()
print(json.dumps({
    table.name: {
        column.name: {
            "type": column.type.compile(dialect), "nullable": column.nullable, "key": column.primary_key
        }
        for column in table.columns
    }
    for table in Base.metadata.tables.values()
}))
"""


def tables(context: Context) -> dict[str, dict[str, dict[str, Any]]]:
    """The tables of the models, read as Alembic reads them: by import.

    Gives for each table its columns by name, each with `type` (in CockroachDB's words), `nullable` and `key`.
    Raises NotYet with the error's last line where Python cannot import the models.
    """
    try:
        ast.parse(context.read(MODELS))
    except SyntaxError as error:
        raise _no_python(error) from None
    code, said = context.run(["-c", READ])
    lines = said.strip().splitlines()
    if code or not lines:
        errors = [line for line in lines if re.match(r"[\w.]+(Error|Exception)?: ", line)]
        last = (errors or lines or [f"it ends with exit code {code}"])[-1]
        raise NotYet(f"Python cannot read {MODELS}: {_brief(context.workspace.shorten(last))}")
    found: dict[str, dict[str, dict[str, Any]]] = json.loads(lines[-1])  # above it: warnings
    return found
