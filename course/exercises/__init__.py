"""The exercises of the lessons: `lessonNN.py` holds those of lesson NN, in a tuple EXERCISES.

An exercise is one object: what to do, a check of the real database and workspace, hints, a solution, and
wrong answers with the message that each must get. The tests run all of them.
"""

from __future__ import annotations

import importlib
import re
from pathlib import Path

from ..errors import CourseError
from .model import Context, Exercise, NotYet, Wrong

__all__ = ["Context", "Exercise", "NotYet", "Wrong", "every", "find"]


def every() -> list[Exercise]:
    """All exercises of all lessons, in order."""
    return [exercise for name in _names() for exercise in _of(name)]


def find(number: str) -> Exercise:
    """The exercise `number`, such as "04.1" or "4.1". Raises CourseError with those that there are."""
    wanted = re.fullmatch(r"(\d{1,2})\.(\d+)", number.strip())
    if wanted:
        # Of its own lesson alone: the other lessons' are some thousand lines that nobody asks for now.
        lesson = f"{int(wanted[1]):02}"
        for exercise in _of(f"lesson{lesson}") if f"lesson{lesson}" in _names() else ():
            if exercise.number == f"{lesson}.{wanted[2]}":
                return exercise
    known = every()
    numbers = ", ".join(exercise.number for exercise in known)
    if not number.strip():
        raise CourseError(f"Which exercise? Write its number behind it. The exercises are: {numbers}.")
    raise CourseError(f"There is no exercise {number.strip()}. The exercises are: {numbers}.")


def _names() -> list[str]:
    return sorted(path.stem for path in Path(__file__).parent.glob("lesson[0-9][0-9].py"))


def _of(name: str) -> tuple[Exercise, ...]:
    module = importlib.import_module(f"{__name__}.{name}")
    found: tuple[Exercise, ...] = module.EXERCISES
    return found
