"""What %sql needs, without what that loads for things that a lesson may never do in the notebook's process.

ipython-sql loads pandas to recognize a DataFrame in `%sql --persist`, and pgspecial (with all of psycopg 3)
for `\\d`, which works on PostgreSQL only: 0.35 of the 0.55 seconds that it takes. SQLAlchemy's dialect for
CockroachDB loads Alembic to make itself known there: 0.1 of its 0.3 seconds. `%alembic` has a process of its
own; where a cell imports Alembic, the dialect is made known then.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
import types
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

_FRAMES = "pandas.core.frame"
_SPECIAL = "pgspecial.main"


class _Later(type):
    """A class that stands for one of pandas': it loads pandas when something is compared with it."""

    def __instancecheck__(cls, thing: object) -> bool:
        return isinstance(thing, getattr(importlib.import_module("pandas"), cls.__name__))


def load(name: str) -> Any:
    """Import ipython-sql's module `name`, with pandas to come later and without pgspecial."""
    frames = types.ModuleType(_FRAMES)
    vars(frames).update({known: _Later(known, (), {}) for known in ("DataFrame", "Series")})
    stand_ins = {_FRAMES: frames, _SPECIAL: None}
    placed = {key: module for key, module in stand_ins.items() if key not in sys.modules}
    sys.modules.update(placed)  # type: ignore[arg-type]  # None: an import of it fails
    try:
        return importlib.import_module(name)
    finally:
        for key in placed:
            sys.modules.pop(key, None)


_ALEMBIC = "alembic"
_DIALECT = "sqlalchemy_cockroachdb.base"


def load_dialect() -> None:
    """Import SQLAlchemy's dialect for CockroachDB, with Alembic to come later."""
    if _ALEMBIC in sys.modules or _DIALECT in sys.modules:
        importlib.import_module(_DIALECT)
        return
    sys.modules[_ALEMBIC] = None  # type: ignore[assignment]  # an import of it fails, and is passed over
    try:
        dialect = importlib.import_module(_DIALECT)
    finally:
        del sys.modules[_ALEMBIC]
    sys.meta_path.insert(0, _WhenAlembicComes(dialect))


class _WhenAlembicComes:
    """Finds the package alembic as Python does, once, and lets the dialect do then what it left out."""

    def __init__(self, dialect: types.ModuleType) -> None:
        self._dialect = dialect

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != _ALEMBIC:
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        load = spec.loader.exec_module

        def load_and_tell(module: types.ModuleType) -> None:
            load(module)
            for statement in _about_alembic(self._dialect):
                code = compile(ast.Module([statement], []), str(self._dialect.__file__), "exec")
                exec(code, vars(self._dialect))  # noqa: S102 (the library's own lines)

        spec.loader.exec_module = load_and_tell  # type: ignore[method-assign]
        return spec


def _about_alembic(dialect: types.ModuleType) -> list[ast.Try]:
    """The statements `try: import alembic… except ImportError: …` of the dialect's module."""
    return [
        node
        for node in ast.parse(inspect.getsource(dialect)).body
        if isinstance(node, ast.Try)
        and any(
            isinstance(inner, ast.Import) and inner.names[0].name.partition(".")[0] == _ALEMBIC
            for inner in node.body
        )
    ]
