"""Query results as text and as HTML."""

import datetime
from decimal import Decimal

import pytest

from course import table


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, "NULL"),
        (True, "true"),
        (0, "0"),
        (Decimal("1.50"), "1.50"),
        (["accounts_pkey", None, True], "{accounts_pkey,NULL,true}"),
        ({"a": [1, None]}, '{"a": [1, null]}'),
        (memoryview(b"\x01\xff"), "\\x01ff"),
        (datetime.datetime(2026, 1, 2, 3, 4, 5), "2026-01-02 03:04:05"),
        ("", ""),
    ],
)
def test_values_are_written_as_sql_writes_them(cell, text):
    assert table.value(cell) == text


def test_a_table_as_text():
    assert table.plain(["name", "name", "n"], [["a", None, 5], ["b\tc\nd", True, None]]) == (
        "+-------+------+------+\n"
        "| name  | name |    n |\n"
        "+-------+------+------+\n"
        "| a     | NULL |    5 |\n"
        "| b   c | true | NULL |\n"
        "| d     |      |      |\n"
        "+-------+------+------+\n"
        "(2 rows)"
    )


@pytest.mark.parametrize(
    ("rows", "limit", "count"),
    [
        (0, 20, "(0 rows)"),
        (1, 20, "(1 row)"),
        (30, 20, "(30 rows, the first 20 are shown)"),
        (30, None, "(30 rows)"),
    ],
)
def test_the_count_below(rows, limit, count):
    data = [[number] for number in range(rows)]
    assert table.plain(["n"], data, limit).endswith(count)
    page = table.markup(["n"], data, limit)
    assert count in page
    assert page.count("<tr>") == 1 + min(rows, limit or rows)


def test_a_table_as_html_says_the_same_and_is_safe():
    page = table.markup(["<b>", "n"], [["<script>", None], ["a\n\tb", 2]])
    assert "<script>" not in page and "&lt;script&gt;" in page
    assert '<th scope="col"' in page and "<em>NULL</em>" in page
    assert "white-space: pre-wrap" in page
