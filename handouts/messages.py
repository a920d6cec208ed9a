"""What the checks of the exercises say, read from their source: whole sentences, `…` for what varies.

A wrong answer names only a part of what it must be told. To hear the whole of it takes a cluster; the source
of the check has it too.
"""

from __future__ import annotations

import ast
import functools
from pathlib import Path

from course import exercises

FOLDER = Path(exercises.__file__).parent


def whole(part: str, number: str) -> str:
    """The message with this part in it, else the part between dots. number: that of the lesson.

    The lesson's own file comes first, then what its lessons share; where two messages fit, neither is taken.
    """
    own = FOLDER / f"lesson{number}.py"
    shared = sorted(path for path in FOLDER.glob("*.py") if not path.stem.startswith("lesson"))
    for paths in ([own] if own.exists() else [], shared):
        found = {text for path in paths for text in of_file(path) if part.strip() in text}
        if len(found) == 1:
            return found.pop()
        if found:
            break
    return f"… {part.strip()} …"


@functools.lru_cache
def of_file(path: Path) -> tuple[str, ...]:
    """The messages of one file."""
    return tuple(messages(path.read_text(encoding="utf-8")))


def messages(source: str) -> list[str]:
    """The texts given to exceptions in Python source: `raise NotYet("…")`, also behind an `if … else`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            for argument in node.exc.args:
                found += texts(argument)
    return found


def texts(node: ast.expr) -> list[str]:
    """The texts that an expression can be."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=values):
            return ["".join(str(v.value) if isinstance(v, ast.Constant) else "…" for v in values)]
        case ast.IfExp(body=body, orelse=orelse):
            return texts(body) + texts(orelse)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return [one + other for one in texts(left) or ["…"] for other in texts(right) or ["…"]]
    return []
