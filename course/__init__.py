"""What a notebook loads with `%load_ext course`: the lessons' magics, the workspace, the exercises.

Importing this is cheap; `load_ipython_extension` loads what a cell needs when the cell needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register the magics and start, in the background, the process that makes `%alembic` fast."""
    from .magics import register

    register(shell)
