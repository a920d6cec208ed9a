"""What is not the course's stays as it is, byte for byte, after every command and every notebook."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import make_url

import cluster
from cluster import mark
from cluster.home import MAKING, Home
from course import database
from course.errors import CourseError
from notebook_tools.lessons import notebooks
from notebook_tools.normal import read
from notebook_tools.runner import run_notebook
from notebook_tools.sandbox import Sandbox

from .conftest import ROOT, Learner, Someones, environment, fill

COMMANDS = [
    ["start"],
    ["start", "--port", "26300"],
    ["stop"],
    ["status"],
    ["status", "--json"],
    ["url"],
    ["sql", "--database", "bank", "-e", "SELECT * FROM accounts"],
    ["doctor"],
    ["logs"],
    ["reset", "--yes"],
    ["reset", "--yes", "--anyones"],
    ["use", "--none"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_after_every_command(foreign: Someones, learner: Learner, command: list[str]) -> None:
    before = foreign.dump()
    assert "database bank" in before
    assert "database shop" in before
    learner.run(*command, CLUSTER_URL=foreign.plain, code=None)
    assert foreign.dump() == before


def test_every_command_is_among_them() -> None:
    from cluster.__main__ import COMMANDS as KNOWN

    local = {"install"}  # which looks at no cluster
    assert {command[0] for command in COMMANDS} >= set(KNOWN) - local


@pytest.mark.parametrize("arguments", [["--yes"], ["--yes", "--anyones"]])
def test_reset_refuses_in_one_line(foreign: Someones, learner: Learner, arguments: list[str]) -> None:
    line = learner.refused("reset", *arguments, CLUSTER_URL=foreign.plain)
    assert (
        "has a database bank that this course did not make. It is left alone. Lessons need that name" in line
    )


def made_by(someones: Someones, home: Path) -> None:
    """A `bank` as the course makes it for the learner of this home."""
    someones.run("CREATE DATABASE bank")
    someones.run(mark.statement(Home(home)))
    someones.run("CREATE TABLE accounts (id INT8 PRIMARY KEY)", "bank")


def test_reset_drops_our_own_and_nothing_else(clean: Someones, learner: Learner) -> None:
    before = clean.dump()
    made_by(clean, learner.home)
    assert learner.run("reset", stdin="no\n", CLUSTER_URL=clean.plain, code=1).stderr.startswith(
        "Nothing was"
    )
    assert clean.run("SELECT 1 FROM accounts", "bank") == []
    said = learner.run("reset", "--yes", CLUSTER_URL=clean.plain).stdout
    assert said == "The course's database bank is dropped.\n"
    assert clean.dump() == before
    said = learner.run("reset", "--yes", CLUSTER_URL=clean.plain).stdout
    assert said == "There is no database bank there.\n"


def test_another_learners_is_dropped_only_when_asked_for(clean: Someones, learner: Learner, tmp_path) -> None:
    made_by(clean, tmp_path / "another")
    line = learner.refused("reset", "--yes", CLUSTER_URL=clean.plain)
    assert "is another learner's, or yours from another folder of the course." in line
    assert clean.run("SELECT 1 FROM accounts", "bank") == []
    learner.run("reset", "--yes", "--anyones", CLUSTER_URL=clean.plain)
    assert clean.run(mark.COMMENT) == []


def test_the_mark_stays_with_the_database_and_not_with_the_name(clean: Someones, learner: Learner) -> None:
    made_by(clean, learner.home)
    clean.run("ALTER DATABASE bank RENAME TO vault")
    clean.run("CREATE DATABASE bank")
    before = clean.dump()
    assert "did not make" in learner.refused("reset", "--yes", CLUSTER_URL=clean.plain)
    assert clean.dump() == before
    clean.run("DROP DATABASE bank CASCADE")
    clean.run("ALTER DATABASE vault RENAME TO bank")
    learner.run("reset", "--yes", CLUSTER_URL=clean.plain)
    assert clean.run(mark.COMMENT) == []


@pytest.mark.parametrize("comment", ["NULL", "''", "'Our bank'", "'Made by the course'"])
def test_other_comments_are_no_marks(foreign: Someones, learner: Learner, comment: str) -> None:
    foreign.run(f"COMMENT ON DATABASE bank IS {comment}")
    assert "did not make" in learner.refused("reset", "--yes", "--anyones", CLUSTER_URL=foreign.plain)


# -------------------------------------------------------------------- notebooks


@pytest.fixture
def own(sandbox: Sandbox, someones: Someones, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """A learner's home and workspace, and a shell in which CLUSTER_URL is set."""
    own = Sandbox(sandbox.path / "guards")
    own.path.mkdir(exist_ok=True)
    monkeypatch.setenv("CLUSTER_URL", someones.plain)
    monkeypatch.delenv("CLUSTER_ENGINE")
    yield own
    own.close()


