"""The pytest plugin behind `pytest --nbval`: nbval's options, tags and sanitize format, a stricter judge.

nbval stays green when a magic does not exist, when `!cmd` fails, when a cell tagged raises-exception does not
raise, and it goes on after a failed cell. Here a cell passes only if
- the kernel's reply is "ok", or "error" where the cell is tagged `raises-exception`. A magic that only prints
  its error, and a shell command whose exit code is not 0, reply "error" too;
- it was run when the notebook was stored, and its outputs are the stored ones: stdout, stderr, the name and
  text of an error, and each form of each output, after sanitize.cfg has replaced what must vary.
After the first failed cell of a notebook the others are skipped: what they show means nothing then.
Tags: `raises-exception`; `nbval-ignore-output`, with the reason in the cell's metadata as `nbval_reason`; and
those for another engine than the embedded one, or an older version (engines.py): the report's end names the
cells that were not judged, or not compared, for one of these.

Every process of the test run, xdist's workers included, gets a sandbox (sandbox.py) in its environment, with
or without --nbval: no test can meet a learner's cluster or files. The controlling process removes them all.
The cluster is an embedded one, whatever a person's shell names: another only with --engine-from-environment.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from nbval.plugin import IPyNbCell, IPyNbFile, find_comment_markers, find_metadata_tags

from notebook_tools import engines
from notebook_tools.compare import RULES_FILE, difference, read_rules
from notebook_tools.normal import read
from notebook_tools.runner import CellResult, KernelFailure, NotebookRun, misbehavior
from notebook_tools.sandbox import Sandbox, close_run, forget_persons_cluster, new_run
from notebook_tools.turns import Stretches

# Where the sandboxes of this run are: set by the controlling process, inherited by the workers.
RUN_VARIABLE = "NOTEBOOK_TOOLS_RUN"
# A sandbox that someone else made and will close; tests of this plugin lend theirs to an inner pytest.
LENT_VARIABLE = "NOTEBOOK_TOOLS_SANDBOX"

FROM_ENVIRONMENT = "--engine-from-environment"
LONG = "long"
"""The marker of a file whose one or two tests take a minute or more."""
PASSED_OVER = "not judged, or not compared"
"""How a line at the end of the report begins, and the property of a test that goes there from a worker."""

_passed_over_key = pytest.StashKey[list[str]]()
_sandbox_key = pytest.StashKey[Sandbox]()
_run_key = pytest.StashKey[Path]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The way to another cluster than an embedded one."""
    parser.addoption(
        FROM_ENVIRONMENT,
        action="store_true",
        help="run on the cluster that CLUSTER_URL, CLUSTER_ENGINE or COCKROACH_BINARY name",
    )


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say what was passed over: a green run must not be taken for one on another cluster."""
    if names := config.stash.get(_passed_over_key, []):
        return (
            f"passed over: {', '.join(names)} (with {FROM_ENVIRONMENT} the tests run on what is named there)"
        )
    return None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the cells of which nothing is proven: on this engine or version they show something else."""
    for report in terminalreporter.stats.get("passed", []):
        if tag := dict(report.user_properties).get(PASSED_OVER):
            terminalreporter.write_line(f"{PASSED_OVER}: {report.nodeid} ({tag})")


def pytest_configure(config: pytest.Config) -> None:
    """Put this process into a sandbox."""
    config.addinivalue_line("markers", f"{LONG}: the file's few tests take a minute or more: begun early")
    lent = os.environ.get(LENT_VARIABLE)
    worker = getattr(config, "workerinput", None)
    if lent:
        sandbox = Sandbox(Path(lent))
    elif worker is None:
        asked = bool(config.getoption(FROM_ENVIRONMENT))
        if asked and os.environ.get("CLUSTER_URL") and config.getoption("numprocesses", None):
            raise pytest.UsageError("CLUSTER_URL names one cluster, with one database bank: add -n 0")
        config.stash[_passed_over_key] = [] if asked else forget_persons_cluster()
        run = new_run(persons_cluster=asked)
        config.stash[_run_key] = run
        os.environ[RUN_VARIABLE] = str(run)
        sandbox = Sandbox(run / "main")
        # xdist hands out files in the order of pytest_collection_modifyitems, not by their number of tests.
        config.option.loadscopereorder = False
    else:
        sandbox = Sandbox(Path(os.environ[RUN_VARIABLE]) / worker["workerid"])
    if lent is None:
        sandbox.make()
    config.stash[_sandbox_key] = sandbox
    os.environ.update(sandbox.environment())
    # Nothing here must survive a power cut.
    os.environ["CLUSTER_FSYNC"] = "off"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop and remove all that this run made, also after a failure or Ctrl-C: workers have ended before."""
    run = config.stash.get(_run_key, None)
    if run is not None:
        close_run(run)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the notebooks first, in their order, then the other files, those that take long first.

    Begun last, a long file would leave the other worker idle. Notebooks are handed out by turns.py.
    """
    sizes = Counter(item.path for item in items)

    def place(item: pytest.Item) -> tuple[int, int]:
        if isinstance(item, StrictCell):
            return 0, 0
        return (1, 0) if item.get_closest_marker(LONG) else (2, -sizes[item.path])

    items.sort(key=place)


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Stretches | None:
    """Give each worker a stretch of the course."""
    return Stretches(config, log) if config.getvalue("dist") == "loadscope" else None


