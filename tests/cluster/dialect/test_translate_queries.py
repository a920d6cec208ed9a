"""Queries: text of the client → text for PostgreSQL. What is not listed as changed is left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cluster.embedded.dialect import CatalogNeeded, Effect, Refusal, Settings, read_catalog, translate

CUT = "\x1f"
# h: two columns and the hidden rowid. p: a key, a value and a computed column.
PARTS = CUT.join(["p_pkey\x1e\x1e", 'p_v_key\x1e\x1e("v")', 'some\x1epartial\x1e("v") WHERE ("c" > 0)'])
CATALOG = read_catalog(
    [
        ("public", "h", f"a{CUT}b", "rowid", "h_pkey", "rowid", "", "public", "h_pkey\x1e\x1e"),
        ("public", "p", f"k{CUT}v{CUT}c", "", "p_pkey", "k", "c", "public", PARTS),
    ]
)
PLAIN = Settings(database="bank")
KNOWING = replace(PLAIN, catalog=CATALOG)


def sql(text: str, settings: Settings = KNOWING) -> str:
    [statement] = translate(text, settings)
    return statement.sql


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1",
        "select a, /* INT */ 'x::STRING' from t",
        "SELECT count(*), a * b FROM t",
        "WITH x AS (SELECT 1) SELECT x FROM x",
        "INSERT INTO p (k) VALUES ($1) RETURNING k",
        "SELECT pg_catalog.format_type(1::INTEGER, 2)",
        "FETCH FORWARD 10 FROM c",
    ],
)
def test_left_alone(text: str) -> None:
    assert sql(text) == text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # docs, "Data types": INT is INT8, STRING is TEXT, BYTES is BYTEA.
        ("SELECT a::STRING, b::INT", "SELECT a::text, b::int8"),
        ("SELECT a::STRING(3)", "SELECT a::varchar(3)"),
        ("SELECT CAST(a AS BYTES)", "SELECT CAST(a AS bytea)"),
        ("SELECT CAST(f(a, 'as') AS INTEGER)", "SELECT CAST(f(a, 'as') AS int8)"),
        ("SELECT 1:::INT8", "SELECT 1::INT8"),
        ("SELECT STRING 'x', INT '1'", "SELECT text 'x', int8 '1'"),
        ("SELECT '{}'::JSON", "SELECT '{}'::jsonb"),
        ("SELECT ARRAY[]::STRING[]", "SELECT ARRAY[]::text[]"),
        # docs, "Constants": byte array literals.
        (r"SELECT b'a\x00\n', x'ff'", r"SELECT '\x61000a'::bytea, '\xff'::bytea"),
        # docs, "Table expressions": index hints.
        ("SELECT a FROM t@idx", "SELECT a FROM t"),
        ("SELECT a FROM t@{FORCE_INDEX=idx} AS u", "SELECT a FROM t AS u"),
        ("SELECT * FROM h@h_pkey", 'SELECT * FROM (SELECT "a", "b" FROM h) AS "h"'),
        ("UPDATE p@p_v_key SET v = 1 WHERE k = 2", "UPDATE p SET v = 1 WHERE k = 2"),
        (
            "INSERT INTO p (k) VALUES (1) ON CONFLICT ON CONSTRAINT p_v_key DO NOTHING",
            'INSERT INTO p (k) VALUES (1) ON CONFLICT ("v") DO NOTHING',
        ),
        (
            "INSERT INTO p (k) VALUES (1) ON CONFLICT ON CONSTRAINT some DO NOTHING",
            'INSERT INTO p (k) VALUES (1) ON CONFLICT ("v") WHERE ("c" > 0) DO NOTHING',
        ),
        (
            "INSERT INTO p (k) VALUES (1) ON CONFLICT ON CONSTRAINT p_pkey DO NOTHING",
            'INSERT INTO p (k) VALUES (1) ON CONFLICT ("k") DO NOTHING',
        ),
        ("INSERT INTO p (k) VALUES (1) RETURNING NOTHING", "INSERT INTO p (k) VALUES (1)"),
        # docs, "ORDER BY": NULLs first.
        ("SELECT a FROM t ORDER BY a", "SELECT a FROM t ORDER BY a NULLS FIRST"),
        (
            "SELECT a FROM t ORDER BY a DESC, f(b, c) LIMIT 3",
            "SELECT a FROM t ORDER BY a DESC NULLS LAST, f(b, c) NULLS FIRST LIMIT 3",
        ),
        ("SELECT a FROM t ORDER BY a NULLS LAST", "SELECT a FROM t ORDER BY a NULLS LAST"),
        (
            "SELECT rank() OVER (ORDER BY a ROWS UNBOUNDED PRECEDING)",
            "SELECT rank() OVER (ORDER BY a NULLS FIRST ROWS UNBOUNDED PRECEDING)",
        ),
        ("SELECT array_agg(a ORDER BY b) FROM t", "SELECT array_agg(a ORDER BY b NULLS FIRST) FROM t"),
        # docs, "Functions and operators".
        ("SELECT IF(a, 1, 2)", "SELECT (CASE WHEN a THEN 1 ELSE 2 END)"),
        ("SELECT IFNULL(a, b)", "SELECT coalesce(a, b)"),
        ("SELECT current_user()", "SELECT current_user"),
        ("SELECT a - 7 // 2 * b", "SELECT a - (7 // 2) * b"),
        ("SELECT a * b // -c::INT + 1", "SELECT (a * b // -c::int8) + 1"),
        ("SELECT 100000 * 100000", "SELECT 100000::int8 * 100000"),
        ("SELECT extract(year FROM a)", "SELECT extract(year FROM a)::float8"),
        (
            "SELECT * FROM (SELECT IF(a, b, IFNULL(c, d)) FROM p) AS x",
            "SELECT * FROM (SELECT (CASE WHEN a THEN b ELSE coalesce(c, d) END) FROM p) AS x",
        ),
        ("SELECT pg_index.indrelid FROM pg_catalog.pg_index", None),
    ],
)
def test_expressions(text: str, wanted: str | None) -> None:
    if wanted is None:
        assert "crdb_catalog.pg_index" in sql(text)
    else:
        assert sql(text) == wanted


def test_int_follows_default_int_size() -> None:
    assert sql("SELECT a::INT", replace(PLAIN, default_int_size=4)) == "SELECT a::int4"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("SELECT * FROM h", 'SELECT * FROM (SELECT "a", "b" FROM h) AS "h"'),
        ("SELECT x.* FROM public.h AS x", 'SELECT x.* FROM (SELECT "a", "b" FROM public.h) AS x'),
        (
            "SELECT * FROM p JOIN h USING (k)",
            'SELECT * FROM p JOIN (SELECT "a", "b" FROM h) AS "h" USING (k)',
        ),
        ("SELECT rowid, * FROM h", 'SELECT rowid, "h"."a", "h"."b" FROM h'),
        ("TABLE h", 'SELECT * FROM (SELECT "a", "b" FROM h) AS "h"'),
        ("WITH h AS (SELECT 1) SELECT * FROM h", "WITH h AS (SELECT 1) SELECT * FROM h"),
        ("SELECT a IS DISTINCT FROM h, * FROM p", "SELECT a IS DISTINCT FROM h, * FROM p"),
        ("SELECT count(*) FROM h", "SELECT count(*) FROM h"),
        ("SELECT * FROM p", "SELECT * FROM p"),
        ("INSERT INTO h VALUES (1, 2)", 'INSERT INTO h ("a", "b") VALUES (1, 2)'),
        ("INSERT INTO h VALUES (1)", 'INSERT INTO h ("a") VALUES (1)'),
        ("INSERT INTO h SELECT a, b FROM h", 'INSERT INTO h ("a", "b") SELECT a, b FROM h'),
        ("INSERT INTO h DEFAULT VALUES", "INSERT INTO h DEFAULT VALUES"),
        (
            "INSERT INTO h (a) VALUES (1) RETURNING *",
            'INSERT INTO h (a) VALUES (1) RETURNING "h"."a", "h"."b"',
        ),
        ("DELETE FROM h AS x RETURNING *", 'DELETE FROM h AS x RETURNING "x"."a", "x"."b"'),
        ("COPY h FROM STDIN", 'COPY "h" ("a", "b") FROM STDIN'),
    ],
)
def test_hidden_columns_stay_hidden(text: str, wanted: str) -> None:
    assert sql(text) == wanted


def test_one_value_too_many_is_refused_as_cockroachdb_does() -> None:
    with pytest.raises(Refusal) as caught:
        sql("INSERT INTO h VALUES (1, 2, 3)")
    assert caught.value.message == (
        "INSERT has more expressions than target columns, 3 expressions for 2 targets"
    )


@pytest.mark.parametrize(
    "text", ["SELECT * FROM t", "INSERT INTO t VALUES (1)", "UPSERT INTO t (a) VALUES (1)"]
)
def test_the_tables_are_asked_for_when_they_matter(text: str) -> None:
    with pytest.raises(CatalogNeeded):
        translate(text, PLAIN)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "UPSERT INTO p (k, v) VALUES (1, 2) RETURNING v",
            "INSERT INTO p (k, v) VALUES (1, 2) "
            'ON CONFLICT ("k") DO UPDATE SET "k" = excluded."k", "v" = excluded."v" RETURNING v',
        ),
        (
            "UPSERT INTO p VALUES (1, 2)",
            "INSERT INTO p VALUES (1, 2) "
            'ON CONFLICT ("k") DO UPDATE SET "k" = excluded."k", "v" = excluded."v"',
        ),
        (
            "DELETE FROM p WHERE v > 0 ORDER BY k LIMIT 5 RETURNING k",
            "DELETE FROM p WHERE ctid = ANY (ARRAY(SELECT ctid FROM p "
            "WHERE v > 0 ORDER BY k NULLS FIRST LIMIT 5 )) RETURNING k",
        ),
        (
            "UPDATE p SET v = 1 LIMIT 1",
            "UPDATE p SET v = 1 WHERE ctid = ANY (ARRAY(SELECT ctid FROM p LIMIT 1 ))",
        ),
    ],
)
def test_changes_of_rows(text: str, wanted: str) -> None:
    assert sql(text) == wanted


@pytest.mark.parametrize(
    ("text", "sqlstate", "message"),
    [
        ("SELECT a INTO b FROM c", "42601", 'at or near "into": syntax error'),
        ("SELECT 1::int4range", "42704", 'type "int4range" does not exist'),
        ("SELECT 1::money", "0A000", 'at or near "EOF": syntax error: unimplemented: this syntax'),
        ("SELECT a FROM t AS OF SYSTEM TIME '-1s'", "0A000", None),
        ("SELECT * FROM crdb_internal.jobs", "42501", "Access to crdb_internal and system is restricted."),
        ("EXPLAIN SELECT 1", "0A000", None),
        ("SELECT ctid FROM t", "42703", 'column "ctid" does not exist'),
        ("SELECT FROM t", "42601", 'at or near "from": syntax error'),
        ("SELECT a FROM t TABLESAMPLE system (1)", "0A000", None),
        (
            "SELECT a FROM t GROUP BY ROLLUP (a)",
            "0A000",
            'at or near ")": syntax error: unimplemented: this syntax',
        ),
        ("INSERT INTO t (a) OVERRIDING SYSTEM VALUE VALUES (1)", "0A000", None),
        ("CREATE FUNCTION f() RETURNS INT LANGUAGE SQL AS $$SELECT 1$$", "0A000", None),
        ("VACUUM", "42601", 'at or near "vacuum": syntax error'),
        ("CREATE FOREIGN TABLE x ()", "0A000", 'at or near "x": syntax error: unimplemented: this syntax'),
        ("SELECT a FROM t ORDER BY PRIMARY KEY t", "0A000", None),
    ],
)
def test_refusals(text: str, sqlstate: str, message: str | None) -> None:
    with pytest.raises(Refusal) as caught:
        translate(text, KNOWING)
    assert caught.value.sqlstate == sqlstate
    if message:
        assert caught.value.message == message
    else:
        assert "not supported by the embedded cluster" in caught.value.message
        assert "python -m cluster install" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("text", "line", "caret"), [("foo bar", "foo bar", 0), ("SELECT 1;\n  BEGIN x y", "  BEGIN x y", 8)]
)
def test_a_syntax_error_points_at_its_place(text: str, line: str, caret: int) -> None:
    with pytest.raises(Refusal) as caught:
        translate(text, PLAIN)
    detail = (caught.value.detail or "").splitlines()
    assert detail[0] == "source SQL:"
    assert detail[-2:] == [line, " " * caret + "^"]


@pytest.mark.parametrize(
    ("text", "effect", "tag"),
    [
        ("BEGIN", Effect.BEGIN, "BEGIN"),
        ("START TRANSACTION READ ONLY", Effect.BEGIN, "BEGIN"),
        ("END", Effect.COMMIT, None),
        ("ABORT", Effect.ROLLBACK, None),
        ("COMMIT AND NO CHAIN", Effect.COMMIT, None),
        ("ROLLBACK TRANSACTION AND NO CHAIN", Effect.ROLLBACK, None),
        ("SAVEPOINT cockroach_restart", Effect.SAVEPOINT_RESTART, None),
        ("SAVEPOINT other", Effect.SAVEPOINT, None),
        ("ROLLBACK TO SAVEPOINT cockroach_restart", Effect.ROLLBACK_TO_RESTART, None),
        ("ROLLBACK TO other", Effect.ROLLBACK_TO, None),
        ("RELEASE cockroach_restart", Effect.RELEASE_RESTART, None),
        ("USE bank", Effect.USE_DATABASE, "SET"),
        ("SET database = 'bank'", Effect.USE_DATABASE, "SET"),
        ("CREATE DATABASE bank", Effect.CREATE_DATABASE, "CREATE DATABASE"),
        ("DROP DATABASE IF EXISTS bank CASCADE", Effect.DROP_DATABASE, "DROP DATABASE"),
        ("SET sql_safe_updates = true", Effect.SET, "SET"),
        ("CREATE TABLE t (a INT PRIMARY KEY)", Effect.DDL, "CREATE TABLE"),
        ("SET TRANSACTION PRIORITY HIGH", Effect.SET_TRANSACTION, "SET"),
    ],
)
def test_effects(text: str, effect: Effect, tag: str | None) -> None:
    [statement] = translate(text, PLAIN)
    assert (statement.effect, statement.tag) == (effect, tag)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("COMMIT AND CHAIN", "AND CHAIN"),
        ("ABORT AND CHAIN", "AND CHAIN"),
        ("CREATE TYPE r AS RANGE (subtype = int8)", "unimplemented: this syntax"),
        ("CREATE DOMAIN d AS int8", "unimplemented: this syntax"),
    ],
)
def test_what_is_not_implemented_says_so(text: str, message: str) -> None:
    """AND CHAIN is new in v26.2 (pull 164403); sql.y for the others."""
    with pytest.raises(Refusal) as caught:
        translate(text, PLAIN)
    assert caught.value.sqlstate == "0A000"
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("BEGIN ISOLATION LEVEL SNAPSHOT, PRIORITY LOW", "BEGIN ISOLATION LEVEL SERIALIZABLE"),
        ("BEGIN TRANSACTION ISOLATION LEVEL READ UNCOMMITTED", "BEGIN ISOLATION LEVEL READ COMMITTED"),
        ("BEGIN READ ONLY", "BEGIN READ ONLY"),
    ],
)
def test_isolation(text: str, wanted: str) -> None:
    assert sql(text) == wanted
