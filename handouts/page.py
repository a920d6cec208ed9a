"""Pieces of Markdown, and the lessons as a page of docs/ refers to them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from course.lessons import Lesson


def head(title: str, made_from: str) -> str:
    """The first lines of a page: its title, and for whoever opens the file, where its text comes from."""
    return f"<!-- Made by `make handouts` from {made_from}. Do not change it here. -->\n\n# {title}\n"


def prose(lesson: Lesson) -> str:
    """All markdown of a lesson, without blocks of code."""
    return without_code("\n\n".join(cell.source for cell in lesson.cells if cell.kind == "markdown"))


def without_code(text: str) -> str:
    """Markdown without its blocks of code."""
    return re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)


def link(lesson: Lesson, text: str = "", cell: str = "") -> str:
    """A link from docs/ to a lesson: its number and title, or `text`; with the id of a cell, to that cell.

    JupyterLab goes to the cell (to a heading only where the notebook is open); GitHub shows the notebook.
    """
    anchor = f"#cell-id={cell}" if cell else ""
    return f"[{text or f'{lesson.number} · {lesson.title}'}](../notebooks/{lesson.path.name}{anchor})"


def fence(text: str, language: str = "") -> str:
    """A block of code, with a fence that does not occur in it."""
    marks = "```"
    while marks in text:
        marks += "`"
    return f"{marks}{language}\n{text.rstrip()}\n{marks}"


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table of Markdown; a bar inside of a cell is escaped."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def escaped(text: str) -> str:
    """Plain text as Markdown shows it unchanged; what stands in backticks is code and left alone."""
    parts = text.split("`")
    for place in range(0, len(parts), 2):
        for sign in "\\*_<":
            parts[place] = parts[place].replace(sign, "\\" + sign)
    return "`".join(parts)
