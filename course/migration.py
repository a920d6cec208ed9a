"""`%%migration`: puts upgrade() and downgrade() into the newest revision file."""

from __future__ import annotations

import ast
import configparser
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .errors import CourseError

HEADER = {"revision", "down_revision", "branch_labels", "depends_on"}
"""What Alembic writes into a revision file; a cell does not change it."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision file: its id and the ids that it follows."""

    id: str
    parents: frozenset[str]
    path: Path


def revisions(project: Path) -> list[Revision]:
    """The revisions of the project in this folder, unordered.

    Read as text, so that a file that is no valid Python is found too. Raises CourseError without alembic.ini,
    and for a file that is no text.
    """
    parser = configparser.RawConfigParser()
    if not parser.read(project / "alembic.ini") or not parser.has_option("alembic", "script_location"):
        raise CourseError("There is no alembic.ini here. Make it with: %alembic init alembic")
    location = parser.get("alembic", "script_location").replace("%(here)s", str(project))
    found = []
    for path in sorted((project / location / "versions").glob("*.py")):
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise CourseError(f"{path.name} is no text in UTF-8: save it anew from the editor.") from None
        own = re.search(r"^revision\b[^=\n]*=\s*['\"]([^'\"]+)['\"]", text, re.MULTILINE)
        follows = re.search(r"^down_revision\b[^=\n]*=(.*?)(?=^\S)", text, re.MULTILINE | re.DOTALL)
        if own:
            parents = re.findall(r"['\"]([^'\"]+)['\"]", follows[1]) if follows else []
            found.append(Revision(own[1], frozenset(parents), path))
    return found


def choose(known: list[Revision], wanted: str = "") -> Revision:
    """The revision `wanted` (the beginning of its id), else the newest: the one that no other follows.

    Raises CourseError if there is none, or more than one.
    """
    if not known:
        raise CourseError('There is no revision yet. Make one with: %alembic revision -m "what it does"')
    if wanted and wanted != "head":
        matching = [revision for revision in known if revision.id.startswith(wanted)]
        if len(matching) != 1:
            ids = ", ".join(revision.id for revision in matching or known)
            raise CourseError(f"{len(matching) or 'No'} revisions begin with {wanted}. Choose one of: {ids}.")
        return matching[0]
    followed = frozenset().union(*(revision.parents for revision in known))
    heads = [revision for revision in known if revision.id not in followed]
    if len(heads) != 1:
        ids = ", ".join(revision.id for revision in heads) or "they follow each other in a circle"
        raise CourseError(f"There are {len(heads)} heads ({ids}). Name one: %%migration REVISION")
    return heads[0]


def ran(known: list[Revision], stamped: Iterable[str]) -> set[str]:
    """The ids that a database has behind it whose alembic_version holds `stamped`."""
    parents = {revision.id: revision.parents for revision in known}
    found: set[str] = set()
    waiting = list(stamped)
    while waiting:
        if (one := waiting.pop()) not in found:
            found.add(one)
            waiting.extend(parents.get(one, ()))
    return found


def fill(text: str, body: str) -> str:
    """The revision file `text` with what the cell `body` defines.

    upgrade(), downgrade() and other functions or names replace those of the same name; new ones go before
    upgrade(). Imports join the file's imports. The header with the revision ids stays.
    Raises CourseError, with the line as the cell counts it, for what is no Python or does not belong there.
    """
    tree = _parse(body)
    source = body.splitlines()
    pieces = [_Piece(node, source) for node in tree.body if not _is_docstring(node, tree)]
    _refuse(pieces)
    try:
        ast.parse(text)
    except SyntaxError as error:
        raise CourseError(
            f"The revision file is no valid Python (line {error.lineno}). Mend it, then run this again."
        ) from None
    for piece in pieces:
        if isinstance(piece.node, ast.Import | ast.ImportFrom):
            text = _add_import(text, piece)
        else:
            text = _put(text, piece)
    return text


class _Piece:
    """One top-level statement of a cell with its comments."""

    def __init__(self, node: ast.stmt, lines: list[str]) -> None:
        first, last = _extent(node, lines)
        self.node = node
        self.source = "\n".join(lines[first:last])
        self.name = _name(node)


def _parse(body: str) -> ast.Module:
    try:
        return ast.parse(body)
    except SyntaxError as error:
        # The cell's first line is %%migration itself.
        line = (error.lineno or 1) + 1
        raise CourseError(f"Line {line} of the cell is no valid Python: {error.msg}.") from None


def _refuse(pieces: list[_Piece]) -> None:
    for piece in pieces:
        line = piece.node.lineno + 1
        if piece.name in HEADER:
            raise CourseError(
                f"Line {line} of the cell sets {piece.name}: Alembic wrote it, leave it out here."
            )
        if piece.name is None and not isinstance(piece.node, ast.Import | ast.ImportFrom):
            raise CourseError(
                f"Line {line} of the cell stands outside of upgrade() and downgrade(): put it into one."
            )
        if piece.name in ("upgrade", "downgrade") and not isinstance(piece.node, ast.FunctionDef):
            raise CourseError(
                f"Line {line} of the cell: {piece.name} must be a function: def {piece.name}():"
            )
    if not {"upgrade", "downgrade"}.intersection(piece.name or "" for piece in pieces):
        raise CourseError("The cell defines neither upgrade() nor downgrade(): define one of them or both.")


def _name(node: ast.stmt) -> str | None:
    """What a top-level statement defines, if it defines one name."""
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return None


def _is_docstring(node: ast.stmt, tree: ast.Module) -> bool:
    return node is tree.body[0] and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _extent(node: ast.stmt, lines: list[str]) -> tuple[int, int]:
    """The statement's lines as a slice: its decorators, the comments right above, those that end its body."""
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)]) - 1
    while first > 0 and lines[first - 1].startswith("#"):
        first -= 1
    last = end = node.end_lineno or node.lineno
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        while end < len(lines) and (not lines[end].strip() or lines[end].startswith((" ", "\t"))):
            end += 1
            if lines[end - 1].strip():
                last = end
    return first, last


def _add_import(text: str, piece: _Piece) -> str:
    tree = ast.parse(text)
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    if ast.unparse(piece.node) in [ast.unparse(node) for node in imports]:
        return text
    lines = text.splitlines()
    # With no import in the file: after the docstring, which Alembic's template always writes.
    place = max((node.end_lineno or 0 for node in imports or tree.body[:1]), default=0)
    return "\n".join([*lines[:place], *piece.source.splitlines(), *lines[place:]]) + "\n"


def _put(text: str, piece: _Piece) -> str:
    tree, lines = ast.parse(text), text.splitlines()
    own = [node for node in tree.body if _name(node) == piece.name]
    if own:
        first, last = _extent(own[-1], lines)
        new = piece.source.splitlines()
    else:
        functions = [node for node in tree.body if _name(node) in ("upgrade", "downgrade")]
        after = piece.name == "downgrade" or not functions
        first = last = len(lines) if after else _extent(functions[0], lines)[0]
        gap = [""] * (2 if isinstance(piece.node, ast.FunctionDef) else 1)
        new = [*gap, *piece.source.splitlines()] if after else [*piece.source.splitlines(), *gap]
    return "\n".join([*lines[:first], *new, *lines[last:]]) + "\n"
