"""Session variables: SET, RESET, SHOW. Source: docs, "SET"; logic test set."""

from __future__ import annotations

import pytest

from cluster.embedded.dialect import Effect, Refusal, Settings, startup_setting, translate
from cluster.embedded.dialect.variable_values import milliseconds

BANK = Settings(database="bank")


@pytest.mark.parametrize(
    ("text", "sql", "argument"),
    [
        ("SET sql_safe_updates = yes", "SET crdb.sql_safe_updates TO 'on'", "sql_safe_updates\0on"),
        ("SET LOCAL autocommit_before_ddl = '0'", "SET LOCAL crdb.autocommit_before_ddl TO 'off'",
         "autocommit_before_ddl\0off"),
        ("SET default_int_size TO 4", "SET crdb.default_int_size TO '4'", "default_int_size\x004"),
        ("SET vectorize = DEFAULT", "SET crdb.vectorize TO 'on'", "vectorize\0on"),
        ("SET application_name = 'x'", "SET \"application_name\" TO 'x'", None),
        ("SET TIME ZONE 'UTC'", "SET TIME ZONE 'UTC'", None),
        ("SET search_path = public, sc", "SET \"search_path\" TO 'public', 'sc'", None),
    ],
)  # fmt: skip
def test_set(text: str, sql: str, argument: str | None) -> None:
    [statement] = translate(text, BANK)
    assert (statement.sql, statement.argument) == (sql, argument)
    assert statement.effect is (Effect.SET if argument else Effect.NONE)


@pytest.mark.parametrize(
    ("text", "sqlstate", "message"),
    [
        ("SET foo = bar", "42704", 'unrecognized configuration parameter "foo"'),
        ("SHOW foo", "42704", 'unrecognized configuration parameter "foo"'),
        ("SET work_mem = '1MB'", "0A000",
         'unimplemented: the configuration setting "work_mem" is not supported'),
        ("SET sql_safe_updates = 1", "22023", 'parameter "sql_safe_updates" requires a Boolean value'),
        ("SET extra_float_digits = '2'", "22023",
         'parameter "extra_float_digits" requires an integer value'),
        ("SET reorder_joins_limit = -1", "22023",
         "cannot set reorder_joins_limit to a negative value: -1"),
        ("SET distsql = on, off", "22023", "SET distsql takes only one argument"),
        ("SET crdb.sql_safe_updates = 'on'", "0A000",
         "custom variable crdb.sql_safe_updates is not supported by the embedded cluster"),
        ("SET search_path = public, crdb_catalog", "0A000",
         "crdb_catalog in the search path is not supported by the embedded cluster"),
        ("SET server_version = '1'", "55P02", 'parameter "server_version" cannot be changed'),
        ("SET enable_zigzag_join = nonsense", "22023",
         'parameter "enable_zigzag_join" requires a Boolean value'),
        ("SET distsql = bogus", "22023", 'invalid value for parameter "distsql": "bogus"'),
        ("SET serial_normalization = sql_sequence", "0A000",
         "SET serial_normalization = sql_sequence is not supported by the embedded cluster"),
        ("SET CLUSTER SETTING a.b = 1", "0A000",
         "SET CLUSTER SETTING is not supported by the embedded cluster"),
        ("SET standard_conforming_strings = off", "22023",
         'invalid value for parameter "standard_conforming_strings": "off"'),
    ],
)  # fmt: skip
def test_refused(text: str, sqlstate: str, message: str) -> None:
    with pytest.raises(Refusal) as caught:
        translate(text, BANK)
    assert (caught.value.sqlstate, caught.value.message) == (sqlstate, message)


@pytest.mark.parametrize(
    ("name", "value", "sql"),
    [
        ("statement_timeout", "5s", "SET \"statement_timeout\" TO '5000'"),
        ("Extra_Float_Digits", "2", "SET \"extra_float_digits\" TO '2'"),
        ("search_path", 'a, "B"', "SET \"search_path\" TO 'a', 'B'"),
        ("reorder_joins_limit", "3", "SET crdb.reorder_joins_limit TO '3'"),
    ],
)
def test_a_start_up_packet_gives_text(name: str, value: str, sql: str) -> None:
    assert startup_setting(name, value).sql == sql


