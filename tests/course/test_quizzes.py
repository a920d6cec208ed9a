"""Every question: one right answer, a word for each wrong one, and a cell of its lesson that asks it."""

import re

import pytest

from course import lessons
from course.errors import CourseError
from course.quizzes import Option, Question, every, find

QUESTIONS = every()
QUESTION = Question("11.a", "What?", (Option("this", "Yes: so."), Option("that", "No: so.")), right=0)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.number)
def test_it_is_whole_and_asked(question):
    assert re.fullmatch(r"\d\d\.[a-z]", question.number)
    assert 2 <= len(question.options) <= 5 and 0 <= question.right < len(question.options)
    texts = [question.text, *(text for option in question.options for text in (option.text, option.why))]
    assert all(text.strip() == text and text and "\n" not in text for text in texts)
    assert len({option.text for option in question.options}) == len(question.options)
    cells = [cell.source for cell in lessons.find(question.lesson).cells]
    assert any(re.search(rf"^%quiz {question.number}$", cell, re.MULTILINE) for cell in cells)


def test_numbers_are_given_once():
    numbers = [question.number for question in QUESTIONS]
    assert numbers == sorted(set(numbers))


def test_it_is_asked_and_answered():
    assert QUESTION.asked() == "11.a What?\n  a  this\n  b  that\nAnswer with: %quiz 11.a LETTER"
    assert QUESTION.answered("a") == "✓ 11.a Yes: so."
    assert QUESTION.answered("B") == "✗ 11.a No: so."


@pytest.mark.parametrize("letter", ["c", "ab", "1"])
def test_a_letter_that_is_none(letter):
    with pytest.raises(CourseError, match=r"Choose one of a, b: %quiz 11\.a a"):
        QUESTION.answered(letter)


@pytest.mark.parametrize(("number", "said"), [("", "Which question"), ("99.z", "There is no question 99.z")])
def test_a_number_that_is_none(number, said):
    with pytest.raises(CourseError, match=said):
        find(number)
