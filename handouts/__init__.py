"""What is made from the lessons: the files of docs/ that nobody writes by hand.

    python -m handouts            write them all        (make handouts)
    python -m handouts --check    say which are not as they would be made

Each maker is a pure function of the lessons, the exercises and the tables beside it:
`answers.py` makes the answer key; `glossary.py` the glossary, of `terms.py`; `sheet.py` the cheat sheet, of
`recipes.py`; `guide.py` the instructor's guide, of `guide.md`, `agendas.py` and `room.md`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from course.workspace import ROOT

from . import answers, glossary, guide, sheet

FOLDER = ROOT / "docs"
FILES: dict[str, Callable[[], str]] = {
    "answer-key.md": answers.made,
    "cheat-sheet.html": sheet.made_html,
    "cheat-sheet.md": sheet.made,
    "glossary.md": glossary.made,
    "instructors-guide.md": guide.made,
}
"""Each file of FOLDER, and what makes its text."""


def stale(folder: Path = FOLDER) -> dict[str, str]:
    """The files that are missing or not as they would be made, with the text that they should have."""
    texts = {name: make() for name, make in FILES.items()}
    return {name: text for name, text in texts.items() if _read(folder / name) != text}


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
