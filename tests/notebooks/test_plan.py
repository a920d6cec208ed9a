"""What lesson 00 and the README say of the lessons and the commands, compared with what there is.

Titles and minutes stand in the notebooks. After a change of one: python -m scripts.plan
"""

import re
from dataclasses import replace

import pytest

from course import lessons
from course.magics import MAGICS, CourseMagics
from course.workspace import ROOT
from scripts.plan import updated

COURSE = lessons.lessons()


def start_here() -> str:
    return "\n\n".join(cell.source for cell in lessons.find("00").cells if cell.kind == "markdown")


def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def table(text: str) -> dict[str, list[str]]:
    """The rows that begin with a lesson's number: | 04 | … |."""
    rows = [[part.strip() for part in line.strip("|").split("|")] for line in text.splitlines()]
    return {row[0]: row[1:] for row in rows if re.fullmatch(r"\d\d", row[0])}


@pytest.mark.parametrize("lesson", COURSE, ids=lambda lesson: lesson.number)
def test_lesson_00_has_each_lesson_with_its_title_and_minutes(lesson):
    linked = lesson.title if lesson.number == "00" else f"[{lesson.title}]({lesson.path.name})"
    title, will, minutes = table(start_here())[lesson.number]
    assert (title, minutes) == (linked, str(lesson.minutes))
    assert will


@pytest.mark.parametrize("lesson", COURSE, ids=lambda lesson: lesson.number)
def test_the_readme_says_of_each_lesson_what_lesson_00_says(lesson):
    title, will = table(readme())[lesson.number]
    assert title == f"[{lesson.title}](notebooks/{lesson.path.name})"
    assert will == table(start_here())[lesson.number][1]


@pytest.mark.parametrize("text", [start_here, readme])
def test_no_other_lesson_is_promised(text):
    assert list(table(text())) == [lesson.number for lesson in COURSE]


def test_the_readme_counts_the_notebooks():
    assert f"course of {len(COURSE)} notebooks" in readme()


def test_every_command_is_listed_by_course_and_in_lesson_00():
    known = {name for kind in ("line", "cell") for name in CourseMagics.magics[kind]}
    listed = set(re.findall(r"%%?(\w+)", "\n".join(MAGICS)))
    told = set(re.findall(r"%%?(\w+)", "\n".join(re.findall(r"^\| `%.*$", start_here(), re.MULTILINE))))
    assert listed == known
    assert told == known


def test_a_renamed_lesson_is_carried_over():
    known = {"04": replace(lessons.find("04"), title="Tables", minutes=25)}
    before = "| 04 | [Old](old.ipynb) | write it | 15 |\n| 99 | stays | so | 1 |\n"
    link = f"[Tables]({known['04'].path.name})"
    assert updated(before, known, {}, readme=False) == (
        f"| 04 | {link} | write it | 25 |\n| 99 | stays | so | 1 |\n"
    )
    assert updated("| 04 | [Old](x) | old |", known, {"04": "new"}, readme=True) == (
        f"| 04 | {link.replace('](', '](notebooks/')} | new |"
    )
