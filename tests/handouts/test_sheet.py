"""The cheat sheet: its lessons show what it says, and it is one page."""

import re
from pathlib import Path

import pytest

from course.lessons import Cell, Lesson, lessons
from handouts import FOLDER, sheet
from handouts.recipes import GROUPS, RULES
from notebook_tools.browser import browser_page, find_browser

COURSE = {lesson.number: lesson for lesson in lessons()}
RECIPES = [recipe for group in GROUPS for recipe in group.recipes]
BROWSER = find_browser()


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.command)
def test_its_lesson_shows_it(recipe):
    assert sheet.shows(COURSE[recipe.lesson], recipe.command)


def test_commands_are_given_once():
    commands = [recipe.command for recipe in RECIPES]
    assert len(commands) == len(set(commands))


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("alembic upgrade head", True),
        ('op.add_column("…", sa.Column(…))', True),
        ("SELECT … FROM [SHOW JOBS]", True),
        ("alembic downgrade", False),
        ("head … alembic", False),
    ],
)
def test_dots_stand_for_anything_within_a_cell(command, shown):
    sources = (
        "%alembic upgrade head",
        'op.add_column(\n    "accounts",\n    sa.Column("owner"),\n)',
        "%sql SELECT a FROM  [SHOW JOBS]",
    )
    cells = tuple(Cell(number, "code", source, frozenset()) for number, source in enumerate(sources))
    assert sheet.shows(Lesson("01", "", 1, Path("01-a.ipynb"), cells), command) is shown


def test_a_command_that_no_lesson_shows_is_told(monkeypatch):
    monkeypatch.setattr(sheet, "shows", lambda lesson, command: command != "alembic current")
    assert sheet.complaints() == ["handouts/recipes.py: lesson 03 does not show: alembic current"]


def test_a_rule_is_of_a_lesson():
    assert {rule.lesson for rule in RULES} <= {lesson.number for lesson in lessons()}


def test_the_markdown_fits_a_page():
    """About what two columns of A4 hold; the page to print is measured below."""
    lines = sheet.made().splitlines()
    assert len(lines) <= 130
    assert max(len(re.sub(r"\]\([^)]*\)", "]", line)) for line in lines if line.startswith("|")) <= 120


@pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome is installed")
def test_it_prints_on_one_page():
    with browser_page(BROWSER) as tab:
        tab.goto((FOLDER / "cheat-sheet.html").as_uri())
        printed = tab.pdf(prefer_css_page_size=True)
        wider = tab.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    assert not wider
