"""Three agendas. A lesson's minutes stand in its notebook; the rest of an agenda's length is spare time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from course.lessons import Lesson

from . import page


@dataclass(frozen=True, slots=True)
class Work:
    """A lesson that all work through. more: minutes in the room besides, for exercises and questions."""

    lesson: str
    more: int = 0
    focus: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """Minutes in which nobody works through a lesson: a word of yours, a break."""

    what: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Agenda:
    """One agenda. length: minutes from its first to its last. before: what is done before the day."""

    title: str
    length: int
    audience: str
    before: str
    parts: tuple[Work | Talk, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an agenda's table; `start` in minutes from the beginning."""

    start: int
    minutes: int
    what: str


SPARE = "Spare: questions, an exercise more"

AGENDAS = (
    Agenda(
        "90 minutes: first migrations",
        90,
        "People who know Python and SQL and have not used Alembic with CockroachDB.",
        "Everybody runs lesson 00 to its end, and reads 01 to 03 if there is time.",
        (
            Talk("Welcome. Every machine shows the ✓ lines of lesson 00", 5),
            Talk("The three traps of lesson 03, on your screen: `%`, the password, the prefix", 5),
            Work("04", 5, "exercise 04.1 together"),
            Work("08", 0, "read the generated file aloud before anybody runs it"),
            Work("13", 10, "stop before each `already exists` and ask what is there now"),
            Talk("What each takes home: the cheat sheet, and one rule of it to adopt", 5),
        ),
    ),
    Agenda(
        "Half a day: what hurts in production",
        240,
        "A team that uses Alembic and comes to CockroachDB.",
        "Everybody runs lesson 00 to its end. Who is new to Alembic works through 03, 04 and 08.",
        (
            Talk("Welcome; who has had a migration fail, and how", 10),
            Work("10", 5, "everybody finds the word that nobody wrote"),
            Work("11", 5, "ask for a prediction before each ROLLBACK"),
            Work("12", 5),
            Talk("Break", 15),
            Work("13", 10, "exercise 13.2 in pairs, one looks, one types"),
            Work("14", 5),
            Talk("Break", 15),
            Work("17", 5),
            Work("19", 10, "keep the chart in sight"),
            Talk("Your next migration: each pair plans it with the table at the end of lesson 19", 15),
        ),
    ),
    Agenda(
        "A day: from the first migration to the release",
        480,
        "A team before its first production migration.",
        "Everybody runs lesson 00 to its end.",
        (
            Talk("Welcome; what the day is for", 15),
            Work("03", 0, "the three traps"),
            Work("04", 5),
            Work("08", 5),
            Talk("Break", 15),
            Work("10", 5),
            Work("11", 5),
            Work("12", 5),
            Talk("Lunch", 60),
            Work("13", 10, "exercise 13.2 in pairs"),
            Work("14", 5),
            Work("15", 5),
            Talk("Break", 15),
            Work("17", 5),
            Work("19", 10, "keep the chart in sight"),
            Talk("Break", 15),
            Work("24", 0, "which of these tests do you have?"),
            Work("25", 20, "in pairs; several ways pass, so compare them"),
            Talk("What changes in your project on Monday", 15),
        ),
    ),
)


def rows(agenda: Agenda, course: Sequence[Lesson]) -> list[Row]:
    """The table of an agenda; its last row is what is left of its length.

    Raises ValueError when its parts take longer than that.
    """
    numbered = {lesson.number: lesson for lesson in course}
    found: list[Row] = []
    clock = 0
    for part in agenda.parts:
        if isinstance(part, Work):
            lesson = numbered[part.lesson]
            minutes = (lesson.minutes or 0) + part.more
            what = page.link(lesson) + (f": {part.focus}" if part.focus else "")
            what += f" (the lesson {lesson.minutes}, the room {part.more})" if part.more else ""
        else:
            minutes, what = part.minutes, part.what
        found.append(Row(clock, minutes, what))
        clock += minutes
    if clock > agenda.length:
        raise ValueError(f"{agenda.title}: its parts take {clock} minutes of {agenda.length}; take one out")
    return [*found, Row(clock, agenda.length - clock, SPARE)] if clock < agenda.length else found


def text(agenda: Agenda, course: Sequence[Lesson]) -> str:
    """An agenda as Markdown."""
    lines = [(clock(row.start), str(row.minutes), row.what) for row in rows(agenda, course)]
    lines.append((clock(agenda.length), "", "End"))
    return "\n\n".join(
        [
            f"### {agenda.title}",
            f"For: {agenda.audience}  \nBefore: {agenda.before}",
            page.table(("from", "minutes", "what"), lines),
        ]
    )


def clock(minutes: int) -> str:
    """Minutes from the beginning as a clock shows them: 95 → 1:35."""
    return f"{minutes // 60}:{minutes % 60:02}"
