"""Which notebooks there are, and what their head says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from notebook_tools.normal import read
from notebook_tools.sandbox import ROOT

FOLDER = ROOT / "notebooks"


class UnknownNotebook(Exception):
    """There is no such notebook; str() names those that there are."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a notebook says of itself: its H1, its first paragraph after that, its time in minutes."""

    title: str
    summary: str
    minutes: int | None


def notebooks() -> list[Path]:
    """All notebooks of the course, in order."""
    return sorted(FOLDER.glob("[0-9][0-9]-*.ipynb"))


def chosen(names: Sequence[str]) -> list[Path]:
    """Give the notebooks that a person named, by number, name or path; all where none is named.

    Raises UnknownNotebook.
    """
    if not names:
        return notebooks()
    found = []
    for name in names:
        path = Path(name)
        if path.suffix == ".ipynb" and path.is_file():
            found.append(path.resolve())
            continue
        stem = path.name.removesuffix(".ipynb")
        matching = [p for p in notebooks() if p.stem == stem or p.stem.startswith(f"{stem.zfill(2)}-")]
        if not matching:
            known = ", ".join(p.stem for p in notebooks()) or "none yet"
            raise UnknownNotebook(f"there is no notebook {name}; there are: {known}")
        found += matching
    return found


def head(path: Path) -> Head:
    """Read the head of a notebook."""
    prose = "\n\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    title = re.search(r"^# +(.+?) *$", prose, re.MULTILINE)
    after = prose[title.end() :] if title else prose
    paragraphs = (part.strip() for part in re.split(r"\n\s*\n", after))
    summary = next((p for p in paragraphs if p and p[0] not in "#|<![-*>"), "")
    minutes = re.search(r"\b(\d+)\s+min(?:ute)?s?\b", prose)
    return Head(title[1] if title else path.stem, summary, int(minutes[1]) if minutes else None)
