"""What cluster/external/README.md says of cells that another cluster shows otherwise, and the cells.

After a change of a tag, or of `elsewhere` in a cell's metadata: python -m scripts.elsewhere
"""

from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from scripts.elsewhere import FILE, HEAD, rows, table, updated

PATH = Path("16-unique.ipynb")


def cell(*tags: str, elsewhere: str = "It is 3.") -> NotebookNode:
    return new_code_cell("1 + 1", id="sum", metadata={"tags": [*tags], "elsewhere": elsewhere})


def test_the_table_is_up_to_date() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert text == updated(text, table()), "it is old: python -m scripts.elsewhere"


@pytest.mark.parametrize(
    ("made", "row"),
    [
        (cell("step", "since-v26.2"), "| before v26.2 | It is 3. |"),
        (cell("embedded-output"), "| CockroachDB | It is 3. |"),
        (cell("embedded-only"), "| CockroachDB | Only the embedded cluster refuses it so. |"),
    ],
)
def test_a_row(made: NotebookNode, row: str) -> None:
    assert [*rows(PATH, [made])] == [f"| [sum](../../notebooks/16-unique.ipynb#cell-id=sum) {row}\n"]


def test_other_cells_have_none() -> None:
    assert [*rows(PATH, [cell("step", "raises-exception", elsewhere=""), new_code_cell("2")])] == []


def test_the_rows_that_were_there_go_and_the_rest_stays() -> None:
    text = f"Before.\n\n{HEAD}| [old](x) | y | z |\n\nAfter, | too.\n"
    assert updated(text, ["| new |\n"]) == f"Before.\n\n{HEAD}| new |\n\nAfter, | too.\n"


@pytest.mark.parametrize("text", ["no table", HEAD + "\n" + HEAD])
def test_there_is_one_table(text: str) -> None:
    with pytest.raises(ValueError, match="there must be one"):
        updated(text, [])