def sandbox_of(config: pytest.Config) -> Sandbox:
    """The sandbox of this process."""
    return config.stash[_sandbox_key]


@pytest.fixture(scope="session")
def sandbox(pytestconfig: pytest.Config) -> Sandbox:
    """The sandbox of this process."""
    return sandbox_of(pytestconfig)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Generator[None, list, list]:  # type: ignore[type-arg]
    """Put the strict notebook in the place of nbval's."""
    collected = yield
    return [
        StrictNotebook.from_parent(parent, path=file_path) if isinstance(node, IPyNbFile) else node
        for node in collected
    ]


class StrictNotebook(IPyNbFile):  # type: ignore[misc]  # nbval has no types
    """A notebook: it owns the kernel, and knows the first cell that failed."""

    run: NotebookRun | None = None
    failed: str | None = None
    done = 0  # cells of the notebook (code or not) that have run

    def collect(self) -> Iterator[StrictCell]:
        """Give one item for each code cell, numbered as JupyterLab numbers them after Run All: from 1."""
        try:
            self.nb = read(self.path)
        except Exception as error:
            raise self.CollectError(f"{self.path.name} is not a notebook: {error}") from error
        number = 0
        for index, cell in enumerate(self.nb.cells):
            if cell.cell_type == "code":
                number += 1
                marks = [*find_metadata_tags(cell.metadata), *find_comment_markers(cell.source)]
                options = {"check": True, "check_exception": False, "skip": False, **dict(marks)}
                item: StrictCell = StrictCell.from_parent(
                    self, name=f"Cell {number}", cell_num=number, cell=cell, options=options
                )
                item.index = index
                yield item

    def setup(self) -> None:
        """Read the rules. The kernel starts with the first cell."""
        option = self.config.option.nbval_sanitize_with
        self.rules = read_rules(Path(option) if option else RULES_FILE)

    def run_cell(self, index: int) -> CellResult:
        """Run this cell, and before it those that have not run yet: perhaps only this one was asked for."""
        if self.run is None:
            timeout = self.config.option.nbval_cell_timeout
            sandbox = sandbox_of(self.config)
            sandbox.empty_workspace()
            self.run = NotebookRun(self.nb, self.path.parent, sandbox, timeout).__enter__()
        while self.done < index:
            self.run.run(self.done)
            self.done += 1
        self.done = index + 1
        return self.run.run(index)

    def teardown(self) -> None:
        """Stop the kernel."""
        if self.run is not None:
            self.run.__exit__(None, None, None)
            self.run = None


class CellFailure(Exception):
    """A cell did not do what it should; str() is what a person reads."""


class StrictCell(IPyNbCell):  # type: ignore[misc]
    """A code cell of a notebook."""

    index = 0
    parent: StrictNotebook

    def setup(self) -> None:
        """Skip what comes after a failure."""
        if self.parent.failed is not None:
            pytest.skip(
                f"{self.parent.path.name}: {self.parent.failed} failed, so the cells after it were not run"
            )

    def runtest(self) -> None:
        """Run the cell and judge it. Raises CellFailure."""
        if self.options["skip"]:
            pytest.skip("tagged nbval-skip")
        try:
            self._judge(self.parent.run_cell(self.index))
        except KernelFailure as failure:
            self.parent.failed = f"cell {self.cell_num}"
            raise CellFailure(str(failure)) from None
        except CellFailure:
            self.parent.failed = f"cell {self.cell_num}"
            raise
        for tag in engines.passed_over(self.cell.metadata.get("tags", [])):
            self.user_properties.append((PASSED_OVER, tag))

    def _judge(self, result: CellResult) -> None:
        tags = self.cell.metadata.get("tags", [])
        if not engines.is_judged(tags):
            return
        wrong = misbehavior(result, raises=bool(self.options["check_exception"]))
        if wrong is not None:
            raise CellFailure(wrong)
        if self.cell.execution_count is None:
            raise CellFailure(
                "the cell was never run, so there is nothing to compare with: make refresh stores it"
            )
        if self.options["check"] and engines.is_compared(tags):
            rules = (*engines.rules(), *self.parent.rules)
            differs = difference(self.cell.outputs, result.outputs, rules)
            if differs is not None:
                raise CellFailure(
                    f"the outputs have changed (if they should, make refresh stores them)\n{differs}"
                )

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> str:
        """Say what a person needs: where, what, and the source."""
        if not isinstance(excinfo.value, CellFailure):
            return str(excinfo.getrepr())
        source = "\n".join(f"  {line}" for line in self.cell.source.splitlines())
        return f"{self._where()}: {excinfo.value}\n\nThe cell:\n{source}\n"

    def _where(self) -> str:
        return f"{self.parent.path.name}, cell {self.cell_num}"

    def reportinfo(self) -> tuple[Path, int, str]:
        """Name the test for pytest's report."""
        return self.path, 0, self._where()
