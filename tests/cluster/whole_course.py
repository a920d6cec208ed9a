"""All lessons, strictly, on the engine that an environment names: for the tests of engines.

What the server answers is the embedded cluster's in these tests, too. That every cell's outputs are the
stored ones shows that the course needs nothing of an engine but what all have: the URL, start and status.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

from notebook_tools.engines import EMBEDDED_ONLY, EMBEDDED_OUTPUT
from notebook_tools.lessons import notebooks
from notebook_tools.normal import read
from notebook_tools.sandbox import ROOT
from notebook_tools.strict import PASSED_OVER

LIMIT = 1200
"""Seconds after which it is taken for one that hangs: it takes some 120."""


def run(environment: dict[str, str], *options: str) -> None:
    """Run all lessons with these options of pytest's: every cell must run, and pass. Raises AssertionError.

    Nothing may be passed over but what the cells' tags say of clusters of the lessons' version.
    """
    done = strictly(environment, *options, *(str(path) for path in notebooks()))
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    cells = list(_cells())
    summary = done.stdout.splitlines()[-1]
    assert re.fullmatch(rf"{len(cells)} passed(, \d+ warnings?)? in .*", summary), summary
    assert {line for line in done.stdout.splitlines() if line.startswith(PASSED_OVER)} == {
        f"{PASSED_OVER}: {node} ({tag})"
        for node, tags in cells
        for tag in (EMBEDDED_ONLY, EMBEDDED_OUTPUT)
        if tag in tags
    }


def strictly(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """`pytest --nbval` with these options and notebooks, which may lie anywhere."""
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-n", "0", "-p", "no:cacheprovider"]
    command += ["-p", "notebook_tools.strict", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT)]
    return subprocess.run(
        [*command, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LIMIT
    )


def _cells() -> Iterator[tuple[str, list[str]]]:
    """Every code cell of the course: its test's name, and its tags."""
    for path in notebooks():
        code = [cell for cell in read(path).cells if cell.cell_type == "code"]
        for number, cell in enumerate(code, 1):
            yield f"{path.relative_to(ROOT)}::Cell {number}", cell.metadata.get("tags", [])
