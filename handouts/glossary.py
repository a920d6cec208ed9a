"""The glossary: each term with its meaning and a link to the place where a lesson explains it.

Which lesson that is, the lessons say: the first that writes the term in *italics* or **bold** (which is how a
lesson marks a term where it explains it), else the first that uses it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from course.lessons import Lesson, lessons

from . import page
from .terms import TERMS, Term

SECTIONS = ("What you will learn", "What you need", "What you learned")
"""The lists at a lesson's ends, which explain nothing."""

_INTRODUCTION = """\
The words of the course, each in one sentence. The number leads to the lesson that explains it; in JupyterLab,
to the place in it.
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a term is explained. cell: its id. marked: whether the term is in italics or bold there."""

    lesson: Lesson
    cell: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of a lesson, and the id of its cell."""

    lesson: Lesson
    cell: str
    words: str


def made() -> str:
    """The text of docs/glossary.md."""
    text = read(lessons())
    found = [(term, place) for term in TERMS if (place := find(term, text))]
    entries = [entry(term, place) for term, place in sorted(found, key=lambda pair: pair[0].name.lower())]
    head = page.head("Glossary", "handouts/terms.py and the lessons")
    return "\n".join([head, _INTRODUCTION, *entries]) + "\n"


def entry(term: Term, place: Place) -> str:
    """One term."""
    return f"- **{term.name}**: {term.meaning} {page.link(place.lesson, place.lesson.number, place.cell)}"


def complaints() -> list[str]:
    """What is wrong with the terms: one that no lesson uses."""
    course = lessons()
    text = read(course)
    numbers = {"", *(lesson.number for lesson in course)}
    return [
        f"handouts/terms.py: {f'lesson {term.lesson}' if term.lesson else 'a lesson'} must use “{term.name}”"
        for term in TERMS
        if term.lesson in numbers and find(term, text) is None
    ]


def find(term: Term, text: list[Line]) -> Place | None:
    """The place where a term is explained, in lessons as `read` gives them. None: no lesson uses it."""
    words = "|".join(_pattern(form) for form in (term.name, *term.forms))
    for pattern, marked in ((rf"(?<!\w)\*{{1,2}}(?:{words})\*", True), (rf"(?<!\w)(?:{words})(?!\w)", False)):
        search = re.compile(pattern, re.IGNORECASE).search
        for line in text:
            if term.lesson in ("", line.lesson.number) and search(line.words):
                return Place(line.lesson, line.cell, marked)
    return None


def read(course: list[Lesson]) -> list[Line]:
    """The paragraphs of lessons, each on one line, for a term may stand where a line is broken."""
    lines = []
    for lesson in course:
        section = ""
        for cell in (cell for cell in lesson.cells if cell.kind == "markdown"):
            for part in re.split(r"\n\s*\n|^(#.*)$", page.without_code(cell.source), flags=re.MULTILINE):
                words = " ".join((part or "").split())
                if words.startswith("#"):
                    section = words.lstrip("#").strip()
                elif words and section not in SECTIONS:
                    lines.append(Line(lesson, cell.id, words))
    return lines


def _pattern(form: str) -> str:
    """A form of a term as a regular expression: the plural too, and any of it in backticks."""
    return "`?" + r"`? `?".join(re.escape(word) for word in form.split()) + "(?:s|es)?`?"
