"""What of a machine is taken out of a notebook before it is stored."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat.v4 import new_output

from notebook_tools.normal import localized, normal, of_code, with_port

PLACES = {Path("/m/course/_build/w"): "workspace", Path("/m/course"): ""}


@pytest.mark.parametrize(
    ("printed", "stored"),
    [
        ("Generating /m/course/_build/w/alembic/env.py", "Generating workspace/alembic/env.py"),
        ("in /m/course/_build/w", "in workspace"),
        ("File /m/course/bank/models.py, line 3", "File bank/models.py, line 3"),
        ("in /m/course.", "in /m/course."),
        ("in /m/course", "in ."),
        ("/m/courses/x", "/m/courses/x"),
        ("/m/course.py", "/m/course.py"),
        ("/else/m/course/x", "/else/m/course/x"),
    ],
)
def test_folders_of_this_machine(printed: str, stored: str) -> None:
    assert localized([{"text": printed}], PLACES) == [{"text": stored}]


@pytest.mark.parametrize(
    ("printed", "stored"),
    [
        ("demo@127.0.0.1:26301/bank", "demo@127.0.0.1:26257/bank"),
        ("listens on port 26301", "listens on port 26257"),
        ("port: 26301", "port: 26257"),
        ("balance 26301", "balance 26301"),
        ("127.0.0.1:263010", "127.0.0.1:263010"),
    ],
)
def test_the_port_that_a_cluster_happened_to_get(printed: str, stored: str) -> None:
    assert with_port({"data": {"text/plain": printed}}, 26301, 26257) == {"data": {"text/plain": stored}}


def test_counts_go_in_order_and_editors_leave_nothing() -> None:
    notebook = of_code(["1 + 1  \n", "2"])
    notebook.cells[0].execution_count = 17
    notebook.cells[0].outputs = [new_output("execute_result", data={"text/plain": "2"}, execution_count=17)]
    notebook.cells[0].metadata = {
        "tags": ["step"],
        "execution": {"iopub.status.busy": "2026"},
        "scrolled": True,
    }
    notebook.cells[1].outputs = [new_output("stream", name="stdout", text="a\r\nb")]
    notebook.metadata = {
        "kernelspec": {"name": "mine"},
        "language_info": {"version": "3.14.1"},
        "minutes": 10,
    }
    stored = normal(notebook)
    assert stored.cells[0].source == "1 + 1"
    assert stored.cells[0].execution_count == stored.cells[0].outputs[0].execution_count == 1
    assert stored.cells[0].metadata == {"tags": ["step"]}
    assert stored.cells[1].outputs[0].text == "a\nb"
    assert stored.metadata.minutes == 10
    assert stored.metadata.kernelspec.name == "python3"
    assert "version" not in stored.metadata.language_info
