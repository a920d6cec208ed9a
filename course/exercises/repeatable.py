"""Whether another `alembic upgrade head` finishes a revision, wherever it failed: read from its text."""

from __future__ import annotations

import ast
import re

from ..migration import Revision
from .model import Context, NotYet

CHANGES = ("add_", "create_", "drop_", "alter_", "rename_", "execute", "batch_alter_table", "bulk_insert")
"""How the operations begin that change something; op.get_context() and op.f() do not."""


def refuse_index_inside(context: Context, column: str) -> None:
    """Raise NotYet for a column that brings its index along: two changes in one line."""
    for revision in context.revisions():
        for call in changes_of(revision):
            said = ast.unparse(call)
            if column in said and "index=True" in said:
                raise NotYet(
                    "index=True makes two statements of one line (read its --sql). If the second one fails, "
                    "the next upgrade meets the column, and stops there."
                )


def refuse_once_only(revision: Revision) -> None:
    """Raise NotYet if a change that cannot be repeated stands before another one in the same revision."""
    changes = changes_of(revision)
    for number, call in enumerate(changes):
        if _made_room(call, changes[:number]):
            continue
        if not _repeatable(call, last=call is changes[-1]):
            name = ast.unparse(call.func)
            if call is changes[-1]:
                raise NotYet(
                    f"{name} makes several changes in {revision.path.name}. If a later one fails, the next "
                    "upgrade meets the first one, and stops there."
                )
            raise NotYet(
                f"{name} stands before another change in {revision.path.name}. If that one fails, the next "
                f"upgrade meets what {name} has made, and stops there."
            )


def changes_of(revision: Revision) -> list[ast.Call]:
    """The calls of op in upgrade() that change something, in their order."""
    for node in ast.parse(revision.path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name == "upgrade":
            calls = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
            for branch in ast.walk(node):  # `if` something is not there yet: repeatable as well
                if isinstance(branch, ast.If):
                    for call in ast.walk(branch):
                        call.conditional = True  # type: ignore[attr-defined]
            found = [
                call
                for call in calls
                if isinstance(call.func, ast.Attribute)
                and isinstance(call.func.value, ast.Name)
                and call.func.value.id == "op"
                and call.func.attr.startswith(CHANGES)
            ]
            return sorted(found, key=lambda call: call.lineno)
    return []


def _made_room(call: ast.Call, before: list[ast.Call]) -> bool:
    """Whether what the call makes is dropped right before it, if it is there."""
    if not before or not call.args or not before[-1].args:
        return False
    drop, name = before[-1], ast.unparse(call.args[0])
    drops = ast.unparse(drop.func) in ("op.drop_constraint", "op.drop_index")
    return drops and ast.unparse(drop.args[0]) == name and _repeatable(drop, last=False)


def _repeatable(call: ast.Call, *, last: bool) -> bool:
    """Whether the call may run again; of the last one, whether all its statements but the last may."""
    if getattr(call, "conditional", False):
        return True
    for keyword in call.keywords:
        if keyword.arg in ("if_not_exists", "if_exists") and isinstance(keyword.value, ast.Constant):
            return bool(keyword.value.value)
    said = " ".join(ast.unparse(argument).upper() for argument in call.args)
    parts = [part for part in said.split(";") if re.search(r"\w", part)]
    return all("IF NOT EXISTS" in part or "IF EXISTS" in part for part in (parts[:-1] if last else parts))
