"""What a client cannot reach: PostgreSQL itself, and what the dialect keeps in it."""

from __future__ import annotations

import contextlib
import io
import json

import psycopg2
import pytest

import cluster

REFUSED = """
COPY (SELECT 1) TO PROGRAM 'id'
COPY (SELECT 1) TO '/dev/null'
COPY t FROM '/etc/passwd'
COPY t FROM PROGRAM 'id'
DO $$ BEGIN PERFORM 1; END $$
LOAD 'dblink'
LISTEN a
NOTIFY a
ALTER SYSTEM SET fsync = off
SET ROLE root
SET SESSION AUTHORIZATION root
SET SESSION AUTHORIZATION DEFAULT
RESET SESSION AUTHORIZATION
CREATE EXTENSION dblink
CREATE LANGUAGE plpython3u
CREATE SERVER s FOREIGN DATA WRAPPER w
CREATE FOREIGN TABLE t (a INT) SERVER s
CREATE EVENT TRIGGER t ON ddl_command_start EXECUTE FUNCTION f()
CREATE RULE r AS ON SELECT TO t DO INSTEAD SELECT 1
CREATE OPERATOR + (FUNCTION = int8pl)
CREATE CAST (INT AS STRING) WITHOUT FUNCTION
CREATE PUBLICATION p
CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p
CREATE TABLESPACE t LOCATION '/'
VACUUM
CHECKPOINT
CLUSTER t
REINDEX TABLE t
LOCK TABLE t
SECURITY LABEL ON TABLE t IS 'x'
MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE
IMPORT FOREIGN SCHEMA a FROM SERVER b INTO c
DROP OWNED BY root
ALTER USER root WITH PASSWORD 'x'
GRANT root TO demo
GRANT pg_read_server_files TO demo
GRANT pg_execute_server_program TO demo
GRANT pg_write_server_files TO demo
GRANT pg_read_all_data TO demo
CREATE TABLE pg_catalog.t (a INT)
CREATE TABLE crdb_internal.t (a INT)
CREATE TABLE information_schema.t (a INT)
CREATE TABLE crdb_catalog.t (a INT)
DROP TABLE pg_catalog.pg_class
DROP SCHEMA pg_catalog CASCADE
DROP SCHEMA crdb_catalog CASCADE
DROP SCHEMA information_schema CASCADE
ALTER SCHEMA crdb_catalog RENAME TO x
ALTER DATABASE template1 RENAME TO x
DROP DATABASE template0
SELECT pg_read_file('/etc/passwd')
SELECT pg_read_binary_file('/etc/passwd')
SELECT pg_ls_dir('/')
SELECT pg_stat_file('/etc/passwd')
SELECT lo_import('/etc/passwd')
SELECT lo_export(1, '/dev/null')
SELECT lo_creat(-1)
SELECT lo_from_bytea(0, 'x')
SELECT pg_notify('a', 'b')
SELECT query_to_xml('SELECT 1', true, false, '')
SELECT ts_stat('SELECT 1')
SELECT pg_logical_emit_message(true, 'a', 'b')
SELECT pg_export_snapshot()
SELECT pg_switch_wal()
SELECT pg_reload_conf()
SELECT pg_terminate_backend(1)
SELECT dblink('a', 'b')
SELECT set_config('standard_conforming_strings', 'off', false)
SELECT set_config('search_path', 'crdb_catalog', false)
SELECT set_config('role', 'root', false)
SELECT set_config('session_authorization', 'root', false)
SELECT postgresql_set_config('role', 'root', false)
SELECT hidden_pg_notify('a', 'b')
SELECT pg_catalog.hidden_lo_creat(-1)
SELECT "hidden_pg_sleep"(1)
SELECT * FROM hidden_pg_lock_status()
SELECT crdb_catalog.run('t', 'DROP TABLE t')
SELECT crdb_catalog.quietly('DROP TABLE t')
SELECT crdb_catalog.row_count(1260)
SELECT "crdb_catalog".row_count(1260)
SELECT (crdb_catalog.jobs()).*
SELECT U&"crdb\\005fcatalog".row_count(1260)
SELECT * FROM crdb_catalog.pg_class
SELECT * FROM crdb_information_schema.tables
SELECT 'crdb_catalog.pg_class'::regclass
SELECT nextval('crdb_catalog.rowid')
INSERT INTO pg_catalog.pg_class (relname) VALUES ('x')
UPDATE pg_catalog.pg_class SET relname = 'x'
DELETE FROM pg_catalog.pg_proc
TRUNCATE pg_catalog.pg_class
SET search_path = crdb_catalog; SELECT row_count(1260)
SET search_path = "crdb_catalog", public; SELECT quietly('DROP TABLE t')
SET LOCAL search_path = 'crdb_catalog'; SELECT jobs()
SET crdb.autocommit_before_ddl = 'off'
SET session_preload_libraries = 'x'
SET standard_conforming_strings = off
SET local_preload_libraries = 'x'
SET allow_system_table_mods = on
SELECT current_setting('data_directory')
SHOW data_directory
SHOW hba_file
PREPARE p AS SELECT pg_read_file('/etc/passwd')
DECLARE c CURSOR FOR SELECT crdb_catalog.row_count(1260)
CREATE VIEW v AS SELECT pg_read_file('/etc/passwd')
CREATE TABLE u (a STRING DEFAULT pg_read_file('/etc/passwd'))
CREATE TABLE u (a INT DEFAULT crdb_catalog.row_count(1260))
CREATE TABLE u (a INT CHECK (hidden_pg_notify('a', 'b') IS NULL))
CREATE INDEX i ON t (crdb_catalog.row_count(a))
EXPLAIN ANALYZE DELETE FROM t
CALL x()
"""


