"""The instructor's guide: minutes add up, and each lesson has what to watch for and what to ask."""

import itertools
import re

import pytest

from course.lessons import lessons
from course.workspace import ROOT
from handouts import agendas, guide
from handouts.agendas import AGENDAS, Agenda, Row, Talk, Work

COURSE = lessons()
NOTES = guide.notes(guide._ROOM.read_text(encoding="utf-8"))


@pytest.mark.parametrize("agenda", AGENDAS, ids=lambda agenda: agenda.title)
def test_an_agenda_adds_up(agenda):
    rows = agendas.rows(agenda, COURSE)
    assert sum(row.minutes for row in rows) == agenda.length
    assert all(row.start + row.minutes == after.start for row, after in itertools.pairwise(rows))
    assert rows[-1].what == agendas.SPARE and rows[-1].minutes >= 5, "leave some time for questions"
    taken = [part.lesson for part in agenda.parts if isinstance(part, Work)]
    assert taken == sorted(set(taken))


@pytest.mark.parametrize("agenda", AGENDAS, ids=lambda agenda: agenda.title)
def test_nobody_sits_for_more_than_two_hours_and_a_half(agenda):
    since = 0
    for row in agendas.rows(agenda, COURSE):
        since = 0 if row.what in ("Break", "Lunch") else since + row.minutes
        assert since <= 150


def test_every_lesson_says_its_minutes():
    assert [lesson.path.name for lesson in COURSE if not lesson.minutes] == []


def test_the_rows_of_an_agenda():
    agenda = Agenda("A", 30, "", "", (Talk("Hello", 5), Work("04", 5, "slowly")))
    [talk, work, spare] = agendas.rows(agenda, COURSE)
    assert (talk, spare) == (Row(0, 5, "Hello"), Row(25, 5, agendas.SPARE))
    assert (work.start, work.minutes) == (5, 20)
    assert work.what.endswith(".ipynb): slowly (the lesson 15, the room 5)")
    assert "| 0:25 | 5 |" in agendas.text(agenda, COURSE)


def test_too_much_is_refused():
    agenda = Agenda("Too much", 10, "", "", (Work("04"),))
    with pytest.raises(ValueError, match="Too much: its parts take 15 minutes of 10"):
        agendas.rows(agenda, COURSE)


@pytest.mark.parametrize("lesson", COURSE, ids=lambda lesson: lesson.number)
def test_each_lesson_has_a_note(lesson):
    wrong, ask = re.fullmatch(
        r"Goes wrong:\n\n(.+)\n\nAsk the room:\n\n(.+)", NOTES[lesson.number], re.DOTALL
    ).groups()
    assert wrong.startswith("- ")
    questions = re.split(r"^- ", ask, flags=re.MULTILINE)[1:]
    assert questions
    for question in questions:
        assert re.match(r"\*[^*]+\?\* +\S", " ".join(question.split())), question


def test_no_note_is_left_over():
    assert list(NOTES) == [lesson.number for lesson in COURSE]


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.number)
def test_each_lesson_has_its_goals(lesson):
    assert guide.goals(lesson).startswith("- ")


def test_names_are_filled_in():
    assert (
        guide.filled("All {{ count }} of {{ them }}.", {"count": "3", "them": "these"}) == "All 3 of these."
    )
    with pytest.raises(KeyError):
        guide.filled("{{ nobody }}", {})
    assert "{{" not in guide.made()


@pytest.mark.parametrize(
    "said",
    [
        "No lesson has begun",
        "was started in another notebook, and there is one workspace",
        "has already run on this database",
        "No cluster answers",
        "is taken by another program: using",
        "damaged",
        "export PGSSLROOTCERT=",
        "The check does not understand what it finds",
    ],
)
def test_what_the_guide_quotes_is_what_a_learner_reads(said):
    sources = (
        path.read_text(encoding="utf-8")
        for name in ("course", "cluster")
        for path in (ROOT / name).rglob("*.py")
    )
    assert said in guide.made()
    assert any(said in source for source in sources)
