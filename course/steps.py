"""The language of the lessons' steps: the text of a cell, read as commands. Pure.

A cell tagged `step` is made of these and of nothing else, so that a later lesson can build its starting state
from it without a kernel:
    %%sql, %%migration, %%edit                   as a whole cell
    %alembic, %sql, %get_bank, %inherit          a line each
    !rm PATTERN …, !python -m MODULE …           a line each
    %load_ext, %lesson, %check, %hint, %quiz, comments  left out
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import CourseError

CELLS = ("sql", "migration", "edit")
LINES = ("alembic", "sql", "get_bank", "inherit")
SHELL = re.compile(r"rm\s|python -m\s")
IGNORED = ("load_ext", "lesson", "check", "hint", "quiz", "course")


class NotAStep(CourseError):
    """A cell holds something that cannot be replayed without a kernel."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command. `name` is the magic's name, or `!`; `body` None for a line."""

    name: str
    line: str
    body: str | None = None


def parse(source: str) -> list[Step]:
    """The commands of one cell. Raises NotAStep that names the first line which is none."""
    if source.lstrip().startswith("%%"):
        head, _, body = source.lstrip().partition("\n")
        name, _, line = head[2:].partition(" ")
        if name not in CELLS:
            raise NotAStep(f"%%{name} cannot be a step: only {', '.join('%%' + cell for cell in CELLS)} can.")
        return [Step(name, line.strip(), body)]
    steps = []
    for text in map(str.strip, source.splitlines()):
        if not text or text.startswith("#"):
            continue
        if text.startswith("!") and SHELL.match(text[1:].strip()):
            steps.append(Step("!", text[1:].strip()))
            continue
        name, _, line = text[1:].partition(" ")
        if text.startswith("%") and name in LINES:
            steps.append(Step(name, line.strip()))
        elif not (text.startswith("%") and name in IGNORED):
            raise NotAStep(f"This line cannot be a step, nothing can replay it without a kernel: {text}")
    return steps