@pytest.mark.parametrize("path", notebooks(), ids=[path.stem for path in notebooks()])
def test_each_notebook_stops_at_its_first_cell(path: Path, foreign: Someones, own: Sandbox) -> None:
    before = foreign.dump()
    (own.workspace).mkdir(exist_ok=True)
    (own.workspace / "notes.txt").write_text("mine\n")
    outcome = run_notebook(read(path), path.parent, own, timeout=60)
    assert outcome.failure is not None
    assert outcome.failure.startswith("  cell 1: the cell failed: CourseError: The cluster at 127.0.0.1:")
    assert "has a database bank that this course did not make. It is left alone." in outcome.failure
    assert "Traceback" not in outcome.failure
    assert foreign.dump() == before
    assert [each.name for each in own.workspace.iterdir()] == ["notes.txt"]


def test_another_learners_lesson_is_not_swept_away(clean: Someones, own: Sandbox, tmp_path: Path) -> None:
    made_by(clean, tmp_path / "another")
    outcome = run_notebook(read(notebooks()[4]), notebooks()[4].parent, own, timeout=60)
    assert outcome.failure is not None
    assert "is another learner's" in outcome.failure
    assert clean.run("SELECT 1 FROM accounts", "bank") == []


def test_tests_pass_over_a_persons_cluster(foreign: Someones, own: Sandbox) -> None:
    """A shell in which CLUSTER_URL is set must not let tests loose on what it names."""
    before = foreign.dump()
    first = str(notebooks()[0].relative_to(ROOT))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval", "-n", "0", first],
        cwd=ROOT,
        env=environment(foreign),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    assert "passed over: CLUSTER_URL (with --engine-from-environment" in done.stdout
    assert foreign.dump() == before


@pytest.mark.parametrize("tool", ["tests.cluster.load.__main__", "scripts.bench.__main__"])
def test_what_is_rough_with_a_cluster_forgets_a_persons(someones: Someones, tool: str) -> None:
    """`make load` kills its cluster, `make bench` wears it out."""
    code = (
        "import importlib, os, sys; from unittest import mock; sys.argv[1:] = [];"
        f"tool = importlib.import_module({tool!r});"
        "parts = getattr(tool, 'PARTS', {});"
        "[parts.update({name: lambda rounds: None}) for name in parts];"
        "tool.load = tool.kills = lambda *_: True; tool.main();"
        "print('left:', os.environ.get('CLUSTER_URL'), os.environ.get('CLUSTER_ENGINE'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment(someones), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "left: None embedded"


def test_reset_of_what_is_here(clean: Someones, learner: Learner) -> None:
    """As `make clean` does it."""
    made_by(clean, learner.home)
    before = (clean.dump(), clean.run(mark.COMMENT))
    said = learner.run("reset", "--here", "--yes", CLUSTER_URL=clean.plain).stdout
    assert said == "There is no cluster here.\n"
    assert (clean.dump(), clean.run(mark.COMMENT)) == before


def test_one_cluster_is_for_one_process(someones: Someones) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--nbval",
            "--engine-from-environment",
            "notebooks/00-start-here.ipynb",
        ],
        cwd=ROOT,
        env=environment(someones),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 4
    assert "CLUSTER_URL names one cluster, with one database bank: add -n 0" in done.stderr


