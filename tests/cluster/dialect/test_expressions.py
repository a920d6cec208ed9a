"""How expressions of tables are printed: the four spellings of CockroachDB, from what a client typed.

Source: pkg/sql/sem/tree/format.go (FmtSimple, FmtParsableNumerics, FmtParsable, FmtPGCatalog) and the logic
tests computed, check_constraints, default, pg_catalog.
"""

from __future__ import annotations

import itertools

import pytest

_COLUMNS = (
    "a INT8, b INT8, i INT4, d DECIMAL(10,2), f FLOAT8, s STRING, v VARCHAR(10), j JSONB, t TIMESTAMPTZ,"
    " dt DATE, bo BOOL, u UUID, arr INT8[], m mood"
)
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def bench(client):
    """A database with an enum, and a table of each kind of column."""
    client.rows("CREATE TYPE mood AS ENUM ('good', 'bad')")
    return client


# What is typed as CHECK, as SHOW CREATE prints it, and as SHOW CONSTRAINTS does.
CHECKS = [
    ("a > 0", "a > 0:::INT8", "a > 0"),
    ("(a) > (0)", "a > 0:::INT8", "a > 0"),
    ("a > 0 AND b < 5", "(a > 0:::INT8) AND (b < 5:::INT8)", "(a > 0) AND (b < 5)"),
    ("a > 0 AND b < 5 AND bo", "((a > 0:::INT8) AND (b < 5:::INT8)) AND bo", "((a > 0) AND (b < 5)) AND bo"),
    ("a + b * 2 > 3", "(a + (b * 2:::INT8)) > 3:::INT8", "(a + (b * 2)) > 3"),
    ("a <> -1", "a != (-1):::INT8", "a != (-1)"),
    ("i >= 0", "i >= 0:::INT8", "i >= 0"),
    ("d > 0", "d > 0:::DECIMAL", "d > 0"),
    ("d * a > 3.5", "(d * a) > 3.5:::DECIMAL", "(d * a) > 3.5"),
    ("a::DECIMAL > 3", "a::DECIMAL > 3:::DECIMAL", "a::DECIMAL > 3"),
    ("d::INT8 > 3", "d::INT8 > 3:::INT8", "d::INT8 > 3"),
    ("f > 0", "f > 0.0:::FLOAT8", "f > 0.0"),
    ("s = 'a'", "s = 'a':::STRING", "s = 'a'::STRING"),
    ("s = 'it''s'", r"s = e'it\'s':::STRING", r"s = e'it\'s'::STRING"),
    ("v = 'a'", "v = 'a':::STRING", "v = 'a'::STRING"),
    ("v IN ('a', 'b')", "v IN ('a':::STRING, 'b':::STRING)", "v IN ('a'::STRING, 'b'::STRING)"),
    ("a IN (1, 2)", "a IN (1:::INT8, 2:::INT8)", "a IN (1, 2)"),
    ("a NOT IN (1, 2)", "a NOT IN (1:::INT8, 2:::INT8)", "a NOT IN (1, 2)"),
    ("s LIKE 'a%'", "s LIKE 'a%':::STRING", "s LIKE 'a%'::STRING"),
    ("s NOT LIKE 'a%'", "s NOT LIKE 'a%':::STRING", "s NOT LIKE 'a%'::STRING"),
    ("NOT bo", "NOT bo", "NOT bo"),
    ("s IS NULL OR a IS NOT NULL", "(s IS NULL) OR (a IS NOT NULL)", "(s IS NULL) OR (a IS NOT NULL)"),
    ("length(s) > 3", "length(s) > 3:::INT8", "length(s) > 3"),
    ("lower(v) = v", "lower(v) = v", "lower(v) = v"),
    ("COALESCE(a, b) > 0", "COALESCE(a, b) > 0:::INT8", "COALESCE(a, b) > 0"),
    ("j->>'k' = 'x'", "(j->>'k':::STRING) = 'x':::STRING", "(j->>'k'::STRING) = 'x'::STRING"),
    ("(j->>'k')::INT8 > 3", "(j->>'k':::STRING)::INT8 > 3:::INT8", "(j->>'k'::STRING)::INT8 > 3"),
    ("dt > '2020-01-01'", "dt > '2020-01-01':::DATE", "dt > '2020-01-01'::DATE"),
    ("m = 'good'", "m = 'good':::public.mood", "m = 'good'::public.mood"),
    ("arr[1] = 3", "arr[1:::INT8] = 3:::INT8", "arr[1] = 3"),
    (
        "CASE WHEN a < 0 THEN true ELSE false END",
        "CASE WHEN a < 0:::INT8 THEN true ELSE false END",
        "CASE WHEN a < 0 THEN true ELSE false END",
    ),
    (
        "CASE s WHEN 'x' THEN a ELSE 1 END > 0",
        "CASE s WHEN 'x':::STRING THEN a ELSE 1:::INT8 END > 0:::INT8",
        "CASE s WHEN 'x'::STRING THEN a ELSE 1 END > 0",
    ),
]


