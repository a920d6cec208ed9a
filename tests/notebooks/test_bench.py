"""The bench counts what pytest reports, and does not take a red run for a fast one."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from notebook_tools.normal import of_code, text
from notebook_tools.sandbox import ROOT
from scripts.bench import course

REPORT = """<?xml version="1.0" encoding="utf-8"?>
<testsuites name="pytest tests"><testsuite name="pytest" errors="0" failures="0" skipped="0" tests="3">
<testcase classname="notebooks.01-one.ipynb" name="Cell 1" time="1.500" />
<testcase classname="_build.bench-x.02-two.ipynb" name="Cell 1" time="0.250" />
<testcase classname="notebooks.01-one.ipynb" name="Cell 2" time="0.250" />
</testsuite></testsuites>"""


def test_a_notebook_has_the_seconds_of_its_cells() -> None:
    assert course.seconds_of_each(REPORT) == {"01-one": 1.75, "02-two": 0.25}


def test_a_red_run_is_no_measurement() -> None:
    notebook = of_code(["raise ValueError('broken on purpose')"])
    notebook.cells[0].execution_count = 1
    (ROOT / "_build").mkdir(exist_ok=True)
    with TemporaryDirectory(dir=ROOT / "_build", prefix="test-bench-") as folder:
        path = Path(folder) / "00-red.ipynb"
        path.write_text(text(notebook), encoding="utf-8")
        with pytest.raises(RuntimeError, match="broken on purpose"):
            course.run([path])
