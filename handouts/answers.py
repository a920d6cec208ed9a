"""The answer key, made from the exercises' own solutions and wrong answers, and from the quizzes."""

from __future__ import annotations

import difflib
import string

from course.exercises import Exercise, Wrong
from course.exercises import every as every_exercise
from course.lessons import Lesson, lessons
from course.quizzes import Question
from course.quizzes import every as every_question

from . import messages, page

_INTRODUCTION = """\
Every exercise with its hints, its solutions and some wrong answers; every question of a quiz with its right
answer. A solution is what `%solution` puts into a cell. The tests run all of this: solutions and other right
ways pass, and each wrong answer is told what stands above it (`…` is what varies). There are more right ways
than these: a check looks at the database and the workspace, not at how they came to be so.

A wrong answer is shown as its difference from the nearest right one: a line with `-` is missing in it, a line
with `+` is what it has instead. Where little is alike, it is shown as a whole.
"""


def made() -> str:
    """The text of docs/answer-key.md."""
    parts = [page.head("Answer key", "course/exercises/ and course/quizzes/") + "\n" + _INTRODUCTION]
    for lesson in lessons():
        exercises = [exercise for exercise in every_exercise() if exercise.lesson == lesson.number]
        questions = [question for question in every_question() if question.lesson == lesson.number]
        if exercises or questions:
            parts.append(chapter(lesson, exercises, questions))
    return "\n".join(parts)


def chapter(lesson: Lesson, exercises: list[Exercise], questions: list[Question]) -> str:
    """The answers of one lesson."""
    parts = [f"## {page.link(lesson)}", *map(exercise_answer, exercises), *map(question_answer, questions)]
    return "\n\n".join(parts) + "\n"


def exercise_answer(exercise: Exercise) -> str:
    """One exercise: task, hints, solution, other right ways, wrong answers."""
    parts = [
        f"### Exercise {exercise.number}",
        page.escaped(exercise.task),
        "**Hints**",
        "\n".join(f"{number}. {page.escaped(hint)}" for number, hint in enumerate(exercise.hints, 1)),
        f"**Solution** (when it is done, `%check` says: {page.escaped(exercise.done)})",
        cells(exercise.solution),
    ]
    for variant in exercise.variants:
        parts += ["**Another right way**", cells(variant)]
    if exercise.wrong:
        parts.append("**Wrong answers, and what `%check` says of each**")
    parts += [wrong_answer(wrong, exercise) for wrong in exercise.wrong]
    return "\n\n".join(parts)


def cells(sources: tuple[str, ...]) -> str:
    """Cells as blocks, one below the other."""
    return "\n\n".join(page.fence(source, _language(source)) for source in sources)


def wrong_answer(wrong: Wrong, exercise: Exercise) -> str:
    """What is told, and in what the answer differs from the nearest right one."""
    told = f"**✗** {page.escaped(messages.whole(wrong.message, exercise.lesson))}"
    if not wrong.cells:
        return f"{told}: nothing was done."
    right = min((exercise.solution, *exercise.variants), key=lambda way: len(difference(way, wrong.cells)))
    changed = difference(right, wrong.cells)
    whole = [line for source in wrong.cells for line in source.strip().splitlines()]
    if len(changed) < len(whole):
        return f"{told}\n\n{page.fence(chr(10).join(changed), 'diff')}"
    return f"{told}\n\n{cells(wrong.cells)}"


def difference(right: tuple[str, ...], wrong: tuple[str, ...]) -> list[str]:
    """The lines that differ, with one line around them; between two places that differ stands `…`."""
    one, other = ("\n\n".join(source.strip() for source in way).splitlines() for way in (right, wrong))
    lines = list(difflib.unified_diff(one, other, lineterm="", n=1))[2:]
    return ["  …" if line.startswith("@@") else line for line in lines][1:]


def question_answer(question: Question) -> str:
    """One question: its options with what each is told, the right one marked."""
    rows = []
    for place, (letter, option) in enumerate(zip(string.ascii_lowercase, question.options, strict=False)):
        mark = "**right** · " if place == question.right else ""
        rows.append(f"- **{letter}** · {mark}{page.escaped(option.text)}  \n  {page.escaped(option.why)}")
    return "\n\n".join([f"### Question {question.number}", page.escaped(question.text), "\n".join(rows)])


def _language(source: str) -> str:
    return "sql" if source.lstrip().startswith(("%%sql", "%sql")) else "python"
