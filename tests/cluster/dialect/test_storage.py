"""Storage parameters, families and ON UPDATE as text: what becomes of the statement, and what is refused."""

from __future__ import annotations

import pytest

from cluster.embedded.dialect import Refusal, Settings, translate

SETTINGS = Settings()


def refused(sql: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        translate(sql, SETTINGS)
    return caught.value


def made(sql: str) -> str:
    (statement,) = translate(sql, SETTINGS)
    return statement.sql


@pytest.mark.parametrize(
    ("parameters", "sqlstate", "message"),
    [
        ("foo = 1", "22023", 'invalid storage parameter "foo"'),
        ("fillfactor", "22023", 'storage parameter "fillfactor" requires a value'),
        ("fillfactor = 101", "22023", '"fillfactor" must be between 0 and 100'),
        ("fillfactor = 'x'", "22023", 'parameter "fillfactor" requires a float value'),
        ("schema_locked = 3", "22023", 'parameter "schema_locked" requires a Boolean value'),
        ("ttl = off", "22023", "setting \"ttl = 'off'\" is not permitted"),
        (
            "ttl_delete_rate_limit = '5'",
            "22023",
            'parameter "ttl_delete_rate_limit" requires an integer value',
        ),
        ("toast_tuple_target = 10", "0A000", 'unimplemented: storage parameter "toast_tuple_target"'),
        ("ttl_expire_after = '1 day' || ''", "0A000", "expression as the value of a storage parameter"),
        ("ttl_expiration_expression = ''", "22023", "must be a valid expression"),
        ("ttl_expiration_expression = '(a'", "22023", "must be a valid expression"),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_refused(parameters: str, sqlstate: str, message: str) -> None:
    for sql in (f"CREATE TABLE t (a INT) WITH ({parameters})", f"ALTER TABLE t SET ({parameters})"):
        found = refused(sql)
        assert (found.sqlstate, message in found.message) == (sqlstate, True), found.message


def test_schema_locked_stands_alone_in_an_alter_table() -> None:
    found = refused("ALTER TABLE t SET (schema_locked = false, exclude_data_from_backup = true)")
    assert found.message.startswith('"schema_locked" can only be set/reset on its own')


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("ttl_expire_after = '1 day'", "'1 day'"),
        ("ttl_expire_after = '1 day':::INTERVAL", "'1 day'"),
        ("ttl_expiration_expression = $$a + '1 day'$$", r"E'e''a + \\''1 day\\'''''"),
        ("ttl_job_cron = '0 */4 * * *'", "'''0 */4 * * *'''"),
        ("schema_locked = t", "'true'"),
        ("sql_stats_automatic_collection_fraction_stale_rows = 0.20", "'0.2'"),
    ],
)
def test_a_value_is_kept_as_it_is_printed(written: str, kept: str) -> None:
    assert kept in made(f"ALTER TABLE t SET ({written})")


def test_what_only_notices_still_asks_whether_the_table_is_there() -> None:
    (statement,) = translate("ALTER TABLE t SET (fillfactor = 50)", SETTINGS)
    assert [notice.message for notice in statement.notices] == ['storage parameter "fillfactor" is ignored']
    assert "crdb_catalog.existing('', 't')" in statement.sql


def test_the_hidden_column_of_ttl_comes_before_rowid() -> None:
    sql = made("CREATE TABLE t (a INT) WITH (ttl_expire_after = '1 day')")
    assert sql.index('"crdb_internal_expiration" timestamptz') < sql.index('"rowid" int8')


def test_actions_of_one_statement_are_steps_in_their_order() -> None:
    sql = made("ALTER TABLE t RENAME COLUMN a TO b, ADD COLUMN a INT")
    assert sql.index("crdb_catalog.rename_column") < sql.index('ADD COLUMN "a" int8')


@pytest.mark.parametrize(
    ("sql", "feature"),
    [
        ("ALTER TABLE t ADD COLUMN a INT DEFAULT nextval('s')", "ADD COLUMN with a sequence in its DEFAULT"),
        ("CREATE TABLE t (a PRIMARY KEY) AS SELECT 1", "constraint in CREATE TABLE AS"),
        ("ALTER TABLE t RESET (sql_stats_canary_window)", "storage parameter sql_stats_canary_window"),
        ("ALTER TABLE t SET (sql_stats_canary_window = 5)", "storage parameter sql_stats_canary_window"),
        ("ALTER TYPE t DROP VALUE 'a'", "ALTER TYPE … DROP VALUE"),
        ("CREATE TABLE t (LIKE u)", "CREATE TABLE … LIKE"),
    ],
)
def test_what_is_not_imitated_is_refused_by_name(sql: str, feature: str) -> None:
    found = refused(sql)
    assert (found.sqlstate, found.message) == ("0A000", f"{feature} is not supported by the embedded cluster")