@pytest.mark.parametrize(
    ("name", "value", "sqlstate"),
    [("nosuch", "1", "42704"), ("server_version", "1", "55P02"), ("sql_safe_updates", "maybe", "22023")],
)
def test_a_start_up_packet_is_checked(name: str, value: str, sqlstate: str) -> None:
    with pytest.raises(Refusal) as caught:
        startup_setting(name, value)
    assert caught.value.sqlstate == sqlstate


@pytest.mark.parametrize(
    ("given", "shown"),
    [("0", 0), ("250", 250), ("10s", 10_000), ("1m30s", 90_000), ("1 minute", 60_000), ("00:00:02", 2_000)],
)
def test_durations_are_milliseconds(given: str, shown: int) -> None:
    assert milliseconds("statement_timeout", given) == shown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("database", None),
        ("server_version", "13.0.0"),
        ("transaction isolation level", "serializable"),
        ("statement_timeout", "0"),
        ("serial_normalization", "rowid"),
        ("autocommit_before_ddl", "on"),
        ("TIME ZONE", "UTC"),
        ("client_encoding", "UTF8"),
        ("standard_conforming_strings", "on"),
        ("search_path", '"$user", public'),
    ],
)
def test_defaults_as_a_client_sees_them(client, name: str, value: str | None) -> None:
    found = client.one(f"SHOW {name}")
    assert found == (value if value is not None else client.connection.info.dbname)


def test_a_value_lasts_for_the_session_local_for_the_transaction(client) -> None:
    client.rows("SET sql_safe_updates = true")
    assert client.one("SHOW sql_safe_updates") == "on"
    client.rows("BEGIN")
    client.rows("SET LOCAL sql_safe_updates = false")
    assert client.one("SHOW sql_safe_updates") == "off"
    client.rows("COMMIT")
    assert client.one("SHOW sql_safe_updates") == "on"
    client.rows("RESET sql_safe_updates")
    assert client.one("SHOW sql_safe_updates") == "off"


def test_a_no_op_says_so(client) -> None:
    client.connection.notices.clear()
    client.rows("SET synchronous_commit = off")
    assert 'setting session var "synchronous_commit" is a no-op' in client.connection.notices[-1]


def test_show_all_names_each_variable_once(client) -> None:
    names = client.column("SHOW ALL")
    assert client.columns == ["variable", "value"]
    assert len(names) == len(set(names))
    assert {"autocommit_before_ddl", "database", "sql_safe_updates", "transaction_isolation"} <= set(names)


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("SET transaction_timeout = '10s'", "SET transaction_timeout = 10000"),
        ("BEGIN AS OF SYSTEM TIME '-1s'", "AS OF SYSTEM TIME"),
        ("SET TRANSACTION AS OF SYSTEM TIME '-1s'", "AS OF SYSTEM TIME"),
        ("BEGIN DEFERRABLE", "DEFERRABLE transaction"),
        ("FETCH FIRST FROM c", "FETCH FIRST"),
        ("MOVE ABSOLUTE 3 c", "MOVE ABSOLUTE"),
        ("DECLARE c SCROLL CURSOR FOR SELECT 1", "DECLARE SCROLL CURSOR"),
    ],
)
def test_what_of_transactions_is_refused_by_name(text: str, feature: str) -> None:
    with pytest.raises(Refusal, match="not supported by the embedded cluster") as refused:
        translate(text, Settings())
    assert refused.value.sqlstate == "0A000"
    assert refused.value.message.startswith(feature)


def test_a_default_of_the_session_is_one_variable() -> None:
    """What another backend is told again, after USE."""
    [statement] = translate("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", Settings())
    assert statement.sql == 'SET "default_transaction_read_only" TO on'
