"""What keys and indexes become for PostgreSQL, and which are refused by name or by CockroachDB's grammar."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cluster.embedded.dialect import Refusal, Settings, read_catalog, translate

PARTS = "\x1f".join(["t_pkey\x1e\x1e", "some\x1epartial\x1e"])
SETTINGS = Settings(
    database="bank",
    catalog=read_catalog([("public", "t", "a\x1fb", "", "t_pkey", "a", "", "public", PARTS)]),
)


def sql(text: str) -> str:
    [statement] = translate(text, SETTINGS)
    return statement.sql


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("CREATE INDEX ON t (a, b DESC)", ["'t_a_b_idx', true", '"a" ASC NULLS FIRST, "b" DESC NULLS LAST']),
        ("CREATE UNIQUE INDEX u ON t (a) WHERE b > 0", ["'u', false, false, 'UNIQUE ', ''", 'WHERE (b > 0)']),
        ("ALTER TABLE t ADD CONSTRAINT u UNIQUE (a)", ["'u', false, false, 'UNIQUE ', 'c'"]),
        ("CREATE INDEX ON t (lower(a), b, (a || 'x'))", ["'t_expr_b_expr1_idx'"]),
        ("CREATE INDEX i ON t (a) STORING (b) NOT VISIBLE", ["'v0'", 'INCLUDE ("b")']),
        ("CREATE INDEX i ON t (a) VISIBILITY 0.25", ["'v25'"]),
        ("CREATE INDEX i ON t (a) USING HASH", ["ARRAY['a']::text[], ARRAY[]::text[], 16"]),
        ("CREATE INDEX i ON t USING gin (b)", ["USING gin (\"b\")"]),
        ("ALTER TABLE t ALTER PRIMARY KEY USING COLUMNS (b DESC, a)", ["ARRAY['b', 'a']::text[], 'd1'"]),
        ("ALTER TABLE t ADD PRIMARY KEY (b) USING HASH WITH (bucket_count = 4)", ["'', 4, '', true, false"]),
        ("ALTER TABLE t DROP CONSTRAINT k, ADD PRIMARY KEY (b)", ["'k', false, false, true"]),
        ("ALTER TABLE t DROP CONSTRAINT k", ["'k', false, false, false"]),
        ("CREATE TABLE x (a INT PRIMARY KEY)", ["\x02x_pkey\x03\x02"]),
        ("CREATE TABLE x (a INT, b INT, CONSTRAINT k PRIMARY KEY (a, b DESC))", ["\x02k\x03d2\x02"]),
        ("DROP INDEX t@i, j CASCADE", ["ARRAY['', 't', 'i'], ARRAY['', '', 'j']", "false, true"]),
    ],
)  # fmt: skip
def test_what_the_server_is_asked(text: str, parts: list[str]) -> None:
    found = sql(text)
    assert [part for part in parts if part.replace("'", "''") not in found and part not in found] == []


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("CREATE VECTOR INDEX ON t (a)", "vector index"),
        (
            "CREATE INDEX ON t (lower(a)) USING HASH WITH (bucket_count = c)",
            "bucket_count that is not a number",
        ),
        ("CREATE TABLE x (a STRING, INDEX (lower(a)) USING HASH)", "hash-sharded index on an expression"),
        ("CREATE TABLE x (crdb_internal_a_shard_8 INT8, a INT)", "column of a hash-sharded index"),
        ("SELECT crdb_internal_a_shard_16 FROM t", "reading or writing the column"),
        ("UPDATE t SET crdb_internal_a_shard_16 = 1", "reading or writing the column"),
        ("CREATE INVERTED INDEX ON t (a DESC, b)", "DESC in an inverted index"),
        ("CREATE INDEX ON t (a) PARTITION BY LIST (a) (DEFAULT)", "PARTITION BY"),
        ("ALTER INDEX t@i SPLIT AT VALUES (1)", "ALTER INDEX … SPLIT"),
        ("SELECT a FROM t@{NO_FULL_SCAN}", "index hint NO_FULL_SCAN"),
        ("SELECT a FROM t@some", "hint of a partial index"),
        ('CREATE INDEX "a\x01b" ON t (a)', "control character in a name"),
    ],
)
def test_refused_by_name(text: str, feature: str) -> None:
    with pytest.raises(Refusal) as caught:
        sql(text)
    assert caught.value.sqlstate == "0A000"
    assert feature in caught.value.message
    assert caught.value.message.endswith("is not supported by the embedded cluster")


@pytest.mark.parametrize(
    "text",
    [
        "ALTER TABLE t ADD UNIQUE (a) USING HASH",
        "ALTER TABLE t ADD PRIMARY KEY (a) STORING (b)",
        "ALTER TABLE t ADD PRIMARY KEY (a) WHERE b > 0",
        "ALTER TABLE t ALTER PRIMARY KEY USING COLUMNS (a) STORING (b)",
        "CREATE INDEX i ON t (a) INTERLEAVE IN PARENT t (a)",
        "CREATE INDEX i ON t ()",
        "CREATE INDEX IF NOT EXISTS ON t (a)",
        "SELECT a FROM t@{NO_SUCH_HINT}",
        "ALTER INDEX t@t_pkey CLUSTER",
    ],
)
def test_rejected_by_the_grammar(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        sql(text)
    assert caught.value.sqlstate == "42601"


def test_safe_updates_guard_indexes() -> None:
    with pytest.raises(Refusal) as caught:
        translate("DROP INDEX t@i", replace(SETTINGS, sql_safe_updates=True))
    assert caught.value.sqlstate == "01000"


@pytest.mark.parametrize(
    ("text", "sqlstate", "message"),
    [
        ("CREATE INDEX i ON t (a, a)", "42P17", 'index "i" contains duplicate column "a"'),
        ("CREATE INDEX i ON t ((a + 1), (a + 1))", "42P17", 'index "i" contains duplicate expression'),
        ("CREATE TABLE x (a INT, UNIQUE (a, a))", "0A000", 'index "x_a_a_key" contains duplicate column "a"'),
        ("CREATE TABLE x (a INT PRIMARY KEY, PRIMARY KEY (a))", "XXUUU",
         'multiple primary keys for table "x" are not allowed'),
        ("CREATE TABLE x (a INT CONSTRAINT c CHECK (a > 0) CONSTRAINT c CHECK (a > 1))", "42710",
         'duplicate constraint name: "c"'),
        ("CREATE TABLE x (a INT UNIQUE WITHOUT INDEX)", "0A000",
         "unique constraints without an index are not yet supported"),
        ("CREATE TABLE x (a INT REFERENCES t DEFERRABLE)", "0A000",
         'at or near "deferrable": syntax error: unimplemented: this syntax'),
    ],
)  # fmt: skip
def test_refused_in_cockroachdbs_words(text: str, sqlstate: str, message: str) -> None:
    with pytest.raises(Refusal) as caught:
        sql(text)
    assert (caught.value.sqlstate, caught.value.message) == (sqlstate, message)
