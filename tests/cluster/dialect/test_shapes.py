"""Texts that differ in their values only: the quick way gives what translate() gives, or nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.embedded.dialect import Catalog, Settings, TableInfo, shapes_under, translate

TABLES = Catalog({("public", "t"): TableInfo("public", "t", ("a", "b"), ("rowid",), "t_pkey", ("rowid",))})
SETTINGS = Settings(catalog=TABLES)
VALUES = st.one_of(
    st.integers(0, 10**22).map(str),
    st.decimals(0, 10**9, places=2).map(str),
    st.text("ab'\\%-/*$;\n\"é", max_size=12).map(lambda text: "'" + text.replace("'", "''") + "'"),
)
KNOWN = (
    "INSERT INTO t (a, b) VALUES ({}, {}), (-{}, {})",
    "INSERT INTO t VALUES ({}, {}) RETURNING a",
    "insert into t(a,b) values({},{}) on conflict do nothing;",
    "UPSERT INTO t (a, b) VALUES ({}, {})",
    "UPDATE t SET a = {}, b={} WHERE t.a = {}",
    "DELETE FROM t WHERE (a = {} OR b <> {}) AND a IN ({}, {})",
    "SELECT * FROM t WHERE a >= {} AND b LIKE {} ORDER BY a LIMIT {}",
    "SELECT a FROM t1 WHERE t1.a2 = {}",
)
UNKNOWN = (
    "SELECT {}",
    "SELECT {} * {} FROM t",
    "SELECT a FROM t WHERE a = {} + {}",
    "SELECT a FROM t WHERE a = {}::STRING",
    "SELECT a FROM t WHERE a = b'x' AND b = {}",
    "SELECT a FROM t WHERE b = e{}",
    "SELECT a FROM t WHERE a = lower({})",
    "SELECT a FROM t WHERE a = DATE {}",
    "SELECT a FROM t ORDER BY {}",
    'SELECT "{}" FROM t WHERE a = 1',
    "SELECT a FROM t WHERE a = {} -- b\n",
    "SELECT a FROM t WHERE a = {}; SELECT 1",
    "SELECT a FROM t AS OF SYSTEM TIME {}",
    "SET application_name = {}",
    "SHOW TABLES FROM {}",
)


def filled(text: str, values: list[str]) -> str:
    return text.format(*values[: text.count("{}")])


@given(
    st.sampled_from(KNOWN), st.lists(VALUES, min_size=5, max_size=5), st.lists(VALUES, min_size=5, max_size=5)
)
def test_the_quick_way_gives_the_same(text: str, first: list[str], second: list[str]) -> None:
    for values in (first, second, first, second):
        sql = filled(text, values)
        found = shapes_under(SETTINGS).translated(sql)
        (statement,) = translate(sql, SETTINGS)
        assert found in (None, statement.sql)


@pytest.mark.parametrize("text", KNOWN)
def test_it_is_known_from_the_second_time_on(text: str) -> None:
    settings = Settings(catalog=Catalog(dict(TABLES.tables)))
    assert shapes_under(settings).translated(filled(text, ["1", "'x'", "2", "'y'"])) is None
    for values in (["7", "'it''s'", "8", "''"], ["9", "'--'", "0", "'\"'"]):
        sql = filled(text, values)
        assert shapes_under(settings).translated(sql) == translate(sql, settings)[0].sql


@pytest.mark.parametrize("text", UNKNOWN)
@pytest.mark.parametrize("value", ["1", "'x'"])
def test_where_a_value_may_matter_every_text_is_translated(text: str, value: str) -> None:
    for _ in range(3):
        assert shapes_under(SETTINGS).translated(filled(text, [value, value])) is None


def test_settings_are_part_of_the_shape() -> None:
    other = Settings(catalog=Catalog({}))
    for value in "123":
        shapes_under(SETTINGS).translated(f"INSERT INTO t VALUES ({value}, 9)")
    assert (
        shapes_under(SETTINGS).translated("INSERT INTO t VALUES (4, 9)")
        == 'INSERT INTO t ("a", "b") VALUES (4, 9)'
    )
    for value in "123":
        assert shapes_under(other).translated(f"INSERT INTO t VALUES ({value}, 9)") in (
            None,
            f"INSERT INTO t VALUES ({value}, 9)",
        )
