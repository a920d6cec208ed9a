"""The whole course against as many empty notebooks: wall-clock seconds of `pytest --nbval`.

The same in both: pytest with its plugins and the strict judge of notebook_tools/strict.py, two workers, each
in a sandbox of its own, and for each notebook a kernel that is started, asked, and stopped in the same way.
An empty notebook is one cell, `pass`, stored as run. What the lessons' time has on top is what their cells
do, the cluster of each worker and the starting states included, and the comparing of what the cells print.

The lessons run once, the empty notebooks before and after them, and the quicker of these counts: the first
finds the libraries' files unread. What else the machine does slows both down, but not alike: for a number to
be compared, let nothing else run.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from notebook_tools.lessons import notebooks
from notebook_tools.normal import of_code, text
from notebook_tools.sandbox import ROOT

WORKERS = 2


@dataclass(frozen=True, slots=True)
class Run:
    """One run of pytest: its seconds from beginning to end, and those of each notebook by its name."""

    seconds: float
    notebooks: dict[str, float]


def measure(rounds: int) -> None:
    """Print the seconds of all lessons, of as many empty notebooks, and of each lesson, the slowest first."""
    del rounds  # minutes of work: once
    lessons = notebooks()
    if not lessons:
        raise RuntimeError("there are no notebooks yet")
    (ROOT / "_build").mkdir(exist_ok=True)
    # In the course's folder: there pytest finds the same conftest.py for both.
    with TemporaryDirectory(dir=ROOT / "_build", prefix="bench-") as folder:
        nothing = empty_notebooks(Path(folder), [path.stem for path in lessons])
        before, full, after = run(nothing), run(lessons), run(nothing)
    empty = min(before, after, key=lambda one: one.seconds)
    print(f"{len(lessons)} lessons              {full.seconds:6.2f} s")
    print(f"{len(lessons)} empty notebooks      {empty.seconds:6.2f} s")
    print(f"  the lessons take        {full.seconds / empty.seconds:.1f} times as long")
    print("seconds of a lesson on one of two workers; in brackets, of the empty notebook in its place")
    for name, seconds in sorted(full.notebooks.items(), key=lambda item: -item[1]):
        print(f"  {seconds:6.2f}  [{empty.notebooks[name]:.2f}]  {name}")


def empty_notebooks(folder: Path, names: Sequence[str]) -> list[Path]:
    """Write an empty notebook for each name, as if it had been run, and give their paths."""
    paths = [folder / f"{name}.ipynb" for name in names]
    notebook = of_code(["pass"])
    notebook.cells[0].execution_count = 1  # stored as run: the judge refuses a cell that never was
    for path in paths:
        path.write_text(text(notebook), encoding="utf-8")
    return paths


def run(paths: Sequence[Path]) -> Run:
    """Run notebooks with `pytest --nbval`. Raises RuntimeError with pytest's words if one is not green."""
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "--nbval",
            "-n",
            str(WORKERS),
            "-q",
            f"--junitxml={report}",
        ]
        begun = time.perf_counter()
        done = subprocess.run(
            [*command, "-p", "no:cacheprovider", f"--junitxml={report}", *map(str, paths)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - begun
        if done.returncode:
            raise RuntimeError(f"pytest is not green:\n{done.stdout[-4000:]}{done.stderr[-1000:]}")
        return Run(seconds, seconds_of_each(report.read_text(encoding="utf-8")))


def seconds_of_each(report: str) -> dict[str, float]:
    """Of pytest's JUnit report: notebook → the seconds of its cells, with the kernel's start and end."""
    sums: dict[str, float] = {}
    for case in ElementTree.fromstring(report).iter("testcase"):  # noqa: S314 (pytest wrote it just now)
        name = case.attrib["classname"].removesuffix(".ipynb").rpartition(".")[2]
        sums[name] = sums.get(name, 0.0) + float(case.attrib["time"])
    return sums