@pytest.mark.parametrize(("typed", "created", "listed"), CHECKS)
def test_checks(bench, typed: str, created: str, listed: str) -> None:
    table = f"checked_{next(_numbers)}"
    bench.rows(f"CREATE TABLE {table} ({_COLUMNS}, CONSTRAINT c CHECK ({typed}))")
    assert f"\n\tCONSTRAINT c CHECK ({created})\n" in bench.rows(f"SHOW CREATE {table}")[0][1]
    [details] = [row[3] for row in bench.rows(f"SHOW CONSTRAINTS FROM {table}") if row[1] == "c"]
    assert details == f"CHECK (({listed}))"


# Type, what is typed as DEFAULT, as SHOW COLUMNS prints it, and as SHOW CREATE does.
DEFAULTS = [
    ("INT8", "0", "0", "0:::INT8"),
    ("INT8", "-1", "(-1)", "(-1):::INT8"),
    ("INT4", "3", "3", "3:::INT8"),
    ("INT8", "99999999999", "99999999999", "99999999999:::INT8"),
    ("DECIMAL(10,2)", "0", "0", "0:::DECIMAL"),
    ("DECIMAL", "-1.5", "(-1.5)", "(-1.5):::DECIMAL"),
    ("FLOAT8", "0", "0.0", "0.0:::FLOAT8"),
    ("FLOAT8", "1.5", "1.5", "1.5:::FLOAT8"),
    ("STRING", "'x'", "'x'", "'x':::STRING"),
    ("VARCHAR(5)", "'x'", "'x'", "'x':::STRING"),
    ("BOOL", "true", "true", "true"),
    ("TIMESTAMPTZ", "now()", "now()", "now():::TIMESTAMPTZ"),
    ("TIMESTAMP", "now()", "now()", "now():::TIMESTAMP"),
    ("TIMESTAMPTZ", "current_timestamp()", "current_timestamp()", "current_timestamp():::TIMESTAMPTZ"),
    ("DATE", "'2020-01-31'", "'2020-01-31'", "'2020-01-31':::DATE"),
    ("UUID", "gen_random_uuid()", "gen_random_uuid()", "gen_random_uuid()"),
    ("INT8", "unique_rowid()", "unique_rowid()", "unique_rowid()"),
    ("JSONB", "'{}'", "'{}'", "'{}':::JSONB"),
    ("BYTES", "b'\\x01'", r"'\x01'", r"'\x01':::BYTES"),
    ("mood", "'good'", "'good'", "'good':::public.mood"),
]


@pytest.mark.parametrize(("kind", "typed", "listed", "created"), DEFAULTS)
def test_defaults(bench, kind: str, typed: str, listed: str, created: str) -> None:
    table = f"defaulted_{next(_numbers)}"
    bench.rows(f"CREATE TABLE {table} (id INT8 PRIMARY KEY, c {kind} DEFAULT {typed})")
    assert bench.rows(f"SHOW COLUMNS FROM {table}")[1][3] == listed
    assert f" NULL DEFAULT {created},\n" in bench.rows(f"SHOW CREATE {table}")[0][1]
    schema = f"SELECT column_default FROM information_schema.columns WHERE table_name = '{table}'"
    assert bench.column(schema)[1] == listed


def test_a_computed_column_has_no_types_at_its_literals(bench) -> None:
    bench.rows(
        "CREATE TABLE computed (a INT8 PRIMARY KEY, c INT8 AS (a - -1) STORED, s TEXT AS ('x') STORED)"
    )
    assert [row[4] for row in bench.rows("SHOW COLUMNS FROM computed")] == ["", "a - -1", "'x'"]


def test_what_cannot_be_printed_is_refused(bench) -> None:
    bench.rows("CREATE TABLE precise (id INT8 PRIMARY KEY, t TIMESTAMPTZ DEFAULT current_timestamp(3))")
    error = bench.error("SHOW COLUMNS FROM precise")
    assert error.sqlstate == "0A000"
    assert "not supported by the embedded cluster" in error.message
    bench.rows("DROP TABLE precise")
