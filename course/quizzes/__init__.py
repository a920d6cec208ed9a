"""The quizzes of the lessons: `lessonNN.py` holds those of lesson NN, in a tuple QUESTIONS."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

from ..errors import CourseError
from .model import Option, Question

__all__ = ["Option", "Question", "every", "find"]


def every() -> list[Question]:
    """All questions of all lessons, in order."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("lesson[0-9][0-9].py"))
    return [
        question for name in names for question in importlib.import_module(f"{__name__}.{name}").QUESTIONS
    ]


def find(number: str) -> Question:
    """The question `number`, such as "11.a". Raises CourseError with those of its lesson, or of all."""
    known = {question.number: question for question in every()}
    wanted = re.sub(r"^\d\.", r"0\g<0>", number.strip().lower())
    if wanted in known:
        return known[wanted]
    numbers = ", ".join(known) or "none yet"
    if not wanted:
        raise CourseError(f"Which question? Write its number behind it. The questions are: {numbers}.")
    raise CourseError(f"There is no question {number.strip()}. The questions are: {numbers}.")
