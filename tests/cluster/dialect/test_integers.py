"""Whole numbers that stand alone: text to text."""

from __future__ import annotations

import pytest

from cluster.embedded.dialect import Settings, translate


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("SELECT 1", "SELECT 1"),
        ("SELECT ARRAY[1, 2]", "SELECT ARRAY[1::int8, 2]"),
        ("SELECT ARRAY[-1]", "SELECT ARRAY[-1::int8]"),
        ("SELECT a[1] FROM t", "SELECT a[1] FROM t"),
        ("SELECT pg_typeof(1)", "SELECT pg_typeof(1::int8)"),
        ("SELECT x FROM (VALUES (1, 'a'), (2, 'b')) v (x, y)",
         "SELECT x FROM (VALUES (1::int8, 'a'), (2::int8, 'b')) v (x, y)"),
        ("INSERT INTO t (a) VALUES (1)", "INSERT INTO t (a) VALUES (1)"),
        ("INSERT INTO t (a) VALUES (ARRAY[])", "INSERT INTO t (a) VALUES ('{}')"),
        ("SELECT CASE WHEN a THEN 1 ELSE 0 END FROM t",
         "SELECT CASE WHEN a THEN 1::int8 ELSE 0::int8 END FROM t"),
        ("SELECT a FROM t LIMIT 1", "SELECT a FROM t LIMIT 1"),
        ("SELECT relname, ARRAY[1] FROM pg_class", "SELECT relname, ARRAY[1] FROM crdb_catalog.pg_class"),
    ],
)  # fmt: skip
def test_numbers(text: str, sql: str) -> None:
    assert translate(text, Settings())[0].sql == sql


def test_columns_of_a_table_made_from_a_query_are_int8(client) -> None:
    client.rows("CREATE TABLE made AS SELECT 1 AS a, 2, 'x' AS b")
    rows = client.rows("SELECT column_name, data_type FROM [SHOW COLUMNS FROM made] WHERE NOT is_hidden")
    assert rows == [("a", "INT8"), ("?column?", "INT8"), ("b", "STRING")]


def test_what_depends_on_a_schema_change_before_it_waits() -> None:
    text = "CREATE TABLE t (a INT PRIMARY KEY); SELECT 1; SELECT * FROM t"
    _, plain, waiting = translate(text, Settings())
    assert (plain.sql, plain.later) == (" SELECT 1", "")
    assert (waiting.sql, waiting.later.strip()) == ("", "SELECT * FROM t")
