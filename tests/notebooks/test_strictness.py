"""`pytest --nbval` turns red, with a reason that a person understands, when one thing of a notebook breaks.

Each case is a good notebook with one change. All are run by one real inner `pytest --nbval`, in a sandbox of
their own, as the course's notebooks are; then each case reads its own verdict in the report.
"""

from __future__ import annotations

import copy
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output

from notebook_tools.normal import normal, of_code, text
from notebook_tools.runner import KernelFailure, NotebookRun, run_notebook
from notebook_tools.sandbox import ROOT, Sandbox
from notebook_tools.strict import LENT_VARIABLE

LESSON = [
    "%load_ext course\n%lesson 01",
    "import os",
    "%sql SELECT 1 + 1 AS two",
    "%alembic init migrations",
    "%sql SELECT no_such_column",
    "print('after')",
]
PLAIN = [
    "print('before')",
    "1 + 1",
    "!echo hello",
    "import sys\nprint('careful', file=sys.stderr)",
    "int('x')",
    "print('after')",
]
FAILS_ON_PURPOSE = 5  # the cell of each that is tagged raises-exception, counted from 1


@dataclass(frozen=True)
class Case:
    """A change to a good notebook: which cell must fail, and what the reason must say."""

    name: str
    base: list[str]
    change: Callable[[NotebookNode], None]
    cell: int
    reason: str


def becomes(number: int, source: str) -> Callable[[NotebookNode], None]:
    """Cell `number` now reads so; what is stored stays."""
    return lambda notebook: notebook.cells[number - 1].update(source=source)


def before(number: int, source: str) -> Callable[[NotebookNode], None]:
    """A further cell before cell `number`, which prints nothing."""
    return lambda notebook: notebook.cells.insert(number - 1, new_code_cell(source, execution_count=1))


def stored(number: int, *outputs: NotebookNode) -> Callable[[NotebookNode], None]:
    """Cell `number` is stored with other outputs than it has."""
    return lambda notebook: notebook.cells[number - 1].update(outputs=list(outputs))


def never_run(notebook: NotebookNode) -> None:
    notebook.cells[1].update(execution_count=None, outputs=[])


STOPPED = "import cluster\nassert cluster.stop()"
WRONG_PASSWORD = """\
import os
from sqlalchemy import make_url
wrong = make_url(os.environ["DATABASE_URL"]).set(password="wrong")
os.environ["DATABASE_URL"] = wrong.render_as_string(hide_password=False)"""

CASES = [
    Case("cluster-stopped", LESSON, before(3, STOPPED), 4, "cluster"),
    Case("wrong-password", LESSON, before(3, WRONG_PASSWORD), 4, "password authentication failed"),
    Case("alembic-bad-command", LESSON, becomes(4, "%alembic upgrades head"), 4, "upgrades"),
    Case("sql-does-not-raise", LESSON, becomes(5, "%sql SELECT 1"), 5, "but nothing was raised"),
    Case("unknown-magic", PLAIN, becomes(2, "%almebic upgrade head"), 2, "`%almebic` not found"),
    Case("unknown-cell-magic", PLAIN, becomes(2, "%%sqll\nSELECT 1"), 2, "`%%sqll` not found"),
    Case("shell-command-fails", PLAIN, becomes(2, "!false"), 2, "'false' returned non-zero exit status 1"),
    Case("shell-assignment-fails", PLAIN, becomes(2, "x = !exit 3"), 2, "non-zero exit status 3"),
    Case("does-not-raise", PLAIN, becomes(5, "int('1')"), 5, "but nothing was raised"),
    Case("raises-another", PLAIN, becomes(5, "int('y')"), 5, "+ ValueError: invalid literal"),
    Case("raises", PLAIN, becomes(2, "1 / 0"), 2, "ZeroDivisionError: division by zero"),
    Case("output-changed", PLAIN, becomes(2, "1 + 2"), 2, "  - 2\n  + 3"),
    Case("output-missing", PLAIN, becomes(2, "one = 1"), 2, "stored in the notebook, but nothing came"),
    Case("output-extra", PLAIN, stored(2), 2, "came, but is not stored in the notebook"),
    Case("stderr-changed", PLAIN, stored(4, new_output("stream", name="stderr", text="bold\n")), 4, "- bold"),
    Case("never-run", PLAIN, never_run, 2, "never run"),
    Case("kernel-dies", PLAIN, becomes(2, "import os\nos._exit(1)"), 2, "the kernel died"),
]