@pytest.fixture(scope="module")
def attacker(client):
    client.rows("CREATE TABLE t (a INT8 PRIMARY KEY, b INT8)")
    return client


@pytest.mark.parametrize("statement", REFUSED.strip().splitlines())
def test_what_is_postgresql_s_alone_is_out_of_reach(attacker, statement: str) -> None:
    """Refused, by name, as unknown, or for want of a privilege; and the table t stands as it did."""
    for step in statement.split("; "):
        try:
            attacker.rows(step)
        except psycopg2.Error as error:
            sqlstate = error.pgcode
            assert sqlstate, error
            break
    else:
        pytest.fail("it was done")
    assert sqlstate[:2] in ("0A", "42", "22", "3F", "55", "2B", "25", "57"), sqlstate
    attacker.rows("RESET ALL")
    assert attacker.rows("SELECT a, b FROM t") == []


def test_copy_shows_what_select_shows(attacker) -> None:
    copied = io.StringIO()
    with attacker.connection.cursor() as cursor:
        cursor.copy_expert("COPY pg_authid TO STDOUT", copied)
    assert "demo" in copied.getvalue()
    assert "SCRAM" not in copied.getvalue()


def superuser(running: cluster.Cluster, database: str) -> psycopg2.extensions.connection:
    sockets = json.loads((running.home / "running.json").read_text())["sockets"]
    return psycopg2.connect(host=sockets, port=5432, user="root", dbname=database)


def test_the_user_is_no_superuser_and_in_no_strong_role(running: cluster.Cluster) -> None:
    with contextlib.closing(superuser(running, "defaultdb")) as session, session.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolreplication OR rolbypassrls FROM pg_catalog.pg_authid "
            "WHERE rolname = 'demo'"
        )
        assert cursor.fetchall() == [(False,)]
        cursor.execute(
            "SELECT rolname FROM pg_catalog.pg_roles "
            "WHERE rolname ~ '^(pg_|root)' AND pg_has_role('demo', oid, 'member')"
        )
        assert {row[0] for row in cursor.fetchall()} <= {"pg_signal_backend"}


def test_what_runs_as_the_superuser_sees_no_one_else_s_names(running: cluster.Cluster) -> None:
    """SECURITY DEFINER: the search path is pinned, so that no table or type of a client's can stand in."""
    with contextlib.closing(superuser(running, "defaultdb")) as session, session.cursor() as cursor:
        cursor.execute(
            "SELECT oid::regprocedure::text, coalesce(array_to_string(proconfig, ' '), '') "
            "FROM pg_catalog.pg_proc WHERE prosecdef"
        )
        found = cursor.fetchall()
    assert found
    for name, config in found:
        assert "search_path=pg_catalog" in config, name


def test_a_view_is_not_counted_as_the_superuser(attacker, running: cluster.Cluster) -> None:
    attacker.rows("CREATE VIEW counted AS SELECT a FROM t")
    database = attacker.one("SELECT current_database()")
    with contextlib.closing(superuser(running, database)) as session, session.cursor() as cursor:
        cursor.execute(
            "SELECT crdb_catalog.row_count('public.counted'::regclass), "
            "crdb_catalog.row_count('public.t'::regclass)"
        )
        assert cursor.fetchall() == [(None, 0)]


def test_names_that_only_look_like_ours_are_the_client_s(attacker) -> None:
    attacker.rows("CREATE TABLE hidden_treasure (a INT8 PRIMARY KEY)")
    attacker.rows("INSERT INTO hidden_treasure (a) VALUES (1)")
    attacker.rows("INSERT INTO public.hidden_treasure (a) VALUES (2)")
    attacker.rows("CREATE INDEX ON hidden_treasure (a)")
    assert attacker.rows("SELECT max(a) FROM hidden_treasure") == [(2,)]
    attacker.rows("DROP TABLE hidden_treasure")
