"""What bank/models.py says of a column, for checks that want model and table to agree."""

from __future__ import annotations

import ast

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
        raise NotYet(f"Line {error.lineno} of {MODELS} is no valid Python: {error.msg}.") from None
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == model:
            for inner in node.body:
                targets = inner.targets if isinstance(inner, ast.Assign) else [getattr(inner, "target", None)]
                if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                    return "".join(ast.unparse(inner).split())
            return None
    raise NotYet(f"{MODELS} has no class {model} any more.")
