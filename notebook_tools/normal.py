"""The form in which a notebook is stored: what a reader of its diff wants to see, and no noise."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# Without the version: it would change with each reader's Python.
LANGUAGE = {
    "name": "python",
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "pygments_lexer": "ipython3",
}
# What a person or the course put there; all else is written by editors.
NOTEBOOK_METADATA = ("minutes",)
CELL_METADATA = ("tags", "nbval_reason", "elsewhere", "alt", "jupyter", "editable", "deletable", "slideshow")


def read(path: Path) -> NotebookNode:
    """Read a notebook file. Raises ValueError (nbformat.reader.NotJSONError is one) or OSError."""
    notebook: NotebookNode = nbformat.read(str(path), as_version=4)  # type: ignore[no-untyped-call]
    return notebook


def text(notebook: NotebookNode) -> str:
    """Give the text of the file for a notebook."""
    written: str = nbformat.writes(notebook, version=4)  # type: ignore[no-untyped-call]
    return written if written.endswith("\n") else written + "\n"


def of_code(sources: Sequence[str]) -> NotebookNode:
    """Give a new notebook with these code cells."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]  # type: ignore[no-untyped-call]
    notebook: NotebookNode = nbformat.v4.new_notebook(cells=cells)  # type: ignore[no-untyped-call]
    return notebook


def normal(notebook: NotebookNode) -> NotebookNode:
    """Give the notebook in normal form: counts in order, kept metadata only, one output per stream."""
    notebook = copy.deepcopy(notebook)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    kept = {key: notebook.metadata[key] for key in NOTEBOOK_METADATA if key in notebook.metadata}
    notebook.metadata = _node({**kept, "kernelspec": KERNEL, "language_info": LANGUAGE})
    count = 0
    for position, cell in enumerate(notebook.cells):
        cell.setdefault("id", f"cell-{position}")
        cell.metadata = _node({k: cell.metadata[k] for k in CELL_METADATA if cell.metadata.get(k)})
        cell.source = "\n".join(line.rstrip() for line in cell.source.strip("\n").split("\n"))
        if cell.cell_type == "code":
            count += 1
            if cell.execution_count is not None:
                cell.execution_count = count
            cell.outputs = [_output(output, cell) for output in cell.outputs]
    return notebook


def _node(content: dict[str, Any]) -> NotebookNode:
    node: NotebookNode = nbformat.from_dict(content)  # type: ignore[no-untyped-call]
    return node


def _output(output: NotebookNode, cell: NotebookNode) -> NotebookNode:
    """Give an output without the noise, and with the words that stand for an image."""
    output = copy.deepcopy(output)
    if "execution_count" in output:
        output.execution_count = cell.execution_count
    if output.output_type == "stream":
        output.text = output.text.replace("\r\n", "\n")
    if "metadata" in output:
        images = [mime for mime in output.get("data", {}) if mime.startswith("image/")]
        alt = cell.metadata.get("alt")
        output.metadata = _node({mime: {"alt": alt} for mime in images} if alt else {})
    return output


def localized(value: Any, places: Mapping[Path, str]) -> Any:
    """Replace folders of this machine by the names that the course has for them, in every text of a value.

    places gives a name for each folder; an empty name makes the paths below that folder relative.
    """

    def replace(said: str) -> str:
        for folder, name in places.items():
            path = r"(?<![\w.-])" + re.escape(str(folder))
            said = re.sub(path + r"/(?=[\w.])", f"{name}/" if name else "", said)
            said = re.sub(path + r"(?![\w.-])", name or ".", said)
        return said

    return _texts(value, replace)


def with_port(value: Any, port: int, shown: int) -> Any:
    """Show another port in place of the one that a cluster happened to get, in every text of a value."""
    pattern = re.compile(rf"((?:127\.0\.0\.1|localhost):|\bport:? ){port}\b")
    return _texts(value, lambda said: pattern.sub(rf"\g<1>{shown}", said))


def _texts(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_texts(item, change) for item in value]
    if isinstance(value, dict):
        return _node({key: _texts(item, change) for key, item in value.items()})
    return value
