"""Part one of the course, 00 to 09, strictly, on the engine `cockroach` with the stand-in in its place.

What the server answers is the embedded cluster's: the stand-in serves it. That every cell's outputs are the
stored ones shows that the course needs nothing of an engine but what all have: the URL, start and status.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook_tools.lessons import notebooks
from notebook_tools.sandbox import ROOT, Sandbox

from .conftest import program, sweep

PART_ONE = [path for path in notebooks() if int(path.name[:2]) <= 9]


@pytest.fixture
def own(sandbox: Sandbox) -> Iterator[Sandbox]:
    own = Sandbox(sandbox.path / "cockroach")
    own.path.mkdir()
    yield own
    own.close()
    sweep(own.path)


def test_part_one(own: Sandbox, tmp_path: Path) -> None:
    environment = os.environ | own.environment()
    environment |= {"NOTEBOOK_TOOLS_SANDBOX": str(own.path), "COCKROACH_BINARY": str(program(tmp_path))}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval",
        "-q",
        "-n",
        "0",
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run(
        [*command, *map(str, PART_ONE)], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    summary = done.stdout.splitlines()[-1]
    cells = sum(cell["cell_type"] == "code" for path in PART_ONE for cell in _cells(path))
    assert re.fullmatch(rf"{cells} passed.* in .*", summary), summary
    assert json.loads((own.cluster_home / "cluster.json").read_text())["engine"] == "cockroach"
    assert "CockroachDB node starting" in (own.cluster_home / "cockroach.log").read_text()


def _cells(path: Path) -> list[dict[str, object]]:
    return json.loads(path.read_text())["cells"]
