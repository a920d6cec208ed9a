"""The lessons as the notebooks say them."""

import pytest

from course import lessons
from course.errors import CourseError


@pytest.mark.parametrize(
    ("prose", "metadata", "title", "minutes"),
    [
        ("# 04 · The first migration\n\n*About 15 minutes.*", {}, "The first migration", 15),
        ("# Lesson 4: Tables\n\n12 min", {"minutes": 20}, "Tables", 20),
        ("no head", {}, "the first one", None),
    ],
)
def test_title_and_minutes_stand_in_the_notebook(notebooks, prose, metadata, title, minutes):
    notebooks("04-the-first-one", prose, ("step", "%sql SELECT 1"), ("", "%sql SELECT 2"), **metadata)
    lesson = lessons.find("4")
    assert (lesson.number, lesson.title, lesson.minutes) == ("04", title, minutes)
    assert [cell.source for cell in lesson.steps()] == ["%sql SELECT 1"]
    assert lessons.has_cell("%sql SELECT 2\n") and not lessons.has_cell("%sql SELECT 3")


def test_a_changed_notebook_is_read_again(notebooks):
    notebooks("01-a", "# 01 · Before")
    assert lessons.find("01").title == "Before"
    notebooks("01-a", "# 01 · After, longer")
    assert lessons.find("01").title == "After, longer"


@pytest.mark.parametrize("number", ["7", "", "x"])
def test_an_unknown_lesson(small_course, number):
    with pytest.raises(CourseError, match=r"The lessons are: 01, 02, 03\."):
        lessons.find(number)
