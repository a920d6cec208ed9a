"""`%get_bank`: the sample app as a lesson begins with it, in the learner's workspace."""

from __future__ import annotations

import ast
import io
import tokenize

from .workspace import ROOT, Workspace

LATER = ("models.py", "Account", "overdrawn")
"""The one difference between `bank/` and the learner's copy: a lesson lets them add this attribute."""


def get_bank(workspace: Workspace) -> list[str]:
    """Copy the app into the workspace and give the names of the files, relative to it."""
    names = []
    for source in sorted((ROOT / "bank").glob("*.py")):
        text = source.read_text(encoding="utf-8")
        if source.name == LATER[0]:
            text = without_attribute(text, *LATER[1:])
        target = workspace.path(f"bank/{source.name}")
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, encoding="utf-8")
        names.append(f"bank/{source.name}")
    return names


def without_attribute(text: str, owner: str, attribute: str) -> str:
    """Source code without one attribute of one class, and without the imports that only it needs.

    Raises LookupError if there is none: then the app and this course have drifted apart.
    """
    tree = ast.parse(text)
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == owner]
    members = [node for found in classes for node in found.body if isinstance(node, ast.AnnAssign)]
    nodes: list[ast.stmt] = [node for node in members if ast.unparse(node.target) == attribute]
    if not nodes:
        raise LookupError(f"no attribute {owner}.{attribute}")
    lines = _without_lines(text, nodes)
    unused = _unused_imports(lines)
    return _without_lines(lines, unused)


def _without_lines(text: str, nodes: list[ast.stmt]) -> str:
    gone = {line for node in nodes for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    return "".join(
        line for number, line in enumerate(text.splitlines(keepends=True), 1) if number not in gone
    )


def _unused_imports(text: str) -> list[ast.stmt]:
    """The import statements of which no name is used."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    words = [token.string for token in tokens if token.type == tokenize.NAME]
    return [
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        and all(words.count((alias.asname or alias.name).split(".")[0]) == 1 for alias in node.names)
    ]
