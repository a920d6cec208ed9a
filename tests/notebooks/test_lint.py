"""Every notebook of the course keeps the rules of notebook_tools/lint.py; each rule finds what it is for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from notebook_tools.lessons import notebooks
from notebook_tools.lint import complaints
from notebook_tools.normal import normal, text

COURSE = notebooks()


@pytest.mark.parametrize("path", COURSE, ids=[path.stem for path in COURSE])
def test_notebook(path: Path) -> None:
    found = complaints(path, COURSE)
    assert not found, "\n".join(["", *found])


HEAD = """# 04 · The first migration

You write a migration.

## What you will learn

How.

## What you need

10 minutes, and [lesson 03](03-before.ipynb)."""


def good() -> NotebookNode:
    return new_notebook(
        cells=[
            new_markdown_cell(HEAD, id="head"),
            new_code_cell("%load_ext course\n%lesson 04", id="start", execution_count=1),
            new_markdown_cell("## A step\n\n### In detail\n\n```sh\n# not a heading\n```", id="step"),
            new_code_cell("1 + 1", id="sum", execution_count=2),
            new_markdown_cell("## What you learned\n\nNext: [lesson 05](05-after.ipynb).", id="end"),
        ]
    )


@pytest.fixture
def judged(tmp_path: Path) -> Callable[[NotebookNode], list[str]]:
    """A function that puts a notebook between two others, in normal form, and judges it."""
    course = [tmp_path / name for name in ("03-before.ipynb", "04-here.ipynb", "05-after.ipynb")]
    for path in course:
        path.touch()

    def judge(notebook: NotebookNode) -> list[str]:
        course[1].write_text(text(normal(notebook)))
        return complaints(course[1], course)

    return judge


def test_a_good_notebook_is_left_in_peace(judged: Callable[[NotebookNode], list[str]]) -> None:
    assert judged(good()) == []


def replaced(cell: int, old: str, new: str) -> Callable[[NotebookNode], None]:
    def change(notebook: NotebookNode) -> None:
        assert old in notebook.cells[cell].source
        notebook.cells[cell].source = notebook.cells[cell].source.replace(old, new)

    return change


def tagged(**metadata: object) -> Callable[[NotebookNode], None]:
    return lambda notebook: notebook.cells[3].metadata.update(metadata)


def prints(output: str) -> Callable[[NotebookNode], None]:
    return lambda notebook: notebook.cells[3].outputs.append(new_output("stream", text=output))


def draws(notebook: NotebookNode) -> None:
    notebook.cells[3].outputs.append(new_output("display_data", data={"image/png": "AAAA"}))


def never_run(notebook: NotebookNode) -> None:
    notebook.cells[3].execution_count = None


BAD: list[tuple[Callable[[NotebookNode], None], str]] = [
    (replaced(0, "# 04", "04"), "the first cell must begin with the title"),
    (replaced(2, "## A step", "# A step"), "there must be one H1, found 2"),
    (replaced(2, "### In detail", "#### In detail"), "'In detail' has level 4 below level 2"),
    (replaced(0, "## What you need", "## Needed"), "must have the H2 sections"),
    (replaced(0, "10 minutes", "A while"), "must say how long it takes"),
    (
        replaced(0, "(03-before.ipynb)", "(05-after.ipynb)"),
        "must link to its neighbor: [...](03-before.ipynb)",
    ),
    (
        replaced(4, "(05-after.ipynb)", "(03-before.ipynb)"),
        "must link to its neighbor: [...](05-after.ipynb)",
    ),
    (replaced(4, "Next:", "[Notes](notes.md)"), "links to notes.md, which does not exist"),
    (replaced(4, "Next:", "[A](https://example.com/x)"), "links to example.com, which is not on the list"),
    (
        replaced(4, "Next:", "[A](http://github.com/a/b)"),
        "http://github.com/a/b, which is not a page behind",
    ),
    (replaced(4, "Next:", "[A](https://github.com/a/b/blob/main/c.py)"), "blob/main/c.py, which will change"),
    (
        replaced(4, "Next:", "[A](https://www.cockroachlabs.com/docs/v26.2/int)"),
        "v26.2/int, which will change",
    ),
    (replaced(4, "Next:", "[A](04-here.ipynb#cell-id=nothing)"), "but 04-here.ipynb has no such cell"),
    (replaced(4, "Next:", "![](05-after.ipynb)"), "has an image without an alternative text"),
    (replaced(4, "Next:", "<img src='05-after.ipynb'>"), "has an image without an alternative text"),
    (draws, "cell 2 draws a picture"),
    (replaced(1, "%lesson 04", "%lesson 05"), "the first code cell must be '%load_ext course\\n%lesson 04'"),
    (replaced(3, "1 + 1", ""), "the cell at place 4 is empty"),
    (never_run, "the cell at place 4 was never run"),
    (tagged(tags=["nbval-ignore-output"]), "cell 2 is not compared: say why"),
    (tagged(tags=["nbval-skip"]), "cell 2 is not compared: say why"),
    (
        tagged(tags=["raises-exception", "embedded-only"]),
        "cell 2 is tagged embedded-only, and shows no refusal",
    ),
    (tagged(tags=["since-26.2"]), "cell 2 has the tag since-26.2, which nothing reads"),
    (tagged(tags=["since-v26.2"]), "sum is not judged everywhere: say what is there in its metadata"),
    (tagged(tags=["embedded-output"]), "sum is not judged everywhere: say what is there in its metadata"),
    (
        tagged(tags=["since-v26.2"], elsewhere="It fails."),
        "sum is not judged everywhere: the text below it must say so, with v26.2",
    ),
    (
        tagged(tags=["embedded-output"], elsewhere="It is 3."),
        "sum is not judged everywhere: the text below it must say so, with CockroachDB",
    ),
    (tagged(elsewhere="It fails."), "sum says what is elsewhere, and has no tag of that"),
    (replaced(3, "1 + 1", "# NBVAL_IGNORE_OUTPUT\n1 + 1"), "cell 2 has a comment for nbval"),
    (prints("Generating /home/ann/x.py"), "holds a path of a machine: /home/ann"),
    (replaced(3, "1 + 1", "open('/tmp/x')"), "holds a path of a machine: /tmp/x"),
]


@pytest.mark.parametrize(("change", "said"), BAD, ids=[said for _, said in BAD])
def test_one_thing_wrong(
    change: Callable[[NotebookNode], None], said: str, judged: Callable[[NotebookNode], list[str]]
) -> None:
    notebook = good()
    change(notebook)
    assert any(said in complaint for complaint in judged(notebook)), judged(notebook)


def test_reasons_and_alternatives_are_accepted(judged: Callable[[NotebookNode], list[str]]) -> None:
    notebook = good()
    tagged(tags=["nbval-ignore-output"], nbval_reason="a picture of chance", alt="Two bars")(notebook)
    draws(notebook)
    assert judged(notebook) == []
    assert normal(notebook).cells[3].outputs[0].metadata == {"image/png": {"alt": "Two bars"}}


@pytest.mark.parametrize(
    ("tag", "said"), [("since-v26.2", "since v26.2"), ("embedded-output", "CockroachDB")]
)
def test_what_is_said_of_other_clusters_is_accepted(
    tag: str, said: str, judged: Callable[[NotebookNode], list[str]]
) -> None:
    notebook = good()
    tagged(tags=[tag], elsewhere="It is 3.")(notebook)
    replaced(4, "Next:", f"This is so {said}. Next:")(notebook)
    assert judged(notebook) == []


def test_a_file_that_is_not_in_normal_form_is_told_how_to_get_there(tmp_path: Path) -> None:
    path = tmp_path / "04-here.ipynb"
    notebook = good()
    notebook.metadata["widgets"] = {"state": {}}
    path.write_text(text(notebook))
    assert any("make refresh stores it so" in complaint for complaint in complaints(path, [path]))


def test_normal_form_is_a_fixed_point() -> None:
    once = normal(good())
    assert text(normal(once)) == text(once)
