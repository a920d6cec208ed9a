"""The glossary: each term is used by the lesson to which it leads."""

from pathlib import Path

import pytest

from course.lessons import Cell, Lesson, lessons
from handouts import glossary
from handouts.terms import TERMS, Term

LESSONS = glossary.read(lessons())


def lesson(number: str, *prose: str) -> Lesson:
    cells = [Cell(i, "markdown", text, frozenset(), f"{number}-{i}") for i, text in enumerate(prose)]
    code = Cell(9, "code", "%sql SELECT job", frozenset(), f"{number}-code")
    return Lesson(number, "A lesson", 10, Path(f"{number}-a-lesson.ipynb"), (*cells, code))


USES = lesson("01", "# 01\n\n## What you will learn\n\n- what a job is\n\n## Work", "A job is run.")
EXPLAINS = lesson("02", "# 02", "## Jobs\n\nThis is a *job*: work.\n\nAnd `a_setting` is\nset")
COURSE = glossary.read([USES, EXPLAINS])


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_a_lesson_uses_it(term):
    place = glossary.find(term, LESSONS)
    assert place, "no lesson uses it"
    assert place.lesson.path.exists()
    assert place.cell in {cell.id for cell in place.lesson.cells}


def test_names_are_given_once_and_a_meaning_is_one_sentence():
    names = [term.name.lower() for term in TERMS]
    assert len(names) == len(set(names))
    for term in TERMS:
        assert term.meaning[0].isupper() or term.meaning[0] == "`"
        assert term.meaning.endswith(".") and ". " not in term.meaning


@pytest.mark.parametrize(
    ("term", "found"),
    [
        (Term("job", ""), ("02", "02-1", True)),  # marked where it is explained, though used before
        (Term("work", ""), ("02", "02-1", False)),  # the heading of lesson 01 explains nothing
        (Term("job", "", lesson="01"), ("01", "01-1", False)),
        (Term("task", "", ("job",)), ("02", "02-1", True)),
        (Term("a_setting", ""), ("02", "02-1", False)),
        (Term("is set", ""), ("02", "02-1", False)),
        (Term("learn", ""), None),
        (Term("SELECT", ""), None),  # in code, not in the text
    ],
)
def test_the_lesson_that_explains_a_term(term, found):
    place = glossary.find(term, COURSE)
    assert (place and (place.lesson.number, place.cell, place.marked)) == found


def test_an_entry_leads_to_the_cell():
    term = Term("job", "Work of the cluster.")
    assert glossary.entry(term, glossary.find(term, COURSE)) == (
        "- **job**: Work of the cluster. [02](../notebooks/02-a-lesson.ipynb#cell-id=02-1)"
    )


def test_a_term_that_no_lesson_uses_is_told(monkeypatch):
    monkeypatch.setattr(glossary, "TERMS", (Term("flux capacitor", "A."), Term("flux", "B.", lesson="00")))
    assert glossary.complaints() == [
        "handouts/terms.py: a lesson must use “flux capacitor”",
        "handouts/terms.py: lesson 00 must use “flux”",
    ]
