"""The command line that the scripts which run notebooks share."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from notebook_tools.lessons import UnknownNotebook, chosen


def notebooks_and_timeout(
    prog: str, description: str | None, arguments: Sequence[str]
) -> tuple[list[Path], float]:
    """Read the notebooks to run (all, if none is named) and the seconds that a cell may take.

    Of the description its first paragraph is shown. Ends the program with a line that says what is wrong.
    """
    parser = argparse.ArgumentParser(prog=prog, description=(description or "").split("\n\n")[0])
    parser.add_argument("notebooks", nargs="*", help="numbers, names or paths (default: all)")
    parser.add_argument(
        "--timeout", type=float, default=120, help="seconds for a cell (default: %(default)s)"
    )
    options = parser.parse_args(arguments)
    try:
        return chosen(options.notebooks), options.timeout
    except UnknownNotebook as error:
        parser.error(str(error))
