"""The whole course on the engine `cockroach`, with the stand-in in the place of the program.

And the lessons in which a cell does what only newer versions do, where it fails on an older one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook_tools.engines import SINCE
from notebook_tools.lessons import notebooks
from notebook_tools.normal import read, text
from notebook_tools.sandbox import Sandbox
from notebook_tools.strict import LENT_VARIABLE
from tests.cluster import whole_course

from .conftest import program, sweep

pytestmark = pytest.mark.long


@pytest.fixture
def own(sandbox: Sandbox) -> Iterator[Sandbox]:
    own = Sandbox(sandbox.path / "cockroach")
    own.make()
    home = own.cluster_home.resolve()
    yield own
    own.close()
    sweep(own.path)
    sweep(home)


def lent(own: Sandbox, program: Path) -> dict[str, str]:
    """The environment of a pytest that works in this sandbox, on this program."""
    return os.environ | own.environment() | {LENT_VARIABLE: str(own.path), "COCKROACH_BINARY": str(program)}


def test_the_whole_course(own: Sandbox, tmp_path: Path) -> None:
    whole_course.run(lent(own, program(tmp_path)))
    assert json.loads((own.cluster_home / "cluster.json").read_text())["engine"] == "cockroach"
    assert "CockroachDB node starting" in (own.cluster_home / "cockroach.log").read_text()


def _shows_newer(path: Path) -> bool:
    return any(tag.startswith(SINCE) for cell in read(path).cells for tag in cell.metadata.get("tags", []))


NEWER = [path for path in notebooks() if _shows_newer(path)]


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
    done = whole_course.strictly(lent(own, program(tmp_path, version)), str(changed))
    assert (done.returncode != 0) is refused, done.stdout[-6000:] + done.stderr[-2000:]
    assert ("the cell failed: NotImplementedError: an older version" in done.stdout) is refused
