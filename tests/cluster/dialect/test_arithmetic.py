"""Values that a client sees of arithmetic (docs, "Functions and operators")."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("1/2", "0.5"),
        ("10/5", "2"),
        ("1/3", "0.33333333333333333333"),
        ("7 // 2", "3"),
        ("10 - 7 // 2", "7"),
        ("7 // 2 * 3", "9"),
        ("2147483647 + 1", "2147483648"),
        ("100000 * 100000", "10000000000"),
        ("(SELECT avg(x) FROM (VALUES (1), (2)) v (x))", "1.5"),
        ("(SELECT avg(x) FROM (VALUES (1.0), (2.0)) v (x))", "1.5"),
        ("(SELECT avg(x) FROM (VALUES (1), (1), (2)) v (x))", "1.3333333333333333333"),
        ("extract(year FROM '2020-05-17'::DATE)", "2020"),
        ("IF(1 > 2, 'a', 'b')", "b"),
        ("IFNULL(NULL, 3)", "3"),
        ("1.5::INT", "2"),
        ("'5'::INT + 1", "6"),
        ("true::STRING", "true"),
        ("b'\\x41'::STRING", "\\x41"),
    ],
)
def test_values(client, expression: str, shown: str) -> None:
    assert client.one(f"SELECT ({expression})::STRING") == shown


def test_the_rows_of_a_show_are_a_table(client) -> None:
    client.rows("CREATE TABLE listed (a INT PRIMARY KEY)")
    assert client.one("SELECT table_name FROM [SHOW TABLES] WHERE table_name = 'listed'") == "listed"
    assert client.one("WITH x AS (SHOW TABLES) SELECT count(*) FROM x") == 1


def test_nulls_come_first_and_last_when_descending(client) -> None:
    values = "SELECT x FROM (VALUES (2), (NULL), (1)) v (x) ORDER BY x"
    assert client.column(values) == [None, 1, 2]
    assert client.column(values + " DESC") == [2, 1, None]
