"""The table of cells that another cluster does not show so, brought up to date.

    python -m scripts.elsewhere

It stands in cluster/external/README.md, and says what the cells say: by tags, and by `elsewhere`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from nbformat import NotebookNode

from notebook_tools.engines import EMBEDDED_ONLY, EMBEDDED_OUTPUT, SINCE
from notebook_tools.lessons import notebooks
from notebook_tools.normal import read
from notebook_tools.sandbox import ROOT

FILE = ROOT / "cluster" / "external" / "README.md"
HEAD = "| cell | where | what is other there |\n|---|---|---|\n"
_TABLE = re.compile(re.escape(HEAD) + r"(?:\|.*\n)*")


def rows(path: Path, cells: Sequence[NotebookNode]) -> Iterator[str]:
    """The rows of a notebook: one for each cell that is not judged, or not compared, on every cluster."""
    for cell in cells:
        for tag in cell.metadata.get("tags", []):
            if tag == EMBEDDED_ONLY:
                where, said = "CockroachDB", "Only the embedded cluster refuses it so."
            elif tag == EMBEDDED_OUTPUT:
                where, said = "CockroachDB", cell.metadata.elsewhere
            elif tag.startswith(SINCE):
                where, said = f"before {tag.removeprefix('since-')}", cell.metadata.elsewhere
            else:
                continue
            yield f"| [{cell.id}](../../notebooks/{path.name}#cell-id={cell.id}) | {where} | {said} |\n"


def updated(text: str, lines: Sequence[str]) -> str:
    """The same text with these rows in its table. Raises ValueError if it has no such table."""
    new, found = _TABLE.subn(lambda _: HEAD + "".join(lines), text)
    if found != 1:
        raise ValueError(f"{found} tables begin with {HEAD.splitlines()[0]!r}; there must be one")
    return new


def table() -> list[str]:
    """The rows of the whole course."""
    return [row for path in notebooks() for row in rows(path, read(path).cells)]


def main() -> None:
    """Write the file anew."""
    FILE.write_text(updated(FILE.read_text(encoding="utf-8"), table()), encoding="utf-8")


if __name__ == "__main__":
    main()
