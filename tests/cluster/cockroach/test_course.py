"""Part one of the course, 00 to 09, strictly, on the engine `cockroach` with the stand-in in its place.

What the server answers is the embedded cluster's: the stand-in serves it. That every cell's outputs are the
stored ones shows that the course needs nothing of an engine but what all have: the URL, start and status.
And the lessons in which a cell does what only newer versions do, where it fails on an older one.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from notebook_tools.engines import SINCE
from notebook_tools.lessons import notebooks
from notebook_tools.normal import read, text
from notebook_tools.sandbox import ROOT, Sandbox

from .conftest import program, sweep


def _cells(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text())["cells"]


def _tags(cell: dict[str, Any]) -> list[str]:
    return cell["metadata"].get("tags", [])


PART_ONE = [path for path in notebooks() if int(path.name[:2]) <= 9]


@pytest.fixture
def own(sandbox: Sandbox) -> Iterator[Sandbox]:
    own = Sandbox(sandbox.path / "cockroach")
    own.path.mkdir()
    yield own
    own.close()
    sweep(own.path)


def strictly(own: Sandbox, program: Path, *paths: Path) -> subprocess.CompletedProcess[str]:
    """Run these notebooks on this program, in this sandbox."""
    environment = os.environ | own.environment()
    environment |= {"NOTEBOOK_TOOLS_SANDBOX": str(own.path), "COCKROACH_BINARY": str(program)}
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-n", "0", "-p", "no:cacheprovider"]
    command += ["-p", "notebook_tools.strict", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT)]
    return subprocess.run(
        [*command, *map(str, paths)], cwd=ROOT, env=environment, capture_output=True, text=True
    )


def test_part_one(own: Sandbox, tmp_path: Path) -> None:
    done = strictly(own, program(tmp_path), *PART_ONE)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    summary = done.stdout.splitlines()[-1]
    cells = sum(cell["cell_type"] == "code" for path in PART_ONE for cell in _cells(path))
    assert re.fullmatch(rf"{cells} passed.* in .*", summary), summary
    assert json.loads((own.cluster_home / "cluster.json").read_text())["engine"] == "cockroach"
    assert "CockroachDB node starting" in (own.cluster_home / "cockroach.log").read_text()


NEWER = [
    path for path in notebooks() if any(tag.startswith(SINCE) for cell in _cells(path) for tag in _tags(cell))
]


def test_lessons_show_what_only_newer_versions_do() -> None:
    assert [path.name for path in NEWER] == ["16-unique.ipynb"]


@pytest.mark.parametrize("path", NEWER, ids=lambda path: path.stem)
@pytest.mark.parametrize(("version", "refused"), [("v25.4.13", False), ("v26.2.4", True)])
def test_where_an_older_version_refuses_the_lesson_goes_on(
    path: Path, version: str, refused: bool, own: Sandbox, tmp_path: Path
) -> None:
    """Its newer cells fail, and do nothing; every other cell of the lesson is as stored, on v25.4."""
    notebook = read(path)
    for cell in notebook.cells:
        if any(tag.startswith(SINCE) for tag in cell.metadata.get("tags", [])):
            cell.source = "raise NotImplementedError('an older version')"
    changed = tmp_path / path.name
    changed.write_text(text(notebook))
    done = strictly(own, program(tmp_path, version), changed)
    assert (done.returncode != 0) is refused, done.stdout[-6000:] + done.stderr[-2000:]
    assert ("the cell failed: NotImplementedError: an older version" in done.stdout) is refused