@dataclass(frozen=True)
class Verdict:
    """What the inner pytest said of one cell: passed, failed or skipped, and why."""

    outcome: str
    reason: str


Report = dict[str, dict[int, Verdict]]


@pytest.fixture(scope="module")
def report(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Report]:
    """The verdicts on all cases and on the two good notebooks, by notebook and number of the cell."""
    folder = tmp_path_factory.mktemp("strictness")
    own = Sandbox(sandbox.path / "strictness")
    own.path.mkdir()
    course = tmp_path_factory.mktemp("course")
    (course / "01-any.ipynb").write_text(text(of_code(["pass"])))  # what %lesson 01 begins
    os.environ["COURSE_NOTEBOOKS"] = str(course)
    try:
        good = {"lesson": _good(LESSON, folder, own), "plain": _good(PLAIN, folder, own)}
        for name, notebook in good.items():
            (folder / f"good-{name}.ipynb").write_text(text(notebook))
        for case in CASES:
            notebook = copy.deepcopy(good["lesson" if case.base is LESSON else "plain"])
            case.change(notebook)
            (folder / f"{case.name}.ipynb").write_text(text(notebook))
        yield _inner_pytest(folder, own)
    finally:
        del os.environ["COURSE_NOTEBOOKS"]
        own.close()


def _good(sources: list[str], folder: Path, sandbox: Sandbox) -> NotebookNode:
    """A notebook as `make refresh` would store it."""
    notebook = of_code(sources)
    notebook.cells[FAILS_ON_PURPOSE - 1].metadata["tags"] = ["raises-exception"]
    outcome = run_notebook(notebook, folder, sandbox, timeout=60)
    assert outcome.failure is None, outcome.failure
    return normal(outcome.notebook)


def _inner_pytest(folder: Path, sandbox: Sandbox) -> Report:
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval",
        "-p",
        "notebook_tools.strict",
        "-p",
        "no:cacheprovider",
    ]
    subprocess.run(
        [
            *command,
            "-c",
            "pytest.ini",
            "--rootdir",
            ".",
            "--junitxml",
            "report.xml",
            "--nbval-cell-timeout",
            "60",
        ],
        cwd=folder,
        env={**os.environ, LENT_VARIABLE: str(sandbox.path), "PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
    )
    verdicts: Report = {}
    for test in ET.parse(folder / "report.xml").iter("testcase"):
        told = test.find("failure") if test.find("failure") is not None else test.find("error")
        skipped = test.find("skipped")
        if told is not None:
            verdict = Verdict("failed", told.text or "")
        elif skipped is not None:
            verdict = Verdict("skipped", skipped.get("message", ""))
        else:
            verdict = Verdict("passed", "")
        notebook = (test.get("classname") or "").removesuffix(".ipynb")
        number = int((test.get("name") or "").removeprefix("Cell "))
        verdicts.setdefault(notebook, {})[number] = verdict
    return verdicts


@pytest.mark.parametrize("name", ["good-lesson", "good-plain"])
def test_a_good_notebook_is_green(report: Report, name: str) -> None:
    outcomes = {number: verdict.outcome for number, verdict in report[name].items()}
    assert outcomes == dict.fromkeys(range(1, 7), "passed"), report[name]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_one_broken_thing_is_red_with_a_reason(report: Report, case: Case) -> None:
    verdicts = report[case.name]
    failed = [number for number, verdict in verdicts.items() if verdict.outcome == "failed"]
    assert failed == [case.cell], verdicts[failed[0]].reason if failed else verdicts
    reason = verdicts[case.cell].reason
    assert reason.startswith(f"{case.name}.ipynb, cell {case.cell}: ")
    assert case.reason in reason
    assert "\nThe cell:\n" in reason
    for number, verdict in verdicts.items():
        if number < case.cell:
            assert verdict.outcome == "passed", verdict
        if number > case.cell:
            assert verdict.outcome == "skipped"
            assert f"cell {case.cell} failed, so the cells after it were not run" in verdict.reason


def test_a_cell_that_does_not_end_is_stopped_and_named(sandbox: Sandbox, tmp_path: Path) -> None:
    notebook = of_code(["import time\nwhile True:\n    time.sleep(0.01)"])
    late = pytest.raises(KernelFailure, match="did not finish within 1 seconds")
    with NotebookRun(notebook, tmp_path, sandbox, timeout=1) as run, late:
        run.run(0)