def test_a_restart_in_the_middle_leaves_no_database_that_is_nobodys(
    clean: Someones, own: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mark is set with the database, not when the lesson is ready."""
    from course import replay

    monkeypatch.setenv("CLUSTER_HOME", str(own.cluster_home))
    running = cluster.start()
    replay.run_sql(running.url, "CREATE DATABASE bank")
    call = [tuple(row) for row in clean.run(mark.COMMENT)]
    assert call == [(mark.text(Home(own.cluster_home)),)]


def test_a_bank_of_somebodys_is_not_marked_by_us(foreign: Someones, own: Sandbox, monkeypatch) -> None:
    from course import replay
    from course.errors import SqlError

    monkeypatch.setenv("CLUSTER_HOME", str(own.cluster_home))
    running = cluster.start()
    for statement in ("CREATE DATABASE bank", "CREATE DATABASE IF NOT EXISTS bank"):
        try:
            replay.run_sql(running.url, statement)
        except SqlError as error:
            assert "already exists" in str(error)
    assert foreign.run(mark.COMMENT) == [(None,)]
    assert not (own.cluster_home / MAKING).exists()
    with pytest.raises(CourseError, match="did not make"):
        database.remove(running)


KILLED = """\
import os, signal, sys
from course import database
database.mark = lambda url: os.kill(os.getpid(), signal.SIGKILL)
"""
BY_A_STEP = """\
import cluster
from course import replay
replay.run_sql(cluster.start().url, "CREATE DATABASE bank")
"""
BY_A_LEARNER = """\
import cluster
from IPython.core.interactiveshell import InteractiveShell
os.environ["DATABASE_URL"] = cluster.start().url()
from course.sqlmagic import SqlMagic
SqlMagic(InteractiveShell()).execute("CREATE DATABASE bank")
"""


@pytest.fixture(params=[BY_A_STEP, BY_A_LEARNER], ids=["step", "learner"])
def unfinished(
    clean: Someones, learner: Learner, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Someones:
    """The cluster with a `bank` that the course was killed over: made, and not yet marked."""
    here = {"CLUSTER_HOME": str(learner.home)}
    code = [sys.executable, "-c", KILLED + request.param]
    done = subprocess.run(code, cwd=ROOT, env=environment(clean) | here, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert clean.run(mark.COMMENT) == [(None,)]
    monkeypatch.setenv("CLUSTER_HOME", str(learner.home))
    monkeypatch.setenv("CLUSTER_URL", clean.plain)
    monkeypatch.delenv("CLUSTER_ENGINE")
    return clean


def test_a_lesson_makes_anew_what_was_killed_before_its_mark(unfinished: Someones, learner: Learner) -> None:
    said = learner.run("doctor", CLUSTER_URL=unfinished.plain).stdout
    assert "✓ bank        left by a lesson that was ended while it made it" in said
    database.remove(cluster.start())
    assert unfinished.run(mark.COMMENT) == []
    # Now it is past: the next one of that name may be anybody's.
    unfinished.run("CREATE DATABASE bank")
    assert "did not make" in learner.refused("reset", "--yes", CLUSTER_URL=unfinished.plain)


def test_reset_drops_it_too(unfinished: Someones, learner: Learner) -> None:
    learner.run("reset", "--yes", CLUSTER_URL=unfinished.plain)
    assert unfinished.run(mark.COMMENT) == []


def test_but_not_what_somebody_has_put_something_into(unfinished: Someones, learner: Learner) -> None:
    fill(unfinished, "bank")
    before = unfinished.run("SELECT * FROM accounts", "bank")
    assert "did not make" in learner.refused("reset", "--yes", CLUSTER_URL=unfinished.plain)
    with pytest.raises(CourseError, match="did not make"):
        database.remove(cluster.start())
    assert unfinished.run("SELECT * FROM accounts", "bank") == before


def test_nor_on_another_cluster(unfinished: Someones, learner: Learner) -> None:
    """What is written down is about one address."""
    mark.making("127.0.0.1:1", Home(learner.home))
    assert "did not make" in learner.refused("reset", "--yes", CLUSTER_URL=unfinished.plain)


@pytest.mark.parametrize(
    ("database_url", "ours"),
    [
        ("cockroachdb://demo:x@127.0.0.1:26257/bank", True),
        ("cockroachdb://demo:x@127.0.0.1:26258/bank", False),
        ("cockroachdb://demo:x@db.example:26257/bank", False),
        ("no URL", False),
        ("", False),
    ],
)
def test_what_a_cell_makes_on_another_cluster_is_not_marked(
    database_url: str, ours: bool, monkeypatch
) -> None:
    """`%sql cockroachdb://… CREATE DATABASE bank`: that one is the learner's own."""
    from course.sqlmagic import _is_practice

    monkeypatch.setenv("DATABASE_URL", database_url)
    assert _is_practice(make_url("cockroachdb://demo:x@127.0.0.1:26257/defaultdb")) is ours
