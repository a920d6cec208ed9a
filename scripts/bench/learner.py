"""What a learner waits for, on this machine: wall-clock seconds.

- starts: the cluster's start, cold (from nothing) and warm (with its data): all of `python -m cluster start`;
- magic: `%alembic current` in a notebook against `alembic current` in a shell, turn by turn.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

from nbformat import NotebookNode

from notebook_tools.normal import of_code
from notebook_tools.runner import run_notebook
from notebook_tools.sandbox import ROOT, Sandbox, fresh_sandbox

TIMEOUT = 300.0
# Runs in a kernel. The shell's alembic gets the same folder and environment; both write into pipes.
_ALEMBIC = """
import json, subprocess, sys, time
from pathlib import Path
from IPython.utils.capture import capture_output
shell = str(Path(sys.executable).with_name("alembic"))
in_notebook, in_shell = [], []
for _ in range({rounds}):
    begun = time.perf_counter()
    with capture_output() as printed:
        get_ipython().run_line_magic("alembic", "current")
    in_notebook.append(time.perf_counter() - begun)
    begun = time.perf_counter()
    subprocess.run([shell, "current"], check=True, capture_output=True)
    in_shell.append(time.perf_counter() - begun)
print(json.dumps([in_notebook, in_shell]))
"""


def starts(rounds: int) -> None:
    """Print the seconds of cold and warm starts."""
    cold, warm = _starts(rounds)
    print(f"cluster start, cold       {_spread(cold)}")
    print(f"cluster start, warm       {_spread(warm)}")


def magic(rounds: int) -> None:
    """Print the seconds of `alembic current`, by the magic and by the shell."""
    in_notebook, in_shell = _alembic(rounds)
    print(f"%alembic current          {_spread(in_notebook)}")
    print(f"alembic current, shell    {_spread(in_shell)}")
    ratio = statistics.median(in_shell) / statistics.median(in_notebook)
    print(f"  the shell takes         {ratio:.1f} times as long")


def _spread(times: Sequence[float]) -> str:
    return f"{statistics.median(times):6.2f} s   [{min(times):.2f} … {max(times):.2f}]"


def _starts(rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of cold and warm starts."""
    cold, warm = [], []
    for _ in range(rounds):
        with fresh_sandbox() as sandbox:
            cold.append(_cluster(sandbox, "start"))
            _cluster(sandbox, "stop")
            warm.append(_cluster(sandbox, "start"))
    return cold, warm


def _cluster(sandbox: Sandbox, command: str) -> float:
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "cluster", command],
        cwd=ROOT,
        env={**os.environ, **sandbox.environment()},
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - begun


def _alembic(rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of `alembic current` by the magic and by the shell, in the state in which lesson 05 starts."""
    cells = ["%load_ext course", "%lesson 05", "%alembic current", _ALEMBIC.format(rounds=rounds)]
    with fresh_sandbox() as sandbox:
        done = _run(of_code(cells), sandbox)
    magic, shell = json.loads(done.cells[-1].outputs[0].text)
    return magic, shell


def _run(notebook: NotebookNode, sandbox: Sandbox) -> NotebookNode:
    outcome = run_notebook(notebook, ROOT / "notebooks", sandbox, TIMEOUT)
    if outcome.failure:
        raise RuntimeError(f"a notebook failed\n{outcome.failure}")
    return outcome.notebook
