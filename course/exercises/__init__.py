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
    names = sorted(path.stem for path in Path(__file__).parent.glob("lesson[0-9][0-9].py"))
    return [exercise for name in names for exercise in _of(name)]


def find(number: str) -> Exercise:
    """The exercise `number`, such as "04.1" or "4.1". Raises CourseError with those that there are."""
    wanted = re.fullmatch(r"(\d{1,2})\.(\d+)", number.strip())
    normal = f"{int(wanted[1]):02}.{wanted[2]}" if wanted else ""
    known = every()
    for exercise in known:
        if exercise.number == normal:
            return exercise
    numbers = ", ".join(exercise.number for exercise in known)
    if not number.strip():
        raise CourseError(f"Which exercise? Write its number behind it. The exercises are: {numbers}.")
    raise CourseError(f"There is no exercise {number.strip()}. The exercises are: {numbers}.")


def _of(name: str) -> tuple[Exercise, ...]:
    module = importlib.import_module(f"{__name__}.{name}")
    found: tuple[Exercise, ...] = module.EXERCISES
    return found
