"""Who is let in, as CockroachDB's secure mode has it; and that PostgreSQL is out of reach."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import stat
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
import psycopg2
import pytest

import cluster
from cluster.embedded.front import wire

from .test_front_fuzz import Raw
from .test_front_hostile import secure

# -- the way in -------------------------------------------------------------------------------------------


def fields(frame: bytes) -> dict[str, str]:
    assert frame[:1] == b"E", frame
    return wire.parse_fields(frame[5:])


def everything(connection: socket.socket) -> bytes:
    data = b""
    while part := connection.recv(65536):
        data += part
    return data


def test_a_client_without_tls_is_told_to_use_it(running: cluster.Cluster) -> None:
    """pkg/sql/pgwire/testdata/auth/secure_non_tls"""
    with socket.create_connection(("127.0.0.1", running.port), timeout=20) as plain:
        plain.sendall(wire.startup_packet([("user", "demo"), ("database", "defaultdb")]))
        said = fields(everything(plain))
    assert (said["S"], said["C"]) == ("ERROR", "08P01")
    assert said["M"] == "node is running secure mode, SSL connection required"


def test_the_port_is_open_on_loopback_only(running: cluster.Cluster) -> None:
    pids = cluster.status(running.home).pids
    listening = {
        (name, each.laddr.ip, each.laddr.port)
        for name, pid in pids.items()
        for each in psutil.Process(pid).net_connections("inet")
        if each.status == psutil.CONN_LISTEN
    }
    assert listening == {("front", "127.0.0.1", running.port)}


def test_the_machines_other_addresses_refuse(running: cluster.Cluster) -> None:
    others = [
        address.address
        for addresses in psutil.net_if_addrs().values()
        for address in addresses
        if address.family == socket.AF_INET and not address.address.startswith("127.")
    ]
    for address in [*others, "127.0.0.2"]:
        with pytest.raises(OSError):
            socket.create_connection((address, running.port), timeout=5).close()


@pytest.mark.parametrize(
    "user", ["root", "node", "admin", "public", "nobody", "Demo", "demo ", "d" * 5000, "é", "a'b"]
)
def test_only_the_cluster_s_user_has_a_password(running: cluster.Cluster, user: str) -> None:
    """As for a wrong password: who asks does not learn who exists (pkg/sql/pgwire/auth.go)."""
    said = log_in(running, user=user)
    assert (said["C"], said["M"]) == ("28P01", f"password authentication failed for user {user}")


@pytest.mark.parametrize("password", ["", "wrong", "\0", "x" * 5000])
def test_a_wrong_password(running: cluster.Cluster, password: str) -> None:
    said = log_in(running, password=password)
    assert (said["C"], said["M"]) == ("28P01", "password authentication failed for user demo")


@pytest.mark.parametrize(
    "first",
    [
        b"SCRAM-SHA-256-PLUS\0" + (11).to_bytes(4, "big") + b"n,,n=,r=abc",  # it was not offered
        b"SCRAM-SHA-256\0" + (21).to_bytes(4, "big") + b"p=tls-unique,,n=,r=abc",  # nor was channel binding
        b"SCRAM-SHA-256\0" + (15).to_bytes(4, "big") + b"n,,m=x,n=,r=abc",  # an extension that must be known
        b"SCRAM-SHA-256\0" + (10).to_bytes(4, "big") + b"n,,n=,r=\xff\xfe",
        b"SCRAM-SHA-256\0\xff\xff\xff\xff",
        b"PLAIN\0",
        b"hunter2\0",
        b"",
    ],
)
def test_a_login_that_is_no_scram(running: cluster.Cluster, first: bytes) -> None:
    with started(running) as client:
        assert frame(client)[5:] == b"\0\0\0\x0aSCRAM-SHA-256\0\0"
        client.sendall(wire.message(b"p", first))
        assert fields(frame(client))["C"] in ("28P01", "08P01")
        assert client.recv(1) == b""


@pytest.mark.parametrize(
    "final",
    [
        b"c=biws,r=another,p=" + base64.b64encode(bytes(32)),  # not the server's nonce
        b"c=eSws,r=%b,p=" + base64.b64encode(bytes(32)),  # another channel binding than at first: a downgrade
        b"c=biws,r=%b,p=" + base64.b64encode(bytes(31)),
        b"c=biws,r=%b",
        b"n,,n=,r=abc",  # the first message once more
        b"c=biws,r=%b,p=" + base64.b64encode(bytes(32)),
    ],
)
def test_a_scram_that_ends_wrongly(running: cluster.Cluster, final: bytes) -> None:
    with started(running) as client:
        frame(client)
        first = b"SCRAM-SHA-256\0" + (11).to_bytes(4, "big") + b"n,,n=,r=abc"
        client.sendall(wire.message(b"p", first))
        nonce = frame(client)[9:].split(b",")[0][2:]
        assert nonce.startswith(b"abc") and len(nonce) > 20
        client.sendall(wire.message(b"p", final.replace(b"%b", nonce)))
        assert fields(frame(client))["C"] == "28P01"
        assert client.recv(1) == b""


def started(running: cluster.Cluster, user: str = "demo") -> socket.socket:
    client = secure(running.port)
    client.settimeout(20)
    client.sendall(wire.startup_packet([("user", user), ("database", "defaultdb")]))
    return client


def frame(client: socket.socket) -> bytes:
    head = client.recv(5)
    size = int.from_bytes(head[1:], "big") - 4
    body = b""
    while len(body) < size:
        body += client.recv(size - len(body))
    return head + body


def log_in(running: cluster.Cluster, user: str = "demo", password: str | None = None) -> dict[str, str]:
    """The error of a login that must fail."""
    parts = urlsplit(running.url("defaultdb"))
    with started(running, user) as client:
        raw = Raw.__new__(Raw)
        raw.socket = client
        answers: list[bytes] = []

        def told() -> tuple[bytes, bytes]:
            answers.append(frame(client))
            if answers[-1][:1] == b"E":
                raise EOFError
            return answers[-1][:1], answers[-1][5:]

        raw.frame = told
        with pytest.raises(EOFError):
            raw._log_in((password if password is not None else parts.password).encode())
        return fields(answers[-1])


def test_databases_that_do_not_exist(running: cluster.Cluster) -> None:
    url = running.url("nowhere").replace("cockroachdb://", "postgresql://")
    with pytest.raises(psycopg.OperationalError, match='database "nowhere" does not exist'):
        psycopg.connect(url)


# -- what is kept ------------------------------------------------------------------------------------------


def test_the_password_is_in_no_log_and_no_command_line(running: cluster.Cluster) -> None:
    password = urlsplit(running.url("defaultdb")).password
    assert password
    psycopg.connect(running.url("defaultdb").replace("cockroachdb://", "postgresql://")).close()
    log_in(running, user=password)  # who mixes up the fields of a form
    for log in running.home.rglob("*.log"):
        assert password not in log.read_text(errors="replace"), log
    for pid in cluster.status(running.home).pids.values():
        process = psutil.Process(pid)
        for each in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                assert password not in " ".join(each.cmdline()) + str(each.environ())


def test_what_is_secret_is_the_owner_s_alone(running: cluster.Cluster) -> None:
    assert stat.S_IMODE(running.home.stat().st_mode) & 0o077 == 0
    for file in running.home.iterdir():
        if file.is_file() and ("key" in file.name or file.suffix == ".json"):
            assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file
    sockets = Path(json.loads((running.home / "running.json").read_text())["sockets"])
    assert stat.S_IMODE(sockets.stat().st_mode) & 0o077 == 0


# -- what a client cannot reach ----------------------------------------------------------------------------

REFUSED = """
COPY (SELECT 1) TO PROGRAM 'id'
COPY (SELECT 1) TO '/dev/null'
COPY t FROM '/etc/passwd'
COPY t FROM PROGRAM 'id'
COPY pg_authid TO STDOUT
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
