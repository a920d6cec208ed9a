"""The lessons, read from the notebooks: title, minutes and cells stand there and nowhere else."""

from __future__ import annotations

import functools
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import CourseError
from .workspace import ROOT


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a notebook. `number` counts from 1 over all its cells; `id` is its own, as in a link."""

    number: int
    kind: str
    source: str
    tags: frozenset[str]
    id: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One notebook. `number` is two digits, as in its name; `minutes` None if it does not say."""

    number: str
    title: str
    minutes: int | None
    path: Path
    cells: tuple[Cell, ...]

    def steps(self) -> list[Cell]:
        """The cells that the lessons after this one build on: those tagged `step`."""
        return [cell for cell in self.cells if cell.kind == "code" and "step" in cell.tags]


def notebooks() -> Path:
    """The folder of the notebooks: $COURSE_NOTEBOOKS (for tests), else `notebooks/` of the course."""
    return Path(os.environ.get("COURSE_NOTEBOOKS") or ROOT / "notebooks")


def lessons() -> list[Lesson]:
    """All lessons in order."""
    found = sorted(notebooks().glob("[0-9][0-9]-*.ipynb"))
    return [_read(path, path.stat().st_mtime_ns) for path in found]


def find(number: str) -> Lesson:
    """The lesson `number` ("4" or "04"). Raises CourseError with the lessons that there are."""
    wanted = number.strip().zfill(2)
    everything = lessons()
    for lesson in everything:
        if lesson.number == wanted:
            return lesson
    known = ", ".join(lesson.number for lesson in everything) or "none yet"
    raise CourseError(f"There is no lesson {number or '(no number given)'}. The lessons are: {known}.")


def has_cell(source: str) -> bool:
    """Whether a code cell of a notebook, as saved, reads so."""
    wanted = source.strip()
    return any(
        cell.kind == "code" and cell.source.strip() == wanted for lesson in lessons() for cell in lesson.cells
    )


@functools.lru_cache(maxsize=256)
def _read(path: Path, modified: int) -> Lesson:
    """Read a notebook. `modified` makes a changed file a new entry of the cache."""
    del modified
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        cells = tuple(_cell(number, cell) for number, cell in enumerate(content["cells"], 1))
    except (ValueError, KeyError, TypeError) as error:
        raise CourseError(f"{path.name} is no readable notebook: {error}.") from None
    prose = "\n".join(cell.source for cell in cells if cell.kind == "markdown")
    return Lesson(path.name[:2], _title(prose, path), _minutes(content, prose), path, cells)


def _cell(number: int, cell: dict[str, Any]) -> Cell:
    source = cell["source"]
    text = source if isinstance(source, str) else "".join(source)
    tags = frozenset(cell.get("metadata", {}).get("tags", ()))
    return Cell(number, cell["cell_type"], text, tags, cell.get("id", ""))


def _title(prose: str, path: Path) -> str:
    """The text of the H1, without its number: `# 04 · The first migration` → The first migration."""
    head = re.search(r"^# +(.+?)\s*$", prose, re.MULTILINE)
    if not head:
        return path.stem[3:].replace("-", " ")
    return re.sub(r"^(lesson\s+)?\d+\s*[·:.—–-]*\s*", "", head[1], flags=re.IGNORECASE)


def _minutes(content: dict[str, Any], prose: str) -> int | None:
    """`minutes` of the notebook's metadata, else the first "N minutes" of its prose."""
    stated = content.get("metadata", {}).get("minutes")
    if isinstance(stated, int):
        return stated
    said = re.search(r"\b(\d+)\s+min(?:ute)?s?\b", prose)
    return int(said[1]) if said else None
