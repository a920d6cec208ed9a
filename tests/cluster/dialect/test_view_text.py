"""The query of a view as CockroachDB spells it; nothing where the spelling is not known."""

from __future__ import annotations

import pytest

from cluster.embedded.dialect.model import Settings
from cluster.embedded.dialect.scanner import tokenize
from cluster.embedded.dialect.view_text import NAME, view_text

SETTINGS = Settings(database="bank")


def shown(sql: str) -> tuple[str, str] | None:
    """Kept and printed, with tables as their names and without marks."""
    texts = view_text(list(tokenize(sql)), SETTINGS)
    if texts is None:
        return None
    kept, printed = (
        text.replace("crdb_catalog.table_mark('', 't')", "'T'").replace("' || '", "").replace(NAME, "")
        for text in texts
    )
    return kept[1:-1].replace("''", "'"), printed[1:-1].replace("''", "'")


@pytest.mark.parametrize(
    ("sql", "printed"),
    [
        ("select A, b from t", "SELECT a, b FROM T"),
        ("SELECT a x, t.b AS y FROM t", "SELECT a AS x, t.b AS y FROM T"),
        ("SELECT DISTINCT a FROM t u WHERE u.a <> 'x'", "SELECT DISTINCT a FROM T AS u WHERE u.a != 'x'"),
        ("SELECT Count(*), ifnull(a,0) FROM t GROUP BY a", "SELECT count(*), IFNULL(a, 0) FROM T GROUP BY a"),
        ("SELECT a FROM t WHERE a is not null", "SELECT a FROM T WHERE a IS NOT NULL"),
        ("SELECT a FROM t LEFT OUTER JOIN t o ON o.a=a", "SELECT a FROM T LEFT JOIN T AS o ON o.a = a"),
    ],
)  # fmt: skip
def test_plain_queries_are_spelt(sql: str, printed: str) -> None:
    assert shown(sql) == (printed, printed)


def test_operands_of_and_stand_in_parentheses_where_the_query_is_kept() -> None:
    assert shown("SELECT a FROM t WHERE a > 1 AND b < 2") == (
        "SELECT a FROM T WHERE (a > 1) AND (b < 2)",
        "SELECT a FROM T WHERE a > 1 AND b < 2",
    )


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM t",
        "SELECT a + 1 FROM t",
        "SELECT a::INT FROM t",
        "SELECT a FROM t RIGHT JOIN t AS o ON o.a = t.a",
        "SELECT a FROM t ONLY",
        "SELECT a FROM ONLY t",
        "SELECT a FROM t WHERE a = 1 OR a = 2",
        "SELECT a FROM t WHERE a IN (1, 2)",
        "SELECT a FROM t WHERE NOT a = 1",
        "SELECT a FROM t ORDER BY a",
        "SELECT current_timestamp FROM t",
        "SELECT date '2020-01-01' FROM t",
        "SELECT a FROM t UNION SELECT a FROM t",
        "SELECT a FROM (SELECT a FROM t) AS s",
        "SELECT e'x' FROM t",
        'SELECT "a" FROM t',
        "WITH x AS (SELECT a FROM t) SELECT a FROM x",
        "VALUES (1)",
        "SELECT 1",
    ],
)
def test_anything_else_is_not(sql: str) -> None:
    assert shown(sql) is None
