"""One notebook in one kernel, cell by cell: the same way for tests, refresh and the HTML pages."""

from __future__ import annotations

import copy
import os
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, NbvalKernelspecManager

from notebook_tools.compare import plain
from notebook_tools.normal import localized, with_port
from notebook_tools.sandbox import ROOT, Sandbox

# `!cmd` with an exit code other than 0 raises CalledProcessError, as `%%bash` does anyway.
STRICT_KERNEL = ["--InteractiveShell.system_raise_on_error=True"]

# What a reader's own cluster has, unless that port is taken: so it stands in the stored outputs.
DEFAULT_PORT = 26257


class KernelFailure(Exception):
    """The kernel died or did not answer in time; str() says which, in one line."""


@dataclass(frozen=True, slots=True)
class CellError:
    """How a cell failed: the exception's name and text, and the traceback as a person would see it."""

    name: str
    value: str
    traceback: str

    def __str__(self) -> str:
        return f"{self.name}: {self.value}" if self.value else self.name


@dataclass(frozen=True, slots=True)
class CellResult:
    """What running a cell gave. error is the kernel's reply: it is set even where a magic only prints."""

    outputs: list[NotebookNode]
    error: CellError | None


class NotebookRun:
    """A notebook on a kernel of its own, in the interpreter that runs this. A context manager.

    It runs in `folder`, with the cluster and the workspace of `sandbox`. timeout is per cell, in seconds.
    Paths in what it prints are given as they are for a learner: relative to the root of the course.
    """

    def __init__(self, notebook: NotebookNode, folder: Path, sandbox: Sandbox, timeout: float) -> None:
        self._timeout = timeout
        self._environment = {**os.environ, **sandbox.environment()}
        # The same words wherever this is run: nothing of this machine may get into a stored notebook.
        homes = (sandbox.cluster_home, sandbox.cluster_home.resolve())
        learners = {sandbox.workspace: "workspace", **dict.fromkeys(homes, ".cluster")}
        shortened = {p.relative_to(ROOT): name for p, name in learners.items() if p.is_relative_to(ROOT)}
        self._places = {**learners, ROOT: "", **shortened}
        self._folder = folder
        self._resources = ExitStack()
        # No ports: between the choice of free ones by Jupyter and their use by the kernel another process
        # may take one, and then the kernel never answers.
        sockets = self._resources.enter_context(TemporaryDirectory(prefix="kernel-"))
        self._reply: dict[str, Any] = {}
        self._client = NotebookClient(
            copy.deepcopy(notebook),
            km=AsyncKernelManager(
                kernel_name=CURRENT_ENV_KERNEL_NAME,
                kernel_spec_manager=NbvalKernelspecManager(),
                transport="ipc",
                ip=str(Path(sockets) / "socket"),
            ),
            timeout=max(1, round(timeout)),
            extra_arguments=list(STRICT_KERNEL),
            # The one who called judges the reply; nbclient only runs.
            allow_errors=True,
            coalesce_streams=True,
            # Nobody waits for what a kernel has to say at its end.
            shutdown_kernel="immediate",
            on_cell_executed=self._remember_reply,
        )

    def __enter__(self) -> NotebookRun:
        self._resources.enter_context(
            self._client.setup_kernel(
                cwd=str(self._folder),
                env=self._environment,
                # A kernel's own log: warnings on every start, and nothing that a cell prints.
                stderr=subprocess.DEVNULL,
                cleanup_kc=True,
            )
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._resources.close()

    def _remember_reply(self, *, execute_reply: dict[str, Any], **_: Any) -> None:
        self._reply = execute_reply["content"]

    def run(self, index: int) -> CellResult:
        """Run the cell at this place in notebook.cells. Raises KernelFailure."""
        cell = self._client.nb.cells[index]
        self._reply = {"status": "ok"}  # stays so where there is nothing to run: an empty cell
        try:
            self._client.execute_cell(cell, index)
        except DeadKernelError:
            raise KernelFailure("the kernel died while it ran this cell") from None
        except CellTimeoutError:
            raise KernelFailure(f"the cell did not finish within {self._timeout:g} seconds") from None
        error = None
        if self._reply["status"] != "ok":
            error = CellError(
                name=self._reply.get("ename") or self._reply["status"],
                value=localized(self._reply.get("evalue", ""), self._places),
                traceback="\n".join(self._reply.get("traceback", [])),
            )
        return CellResult(outputs=localized(list(cell.get("outputs", [])), self._places), error=error)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A notebook after its cells were run, and why it stopped: None where all did what they should."""

    notebook: NotebookNode
    failure: str | None


def run_notebook(notebook: NotebookNode, folder: Path, sandbox: Sandbox, timeout: float) -> Outcome:
    """Run a whole notebook; stop at the first cell that fails, or that should fail and does not.

    The failure is for a person: the cell's number as JupyterLab counts them, the error, the source.
    """
    notebook = copy.deepcopy(notebook)
    number = 0
    wrong = None
    with NotebookRun(notebook, folder, sandbox, timeout) as run:
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue
            number += 1
            try:
                result = run.run(index)
                cell.outputs, cell.execution_count = result.outputs, number
                wrong = misbehavior(result, raises="raises-exception" in cell.metadata.get("tags", []))
            except KernelFailure as failure:
                wrong = str(failure)
            if wrong is not None:
                source = "\n".join(f"    {line}" for line in cell.source.splitlines())
                return Outcome(notebook, f"  cell {number}: {wrong}\n{source}")
    port = sandbox.port()
    for cell in notebook.cells:
        if cell.cell_type == "code" and port is not None:
            cell.outputs = with_port(cell.outputs, port, DEFAULT_PORT)
    return Outcome(notebook, None)


def misbehavior(result: CellResult, *, raises: bool) -> str | None:
    """Say what is wrong with how a cell ended; None where it ended as it should (raises: with an error)."""
    if result.error is None:
        return "the cell is tagged raises-exception, but nothing was raised" if raises else None
    return None if raises else f"the cell failed: {result.error}{_evidence(result)}"


def _evidence(result: CellResult) -> str:
    """What a failed cell had printed, and where it failed: often the real reason."""
    assert result.error is not None
    printed = "".join(output["text"] for output in result.outputs if output["output_type"] == "stream")
    said = f"\nIt had printed:\n{printed.rstrip()}" if printed.strip() else ""
    # Where in IPython a shell command failed tells nobody anything.
    if result.error.name != "CalledProcessError" and "\n" in result.error.traceback:
        said += f"\n{result.error.traceback}"
    return plain(said)
