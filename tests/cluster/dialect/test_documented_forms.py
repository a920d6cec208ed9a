"""Forms of CockroachDB's documentation that the rewriter changes or refuses by name."""

from __future__ import annotations

import pytest

from cluster.embedded.dialect import Refusal, Settings, translate, translate_error


@pytest.mark.parametrize(
    ("sql", "feature"),
    [
        ("ALTER VIEW v SET (security_invoker = true)", "option of a view"),
        ("ALTER VIEW v RESET (security_invoker)", "option of a view"),
        ("REFRESH MATERIALIZED VIEW v AS OF SYSTEM TIME '-10s'", "AS OF SYSTEM TIME"),
        ("CREATE INDEX ON t (a, b) USING HASH WITH (shard_columns = (a))", "storage parameter shard_columns"),
        ("ALTER TABLE t RENAME TO other.u", "RENAME TO another schema"),
        ("ALTER SEQUENCE s RENAME TO other.u", "RENAME TO another schema"),
        ("SET ROLE someone", "SET ROLE"),
        ("GRANT root TO someone", "membership in the role root"),
        ("SELECT (1 / 5):::INT", "::: behind this expression"),
        ("SELECT a:::STRING FROM t", "::: behind this expression"),
        ("SELECT 1.5:::INT", "::: behind this expression"),
        ("SHOW GRANTS ON TABLE d.*", "SHOW GRANTS ON the tables of a schema or database"),
        ("SHOW GRANTS ON d.public.* FOR someone", "SHOW GRANTS ON the tables of a schema or database"),
        ("SELECT a FROM (SELECT a FROM t) WITH ORDINALITY", "WITH ORDINALITY behind a table or query"),
        ("SELECT a FROM t WITH ORDINALITY", "WITH ORDINALITY behind a table or query"),
        ("SELECT ~CASE WHEN b THEN 1 END FROM t", "~ before this expression"),
        ("CREATE INDEX ON t (b COLLATE en)", "COLLATE in an index"),
        ("CREATE TABLE t AS SELECT 1 AS a WITH NO DATA", "CREATE TABLE AS … WITH NO DATA"),
        ("CREATE TABLE t (a) WITH (schema_locked = false) AS SELECT 1",
         "storage parameters in CREATE TABLE AS"),
        ("CREATE TABLE t WITH (schema_locked = false) AS SELECT 1", "storage parameters in CREATE TABLE AS"),
        ("CREATE RECURSIVE VIEW v (a) AS SELECT 1", "CREATE RECURSIVE"),
        ("SELECT t.a FROM t INNER HASH JOIN u ON true", "HASH JOIN"),
        ("SELECT t.a FROM t LEFT LOOKUP JOIN u ON true", "LOOKUP JOIN"),
        ("SELECT 1 = ANY a || b FROM t", "ANY without brackets"),
    ],
)  # fmt: skip
def test_refused_by_name(sql: str, feature: str) -> None:
    with pytest.raises(Refusal) as caught:
        translate(sql, Settings())
    assert caught.value.sqlstate == "0A000"
    assert caught.value.message == f"{feature} is not supported by the embedded cluster"


@pytest.mark.parametrize(
    ("sql", "translated"),
    [
        ("SELECT a = ANY ('x', 'y')", "SELECT a = ANY (ARRAY['x', 'y'])"),
        ("SELECT a <> ALL ARRAY['x']", "SELECT a <> ALL ( ARRAY['x'])"),
        ("SELECT a = ANY (ARRAY['x'])", "SELECT a = ANY (ARRAY['x'])"),
        ("SELECT a = ANY (VALUES ('x'), ('y'))", "SELECT a = ANY (VALUES ('x'), ('y'))"),
        ("SELECT a | b & c # d", "SELECT a | ( b & c # d)"),
        ("SELECT a | b | c, a & b | c", "SELECT a | b | c, a & b | c"),
        ("SELECT ~a + b", "SELECT (~a) + b"),
        ("SELECT a ~ b || 'x' AND c @> d -> 'x'", "SELECT a ~ ( b || 'x') AND c @> ( d -> 'x')"),
        ("SELECT a ~ 'x', (b || 'x') ~ c", "SELECT a ~ 'x', (b || 'x') ~ c"),
        ("SELECT '~1 | 2 & 3'", "SELECT '~1 | 2 & 3'"),
        ("VALUES ('x') UNION ALL VALUES ('y')", "VALUES ('x') UNION ALL VALUES ('y')"),
        ("SELECT ':::', (-1):::INT8, 'x':::STRING, now():::TIMESTAMPTZ",
         "SELECT ':::', (-1)::INT8, 'x'::text, now()::TIMESTAMPTZ"),
    ],
)  # fmt: skip
def test_rewritten(sql: str, translated: str) -> None:
    (statement,) = translate(sql, Settings())
    assert statement.sql == translated


@pytest.mark.parametrize(
    ("code", "message", "wanted"),
    [
        ("22P02", 'invalid input syntax for type uuid: "urn:uuid:1"',
         "0A000 a UUID written as urn:uuid:… is not supported by the embedded cluster"),
        ("22007", 'invalid input syntax for type interval: "1 µs"',
         "0A000 an interval in µs or ns is not supported by the embedded cluster"),
        ("22001", "bit string too long for type bit varying(3)",
         "22001 bit string too large for type VARBIT(3)"),
    ],
)  # fmt: skip
def test_values_that_only_cockroachdb_reads(code: str, message: str, wanted: str) -> None:
    made = translate_error({"C": code, "M": message})
    assert f"{made['C']} {made['M']}" == wanted


@pytest.mark.parametrize("behind", ["CHECK OPTION", "AND 'WITH' CHECK OPTION"])
def test_check_option_without_its_with_is_for_postgresql_to_refuse(behind: str) -> None:
    [statement] = translate(f"CREATE VIEW v AS SELECT k FROM t WHERE k > 0 {behind}", Settings())
    assert behind.lower() in statement.sql.lower()


@pytest.mark.parametrize("kind", ["", "CASCADED ", "LOCAL "])
def test_check_option_is_a_fault_at_its_with(kind: str) -> None:
    with pytest.raises(Refusal, match='at or near "with"'):
        translate(f"CREATE VIEW v AS SELECT k FROM t WHERE k > 0 WITH {kind}CHECK OPTION", Settings())
