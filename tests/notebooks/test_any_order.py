"""Restart-and-Run-All works on each notebook: after any other, after a learner has broken things, and twice.

The notebooks are run from last to first in one sandbox, each over what the one before left. That each runs
alone is what `pytest --nbval` shows, and that all run in order, `make course`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text

import cluster
from notebook_tools.compare import difference, read_rules
from notebook_tools.lessons import notebooks
from notebook_tools.normal import read
from notebook_tools.runner import run_notebook
from notebook_tools.sandbox import Sandbox

BACKWARDS = notebooks()[::-1]


@pytest.fixture(scope="module")
def own(sandbox: Sandbox) -> Iterator[Sandbox]:
    own = Sandbox(sandbox.path / "any-order")
    own.path.mkdir()
    yield own
    own.close()


@pytest.fixture
def connect(own: Sandbox) -> Iterator[Callable[[str], Connection]]:
    """A function that connects to a database of the cluster; each statement commits by itself."""
    running = cluster.start(own.cluster_home)
    opened: list[Connection] = []

    def to(database: str) -> Connection:
        engine = create_engine(running.url(database), isolation_level="AUTOCOMMIT")
        opened.append(engine.connect())
        return opened[-1]

    yield to
    for connection in opened:
        connection.invalidate()  # the lesson may have cut it off: nothing to say goodbye to
        connection.close()


def break_the_files(workspace: Path) -> None:
    """As a learner might leave them: a file gone, a file spoiled, files of their own."""
    (workspace / "bank").mkdir(parents=True, exist_ok=True)
    (workspace / "bank" / "models.py").write_text("this is no Python\n")
    (workspace / "alembic.ini").unlink(missing_ok=True)
    (workspace / "alembic").mkdir(exist_ok=True)
    (workspace / "alembic" / "env.py").write_text("raise SystemExit(3)\n")
    (workspace / "notes.txt").write_text("mine\n")


@pytest.mark.parametrize("path", BACKWARDS, ids=[path.stem for path in BACKWARDS])
def test_after_a_learner_broke_it_and_twice(
    path: Path, own: Sandbox, connect: Callable[[str], Connection]
) -> None:
    break_the_files(own.workspace)
    connect("defaultdb").execute(text("DROP DATABASE IF EXISTS bank CASCADE"))
    if BACKWARDS.index(path) % 2:
        # The other half: a database that is there, but not as any lesson made it, and in use.
        connect("defaultdb").execute(text("CREATE DATABASE bank"))
        in_use = connect("bank")
        in_use.execute(text("CREATE TABLE accounts (wrong STRING PRIMARY KEY)"))
        in_use.execute(text("BEGIN"))
        in_use.execute(text("INSERT INTO accounts VALUES ('unfinished')"))

    stored = read(path)
    first = run_notebook(stored, path.parent, own, timeout=120)
    assert first.failure is None, first.failure
    kept = list((own.workspace / ".kept").glob("*/notes.txt"))
    assert [file.read_text() for file in kept][-1:] == ["mine\n"]

    again = run_notebook(stored, path.parent, own, timeout=120)
    assert again.failure is None, again.failure
    rules = read_rules()
    for number, (old, new) in enumerate(zip(stored.cells, again.notebook.cells, strict=True), 1):
        if old.cell_type == "code" and "nbval-ignore-output" not in old.metadata.get("tags", []):
            differs = difference(old.outputs, new.outputs, rules)
            assert differs is None, f"the cell at place {number}, run twice:\n{differs}"
