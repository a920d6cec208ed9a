"""Errors that the catalog has to explain: what is asked, and what is then said."""

from __future__ import annotations

import pytest

from cluster.embedded.dialect import statement_at, translate_error
from cluster.embedded.dialect.candidates import sources
from cluster.embedded.dialect.doubts import clarified, question, string_literal

Fields = dict[str, str]
_DUPLICATE = {
    "C": "23505",
    "M": 'duplicate key value violates unique constraint "t_a_key"',
    "s": "public",
    "t": "t",
    "n": "t_a_key",
}
_NEEDS_CREATE = "must be owner of table t or have CREATE privilege on table t"


def said(fields: Fields, sql: str, *rows: list[str | None]) -> Fields:
    return clarified(translate_error(fields, sql, "app"), fields, sql, "app", rows)


@pytest.mark.parametrize(
    ("values", "types", "shown"),
    [
        ("7", ["text"], "'7'"),
        ("7", ["bigint"], "7"),
        ("7", ["character varying"], "'7'"),
        ("true", ["text"], "'true'"),
        ("t", ["boolean"], "true"),
        ("2", ["double precision"], "2.0"),
        ("2.5", ["double precision"], "2.5"),
        ("2.50", ["numeric"], "2.50"),
        ("2026-01-01", ["date"], "'2026-01-01'"),
        ("1, 2", ["bigint", "text"], "1, '2'"),
        ("1, a, b, 3", ["bigint", "text", "bigint"], "1, 'a, b', 3"),
        ("it's", ["text"], r"e'it\'s'"),
    ],
)
def test_a_keys_values_are_shown_by_their_types(values: str, types: list[str], shown: str) -> None:
    names = ", ".join("abc"[: len(types)])
    fields = {
        **_DUPLICATE,
        "D": f"Key ({names})=({values}) already exists.",
        "s": "public",
        "t": "t",
        "n": "x",
    }
    assert question(fields, "") is not None
    assert said(fields, "", *([each] for each in types))["D"] == f"Key ({names})=({shown}) already exists."


def test_a_key_that_cannot_be_taken_apart_stays_as_it_was() -> None:
    fields = {**_DUPLICATE, "D": "Key (a, b)=(x, y, z) already exists."}
    assert said(fields, "", ["text"], ["text"]) == said(fields, "")


@pytest.mark.parametrize(
    ("text", "literal"),
    [("plain", "'plain'"), ("", "''"), ("a\\b", r"e'a\\b'"), ("a\nb", r"e'a\nb'"), ("é", r"e'\u00E9'")],
)
def test_a_string_is_written_as_a_datum(text: str, literal: str) -> None:
    assert string_literal(text) == literal


@pytest.mark.parametrize(
    ("rows", "type_"),
    [
        ([["a", "0"]], "VARCHAR(3)"),
        ([["a", "2"]], "STRING(3)"),
        ([["a", "4"]], "CHAR(3)"),
        ([["a", "2"], ["b", "0"]], "STRING(3)"),
        ([["a", "2"], ["k", "0"]], "VARCHAR(3)"),
    ],
)
def test_a_text_that_is_too_long_names_the_columns_type(rows: list[list[str | None]], type_: str) -> None:
    sql = "INSERT INTO t (k, a) VALUES (1, 'long')"
    fields = {"C": "22001", "M": "value too long for type character varying(3)"}
    assert question(fields, sql) is not None
    assert said(fields, sql, *rows)["M"] == f"value too long for type {type_}"


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT k FROM a, b", [("a", '"a"'), ("b", '"b"')]),
        ("SELECT k FROM a AS x, public.b y WHERE true", [("x", '"a"'), ("y", '"public"."b"')]),
        (
            "SELECT k FROM a JOIN b ON (a.v = b.v) LEFT JOIN c ON true",
            [("a", '"a"'), ("b", '"b"'), ("c", '"c"')],
        ),
        ("SELECT k FROM a@a_pkey x, b", [("x", '"a"'), ("b", '"b"')]),
        ("SELECT k FROM a JOIN b USING (v)", []),
        ("SELECT k FROM a NATURAL JOIN b", []),
        ("SELECT k FROM a, (VALUES (1)) v(k)", []),
        ("SELECT k FROM (SELECT 1 AS k) a, b", []),
        ("UPDATE a SET v = k FROM b", []),
        ("SELECT 1", []),
    ],
)
def test_the_tables_of_a_query_by_their_names_there(sql: str, found: list[tuple[str, str]]) -> None:
    assert sources(sql) == found


def test_an_ambiguous_column_names_its_candidates() -> None:
    fields, sql = {"C": "42702", "M": 'column reference "k" is ambiguous'}, "SELECT k FROM a AS x, b, c"
    assert question(fields, sql) is not None
    told = said(fields, sql, ["0"], ["2"])["M"]
    assert told == 'column reference "k" is ambiguous (candidates: x.k, c.k)'
    assert said(fields, sql)["M"] == fields["M"]


@pytest.mark.parametrize(
    ("sql", "owner_of", "told"),
    [
        ("DROP TABLE t", "table t", "user app does not have DROP privilege on relation t"),
        ("ALTER TABLE t RENAME TO u", "table t", "user app does not have DROP privilege on relation t"),
        (
            "ALTER TABLE t ADD COLUMN a INT",
            "table t",
            "must be owner of table t or have CREATE privilege on table t",
        ),
        (
            "CREATE UNIQUE INDEX ON t (a)",
            "table t",
            "must be owner of table t or have CREATE privilege on table t",
        ),
        ("DROP INDEX t@i", "index i", _NEEDS_CREATE),
    ],
)
def test_a_schema_change_of_anothers_table(sql: str, owner_of: str, told: str) -> None:
    fields = {"C": "42501", "M": f"must be owner of {owner_of}"}
    assert question(fields, sql) is not None
    assert said(fields, sql, ["t", "table", "f"]) == {"S": "ERROR", "V": "ERROR", "C": "42501", "M": told}
    # Whom ALL was granted CockroachDB would let do it.
    assert said(fields, sql, ["t", "table", "t"])["C"] == "0A000"


@pytest.mark.parametrize(
    ("sql", "message", "user", "told"),
    [
        ("ALTER TABLE t OWNER TO app", "must be owner of view t", "app", "42501 must be owner of table t"),
        ("DROP TYPE e", "must be owner of type e", "app", "42501 must be owner of type e"),
        (
            "ALTER DATABASE d OWNER TO x",
            'must be able to SET ROLE "x"',
            "app",
            '42501 must be member of role "x"',
        ),
        ("ALTER DATABASE d OWNER TO root", 'must be able to SET ROLE "root"', "demo", "0A000 OWNER TO root"),
        (
            "ALTER SCHEMA s RENAME TO r",
            "must be owner of schema s",
            "app",
            "0A000 a schema change",
        ),
    ],
)
def test_an_owner(sql: str, message: str, user: str, told: str) -> None:
    made = translate_error({"C": "42501", "M": message}, sql, user)
    assert f"{made['C']} {made['M']}".startswith(told)


@pytest.mark.parametrize(
    ("number", "statement"),
    [(0, "SELECT ';'"), (1, "DELETE FROM t"), (2, "SELECT ';'; DELETE FROM t;")],
)
def test_the_statement_that_failed(number: int, statement: str) -> None:
    assert statement_at("SELECT ';'; DELETE FROM t;", number) == statement
