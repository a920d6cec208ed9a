"""ipython-sql without what it loads for things that a lesson may never do: 0.35 of the 0.55 seconds it takes.

It loads pandas to recognize a DataFrame in `%sql --persist`, and pgspecial (with all of psycopg 3) for `\\d`,
which works on PostgreSQL only.
"""

from __future__ import annotations

import importlib
import sys
import types
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
