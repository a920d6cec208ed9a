"""The instructor's guide: the text of guide.md, with what is derived put where it says `{{ name }}`."""

from __future__ import annotations

import re
from pathlib import Path

from course.exercises import every as every_exercise
from course.lessons import Lesson, lessons
from course.quizzes import every as every_question

from . import agendas, page

_TEXT = Path(__file__).with_name("guide.md")
_ROOM = Path(__file__).with_name("room.md")


def made() -> str:
    """The text of docs/instructors-guide.md."""
    course = lessons()
    room = notes(_ROOM.read_text(encoding="utf-8"))
    parts = {
        "agendas": "\n\n".join(agendas.text(agenda, course) for agenda in agendas.AGENDAS),
        "minutes": str(sum(lesson.minutes or 0 for lesson in course)),
        "lessons": "\n\n".join(of_lesson(lesson, room[lesson.number]) for lesson in lessons()),
        "count": str(len(course)),
        "exercises": str(len(every_exercise())),
        "wrong": str(sum(len(exercise.wrong) for exercise in every_exercise())),
    }
    head = page.head(
        "Instructor's guide", "handouts/guide.md, handouts/agendas.py, handouts/room.md and the lessons"
    )
    return head + "\n" + filled(_TEXT.read_text(encoding="utf-8"), parts)


def filled(text: str, parts: dict[str, str]) -> str:
    """The text with each `{{ name }}` replaced. Raises KeyError for a name that is none of `parts`."""
    return re.sub(r"\{\{ (\w+) \}\}", lambda found: parts[found[1]], text)


def notes(text: str) -> dict[str, str]:
    """The text of room.md by the number of the lesson, which is its heading: `## 04`."""
    parts = re.split(r"^## +(\d\d) *$", text, flags=re.MULTILINE)
    return {number: body.strip() for number, body in zip(parts[1::2], parts[2::2], strict=True)}


def of_lesson(lesson: Lesson, note: str) -> str:
    """What an instructor needs for one lesson. note: what to watch for, and to ask."""
    parts = [
        f"### {page.link(lesson)} ({lesson.minutes} minutes)",
        f"They will learn:\n\n{goals(lesson)}",
    ]
    tasks = [
        f"- **{exercise.number}** {page.escaped(exercise.task)}"
        for exercise in every_exercise()
        if exercise.lesson == lesson.number
    ]
    tasks += [
        f"- **{question.number}** (quiz) {page.escaped(question.text)}"
        for question in every_question()
        if question.lesson == lesson.number
    ]
    if tasks:
        parts.append("Exercises:\n\n" + "\n".join(tasks))
    parts.append(note)
    return "\n\n".join(parts)


def goals(lesson: Lesson) -> str:
    """The list below *What you will learn*, with links that hold from docs/."""
    found = re.search(
        r"^## What you will learn\s+(.*?)(?=^## |\Z)", page.prose(lesson), re.MULTILINE | re.DOTALL
    )
    text = found[1].strip() if found else ""
    return re.sub(r"\]\((\d\d-[\w-]+\.ipynb)", r"](../notebooks/\1", text)
