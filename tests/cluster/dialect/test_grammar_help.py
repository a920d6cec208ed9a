"""The hints of syntax errors. Source: pkg/sql/parser/sql.y (SHOW HELP), parse_test.go."""

from __future__ import annotations

import pytest

from cluster.embedded.dialect import Refusal, Settings, translate, translate_error


@pytest.mark.parametrize(
    ("sql", "hint"),
    [
        ("SELECT * FROM", "try \\h <SOURCE>"),
        ("SELECT FROM t", "try \\h SELECT"),
        ("CREATE TABLE t (a INT,)", "try \\h CREATE TABLE"),
        ("CREATE UNIQUE INDEX ON", "try \\h CREATE INDEX"),
        ("ALTER TABLE t FOO", "try \\h ALTER TABLE"),
        ("DROP", "try \\h DROP"),
        ("SHOW KEYS", "try \\h SHOW INDEXES"),
        ("SHOW VIEW", "try \\h SHOW"),
        ("SET x", "try \\h SET SESSION"),
        ("FOO BAR", None),
    ],
)
def test_a_syntax_error_of_ours_names_the_help(sql: str, hint: str | None) -> None:
    if sql == "SELECT * FROM":
        made = translate_error({"C": "42601", "M": "syntax error at end of input"}, sql)
        assert made.get("H") == hint
        return
    with pytest.raises(Refusal) as caught:
        translate(sql, Settings())
    assert (caught.value.sqlstate, caught.value.hint) == ("42601", hint)
    assert (caught.value.detail or "").startswith(f"source SQL:\n{sql}\n")


@pytest.mark.parametrize(
    ("sql", "near", "hint"),
    [
        ("SELECT * FROM t WHERE k =", None, "try \\h SELECT"),
        ("SELECT family FROM FROM t", "FROM", "try \\h <SOURCE>"),
        ("INSERT INTO t VALUES", None, "try \\h INSERT"),
        ("SELECT 1; UPDATE t", None, "try \\h UPDATE"),
    ],
)
def test_and_so_does_one_of_postgresql(sql: str, near: str | None, hint: str) -> None:
    message = f'syntax error at or near "{near}"' if near else "syntax error at end of input"
    assert translate_error({"C": "42601", "M": message}, sql)["H"] == hint


@pytest.mark.parametrize(
    ("code", "message", "sql", "said"),
    [
        ("42601", "INSERT has more expressions than target columns", "INSERT INTO t (a) VALUES (1, 2)",
         "INSERT has more expressions than target columns, 2 expressions for 1 targets"),
        ("42803", "aggregate functions are not allowed in WHERE", "SELECT 1 FROM t WHERE max(a) > 1",
         "max(): aggregate functions are not allowed in WHERE"),
        ("42P01", 'relation "s.t" does not exist', "SELECT * FROM db.s.t",
         'relation "db.s.t" does not exist'),
        ("42P01", 'relation "crdb_catalog.pg_x" does not exist', "",
         'relation "pg_x" does not exist'),
        ("42804", "argument of WHERE must be type boolean, not type bigint", "",
         "argument of WHERE must be type bool, not type int"),
        ("22023", 'unit "x" not recognized for type timestamp with time zone', "SELECT extract(x FROM now())",
         "extract(): unsupported timespan: x"),
        ("2201E", "cannot take logarithm of zero", "SELECT log(0)", "log(): cannot take logarithm of zero"),
        ("42804", "COALESCE types bigint and text cannot be matched", "",
         "COALESCE types int and string cannot be matched"),
        ("42809", 'ALTER action ADD COLUMN cannot be performed on relation "v"', "", '"v" is not a table'),
        ("42883", "operator does not exist: text ~~ integer", "",
         "unsupported comparison operator: <string> LIKE <int>"),
    ],
)  # fmt: skip
def test_what_postgresql_does_not_say(code: str, message: str, sql: str, said: str) -> None:
    assert translate_error({"C": code, "M": message}, sql)["M"] == said
