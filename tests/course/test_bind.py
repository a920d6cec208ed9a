"""What %sql does to the text of a statement: nothing but binding known names."""

import pytest

from course.database import MAKES_PRACTICE
from course.sqlmagic import bind


@pytest.mark.parametrize(
    ("statement", "text", "values"),
    [
        ("SELECT :limit", "SELECT %(limit)s", {"limit": 3}),
        ("SELECT :limit % 2", "SELECT %(limit)s %% 2", {"limit": 3}),
        ("SELECT x::limit, y % 2", "SELECT x::limit, y % 2", {}),
        ("SELECT '12:30'::TIME, :limit", "SELECT '12:30'::TIME, %(limit)s", {"limit": 3}),
    ],
)
def test_only_a_known_name_outside_of_quotes_is_bound(statement, text, values):
    assert bind(statement, {"limit": 3}) == (text, values)


@pytest.mark.parametrize(
    "literal", ["':limit'", '":limit"', "'it''s :limit'", "1 -- :limit", "/* :limit */ 1"]
)
@pytest.mark.parametrize("other", ["", ", :other", ", '{limit}'", ", $limit"])
def test_the_rest_stays_as_it_is_typed(literal, other):
    statement = f"SELECT 5 % 2 {other}, {literal}"
    assert bind(statement, {"limit": 3}) == (statement, {})


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("CREATE DATABASE bank", True),
        ("  create database bank;", True),
        ("CREATE DATABASE IF NOT EXISTS bank", False),  # it may have been there: somebody's real one
        ("CREATE DATABASE banks", False),
        ("CREATE TABLE bank (id INT)", False),
    ],
)
def test_which_statement_has_made_the_practice_database(statement, expected):
    assert bool(MAKES_PRACTICE.match(statement)) is expected
