"""The session's state machine against a PostgreSQL that is none: what the client is told, what was run."""

from __future__ import annotations

import pytest

from cluster.embedded.front import wire
from cluster.embedded.front.transaction_steps import AUTOCOMMIT

from .conftest import Rig, extended, told

CONFLICT = {"S": "ERROR", "V": "ERROR", "C": "40001", "M": "could not serialize access"}

# What a client sends, one Query each, and what it is told. Sources beside the cases.
SIMPLE: dict[str, list[tuple[str, list[str]]]] = {
    "plain": [("SELECT 1", ["C SELECT 0", "Z I"])],
    "empty": [("", ["I", "Z I"]), (" ; ", ["I", "Z I"])],
    "refused": [("FOO BAR", ["E 42601", "Z I"])],
    # docs, "SQL transactions"; pkg/sql/conn_executor_exec.go
    "begin twice": [
        ("BEGIN", ["C BEGIN", "Z T"]),
        ("BEGIN", ["E 25001", "Z E"]),
        ("SELECT 1", ["E 25P02", "Z E"]),
        ("ROLLBACK", ["C ROLLBACK", "Z I"]),
    ],
    "refused in a transaction": [
        ("BEGIN", ["C BEGIN", "Z T"]),
        ("FOO BAR", ["E 42601", "Z E"]),
        ("COMMIT", ["C ROLLBACK", "Z I"]),
    ],
    # pkg/sql/conn_executor_ddl.go
    "DDL commits first": [
        ("BEGIN", ["C BEGIN", "Z T"]),
        ("CREATE SCHEMA s", ["N 00000", "C CREATE SCHEMA", "Z I"]),
        ("SELECT 1", ["C SELECT 0", "Z I"]),
    ],
    "DDL stays in the transaction when told so": [
        ("SET autocommit_before_ddl = off", ["C SET", "Z I"]),
        ("BEGIN", ["C BEGIN", "Z T"]),
        ("CREATE SCHEMA s", ["C CREATE SCHEMA", "Z T"]),
        ("COMMIT", ["C COMMIT", "Z I"]),
        ("COMMIT", ["E 25P01", "Z I"]),
    ],
    "DDL commits the batch before it": [
        (
            "SELECT 1; CREATE SCHEMA s; SELECT 1",
            ["C SELECT 0", "N 00000", "C CREATE SCHEMA", "C SELECT 0", "Z I"],
        ),
        ("COMMIT; CREATE SCHEMA s", ["N 25P01", "C COMMIT", "C CREATE SCHEMA", "Z I"]),
    ],
    # conn_executor_savepoints.go; the states are those of txn_state.go
    "retry protocol": [
        ("BEGIN; SAVEPOINT cockroach_restart", ["C BEGIN", "C SAVEPOINT", "Z T"]),
        ("ROLLBACK TO SAVEPOINT cockroach_restart", ["C ROLLBACK", "Z T"]),
        ("RELEASE SAVEPOINT cockroach_restart", ["C COMMIT", "Z T"]),
        ("SELECT 1", ["E 25000", "Z T"]),
        ("ROLLBACK", ["C COMMIT", "Z I"]),
        ("SELECT 1", ["C SELECT 0", "Z I"]),
    ],
    # execStmtInAbortedState: another SAVEPOINT does as ROLLBACK TO
    "retry protocol, as SQLAlchemy speaks it": [
        ("BEGIN", ["C BEGIN", "Z T"]),
        ("SAVEPOINT cockroach_restart", ["C SAVEPOINT", "Z T"]),
        ("FOO BAR", ["E 42601", "Z E"]),
        ("SAVEPOINT cockroach_restart", ["C ROLLBACK", "Z T"]),
        ("RELEASE SAVEPOINT cockroach_restart", ["C COMMIT", "Z T"]),
        ("COMMIT", ["C COMMIT", "Z I"]),
    ],
    # docs, "inject_retry_errors_enabled"
    "practicing retries": [
        ("SET inject_retry_errors_enabled = 'true'", ["C SET", "Z I"]),
        ("SELECT 1", ["C SELECT 0", "Z I"]),
        ("BEGIN", ["C BEGIN", "Z T"]),
        ("SAVEPOINT cockroach_restart", ["C SAVEPOINT", "Z T"]),
        ("SELECT 1", ["E 40001", "Z E"]),
        ("ROLLBACK TO SAVEPOINT cockroach_restart", ["C ROLLBACK", "Z T"]),
        ("SELECT 1", ["E 40001", "Z E"]),
        ("ROLLBACK TO SAVEPOINT cockroach_restart", ["C ROLLBACK", "Z T"]),
        ("SELECT 1", ["E 40001", "Z E"]),
        ("ROLLBACK TO SAVEPOINT cockroach_restart", ["C ROLLBACK", "Z T"]),
        ("SELECT 1; SELECT 1", ["C SELECT 0", "C SELECT 0", "Z T"]),
    ],
    "USE": [
        ("USE bank", ["C SET", "Z I"]),
        ("USE nowhere", ["E 3D000", "Z I"]),
        ("USE bank; SELECT 1", ["C SET", "C SELECT 0", "Z I"]),
        ("SET database = 'defaultdb'", ["C SET", "Z I"]),
    ],
}


@pytest.mark.parametrize("steps", SIMPLE.values(), ids=SIMPLE)
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_simple_protocol(rig: Rig, steps: list[tuple[str, list[str]]], size: int) -> None:
    rig.chunk = lambda data: [data[at : at + size] for at in range(0, len(data), size)]
    for sql, expected in steps:
        assert rig.query(sql) == expected, sql


@pytest.mark.parametrize("name", [name for name in SIMPLE if name != "empty"])
def test_extended_protocol(rig: Rig, name: str) -> None:
    """The same steps, those of one statement, as Parse, Bind, Describe, Execute, Sync."""
    for sql, expected in SIMPLE[name]:
        for part in sql.split("; "):
            rest = [line for line in rig.extended(part) if line not in "12n"]
            if ";" not in sql:
                assert rest == expected, sql


def test_a_pipeline_gets_everything_in_order(rig: Rig) -> None:
    """Queries sent at once are answered as if sent one by one."""
    steps = SIMPLE["retry protocol"] + SIMPLE["DDL commits first"]
    frames = [wire.query(sql) for sql, _ in steps]
    assert rig.send(*frames) == [line for _, lines in steps for line in lines]


def test_ddl_commits_an_open_pipeline(rig: Rig) -> None:
    """pgtest/schema_changes_implicit_txn: the notice comes before ParseComplete."""
    frames = [*extended("INSERT INTO t VALUES (1)"), *extended("CREATE SCHEMA s"), wire.SYNC]
    assert rig.send(*frames) == [
        "1",
        "2",
        "n",
        "C INSERT 0 1",
        "N 00000",
        "1",
        "2",
        "n",
        "C CREATE SCHEMA",
        "Z I",
    ]


def test_a_known_shape_is_still_known_after_ddl(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Migrations write down their version after each schema change, always in the same words."""
    for number in range(3):
        rig.query(f"UPDATE versions SET version = 'r{number}'")
    rig.query("CREATE SCHEMA s")
    translated: list[str] = []
    monkeypatch.setattr("cluster.embedded.front.plans.translate", lambda sql, _: translated.append(sql))
    assert rig.query("UPDATE versions SET version = 'r3'") == ["C UPDATE", "Z I"]
    assert translated == []
    assert rig.postgres.ran[-1] == "UPDATE versions SET version = 'r3'"


def test_ddl_prepared_earlier_commits_at_bind(rig: Rig) -> None:
    """The same file, subtest autocommit_for_bind."""
    rig.send(wire.parse(b"ddl", "CREATE SCHEMA s"), wire.SYNC)
    rig.query("BEGIN")
    rig.received = b""
    lines = rig.send(wire.message(b"B", b"\0ddl\0" + bytes(6)), wire.message(b"E", bytes(5)), wire.SYNC)
    assert lines == ["N 00000", "2", "C CREATE SCHEMA", "Z I"]
    assert wire.notice(AUTOCOMMIT) in rig.received


def test_what_was_bound_may_be_executed_later(rig: Rig) -> None:
    assert rig.send(*extended("USE bank")[:2], wire.FLUSH) == ["1", "2"]
    assert rig.send(*extended("USE bank")[3:], wire.SYNC) == ["C SET", "Z I"]
    assert rig.session.database == "bank"


def test_an_error_skips_to_sync_also_what_would_need_care(rig: Rig) -> None:
    frames = [*extended("FOO BAR"), *extended("USE bank"), wire.query("SELECT 1"), wire.SYNC]
    assert rig.send(*frames) == ["E 42601", "Z I"]
    assert rig.postgres.ran == ["refused"]


def test_an_error_without_sync_yet(rig: Rig) -> None:
    assert rig.send(wire.parse(b"", "FOO BAR"), wire.FLUSH) == ["E 42601"]
    assert rig.send(*extended("CREATE SCHEMA s")) == []
    assert rig.send(wire.SYNC) == ["Z I"]
    assert rig.query("SELECT 1") == ["C SELECT 0", "Z I"]


def test_a_query_that_needs_care_is_skipped_too(rig: Rig) -> None:
    lines = rig.send(*extended("FOO BAR"), wire.query("SET application_name = 'x'"), wire.query("USE bank"))
    assert lines == ["E 42601"]
    assert rig.send(wire.SYNC, wire.query("SELECT 1")) == ["Z I", "C SELECT 0", "Z I"]


@pytest.mark.parametrize(
    ("again", "tag"), [("ROLLBACK TO SAVEPOINT", "C ROLLBACK"), ("SAVEPOINT", "C ROLLBACK")]
)
def test_a_release_that_cannot_commit_may_be_restarted(rig: Rig, again: str, tag: str) -> None:
    rig.query("BEGIN; SAVEPOINT cockroach_restart")
    rig.postgres.fails["COMMIT"] = CONFLICT
    assert rig.query("RELEASE SAVEPOINT cockroach_restart") == ["E 40001", "Z E"]
    assert rig.query("SELECT 1") == ["E 25P02", "Z E"]
    assert rig.query(f"{again} cockroach_restart") == [tag, "Z T"]
    assert rig.query("RELEASE SAVEPOINT cockroach_restart; COMMIT") == ["C COMMIT", "C COMMIT", "Z I"]


def test_a_restart_repeats_begin_and_the_settings_before_the_savepoint(rig: Rig) -> None:
    for sql in (
        "BEGIN ISOLATION LEVEL READ COMMITTED",
        "SET application_name = 'retry'",
        "SAVEPOINT cockroach_restart",
        "SELECT 1",
    ):
        rig.query(sql)
    before = len(rig.postgres.ran)
    rig.query("ROLLBACK TO SAVEPOINT cockroach_restart")
    again = rig.postgres.ran[before:]
    assert again[0] == "ROLLBACK"
    assert again[1] == "BEGIN ISOLATION LEVEL READ COMMITTED"
    assert "application_name" in again[2]
    assert again[3].startswith("SET LOCAL crdb.transaction_start")
    assert again[4:] == ['SAVEPOINT "cockroach_restart"']


def test_a_commit_before_ddl_that_fails(rig: Rig) -> None:
    rig.query("BEGIN; INSERT INTO t VALUES (1)")
    rig.postgres.fails["COMMIT"] = CONFLICT
    assert rig.query("CREATE SCHEMA s") == ["N 00000", "E 40001", "Z E"]
    assert 'CREATE SCHEMA "s"' not in rig.postgres.ran
    assert rig.query("ROLLBACK") == ["C ROLLBACK", "Z I"]


def test_use_repeats_settings_and_prepared_statements(rig: Rig) -> None:
    rig.query("SET application_name = 'lesson'")
    rig.send(wire.parse(b"kept", "SELECT 1"), wire.SYNC)
    before = len(rig.postgres.ran)
    rig.postgres.statements.clear()
    rig.query("USE bank")
    assert ["application_name" in sql for sql in rig.postgres.ran[before:]] == [True]
    assert rig.postgres.statements[b"kept"] == "SELECT 1"
    assert rig.session.settings.database == "bank"


def test_use_in_a_transaction_begins_it_again_and_outlives_a_rollback(rig: Rig) -> None:
    rig.query("BEGIN")
    rig.postgres.run_rows = [["f"]]  # nothing was written yet
    assert rig.query("USE bank") == ["C SET", "Z T"]
    assert rig.session.database == "bank"
    assert rig.query("ROLLBACK") == ["C ROLLBACK", "Z I"]
    assert rig.session.database == "bank"


def test_use_after_writes_is_refused(rig: Rig) -> None:
    rig.query("BEGIN; INSERT INTO t VALUES (1)")
    rig.postgres.run_rows = [["t"]]
    assert rig.query("USE bank") == ["E 0A000", "Z E"]
    assert rig.session.database == "defaultdb"


@pytest.mark.parametrize("end", ["ROLLBACK", "COMMIT"])
def test_a_setting_outlives_its_transaction_but_not_a_local_one(rig: Rig, end: str) -> None:
    """docs, "Known limitations": SET is not rolled back; so PostgreSQL, which does, is told again."""
    rig.query("BEGIN")
    rig.query("SET autocommit_before_ddl = off")
    rig.query("SET LOCAL default_int_size = 4")
    assert rig.session.settings.default_int_size == 4
    before = len(rig.postgres.ran)
    rig.query(end)
    assert rig.session.autocommit_before_ddl is False
    assert rig.session.settings.default_int_size == 8
    again = [sql for sql in rig.postgres.ran[before:] if "autocommit_before_ddl" in sql]
    assert len(again) == (end == "ROLLBACK")


def test_a_savepoint_takes_back_only_what_was_local(rig: Rig) -> None:
    rig.query("BEGIN; SELECT 1")
    rig.postgres.run_rows = [["t"]]
    rig.query("SAVEPOINT one; SET sql_safe_updates = on; SET LOCAL default_int_size = 4")
    before = len(rig.postgres.ran)
    assert rig.query("ROLLBACK TO one") == ["C ROLLBACK", "Z T"]
    assert rig.session.settings.sql_safe_updates
    assert rig.session.settings.default_int_size == 8
    again = rig.postgres.ran[before:]
    assert again[0] == 'ROLLBACK TO SAVEPOINT "one"'
    assert ["sql_safe_updates" in sql for sql in again[1:]] == [True]


def test_what_is_sent_while_a_script_runs_waits(rig: Rig) -> None:
    frames = b"".join(wire.query(sql) for sql in ("USE bank", "SELECT 1"))
    rig.session.feed_client(frames)
    assert rig.session.stalled
    assert rig.postgres.ran == []
    rig.settle()
    assert told(rig.received) == ["C SET", "Z I", "C SELECT 0", "Z I"]


@pytest.mark.parametrize(
    "frame", [b"?\0\0\0\4", b"Q\xff\xff\xff\xff", wire.message(b"B", b"no end"), b"Q\0\0\0\5x"]
)
def test_garbage_ends_the_session_with_a_word(rig: Rig, frame: bytes) -> None:
    assert rig.send(frame) == ["E 08P01"]
    assert rig.closed


def test_terminate(rig: Rig) -> None:
    assert rig.send(wire.TERMINATE, wire.query("SELECT 1")) == []
    assert rig.closed
    assert rig.postgres.ran == []


# -- the backend goes ------------------------------------------------------------------------------------

ENDED = wire.error("57P01", "terminating connection due to administrator command", severity="FATAL")


def lose(rig: Rig, said: bytes = b"") -> list[str]:
    rig.received = b""
    rig.session.feed_backend(said)
    rig.session.backend_lost()
    rig.settle()
    return told(rig.received)


def test_a_session_ended_from_outside_goes_on(rig: Rig) -> None:
    assert lose(rig, ENDED) == []
    assert rig.query("SELECT 1") == ["C SELECT 0", "Z I"]


def test_a_query_under_way_gets_an_answer(rig: Rig) -> None:
    rig.session.feed_client(wire.query("SELECT 1"))
    rig._pending = b""
    assert lose(rig, ENDED) == ["E 57P01", "Z I"]
    assert rig.query("SELECT 1") == ["C SELECT 0", "Z I"]


def test_a_transaction_is_lost(rig: Rig) -> None:
    rig.query("BEGIN")
    assert lose(rig, ENDED) == []
    assert rig.query("SELECT 1") == ["E 25P02", "Z E"]
    assert rig.query("ROLLBACK") == ["C ROLLBACK", "Z I"]
    assert rig.query("SELECT 1") == ["C SELECT 0", "Z I"]


def test_a_commit_that_gets_no_answer_has_ended_the_transaction(rig: Rig) -> None:
    """psycopg2 sends no ROLLBACK after a COMMIT that failed."""
    rig.query("BEGIN")
    rig.session.feed_client(wire.query("COMMIT"))
    rig._pending = b""
    assert lose(rig, ENDED) == ["E 57P01", "Z I"]
    assert rig.query("BEGIN") == ["C BEGIN", "Z T"]


def test_a_database_dropped_by_another_session(rig: Rig) -> None:
    rig.databases.remove("defaultdb")
    assert lose(rig, ENDED) == []
    assert rig.session.gone
    assert rig.postgres.ran[-1] == "SET search_path = ''"
    assert rig.query("SELECT 1") == ["C SELECT 0", "Z I"]
    assert rig.query("USE bank") == ["C SET", "Z I"]
    assert not rig.session.gone


def test_postgresql_is_gone(rig: Rig) -> None:
    assert lose(rig) == ["E 57P01"]
    assert rig.closed


def test_postgresql_is_gone_and_does_not_come_back(rig: Rig) -> None:
    rig.databases.clear()
    assert lose(rig, ENDED) == ["E 57P01"]
    assert rig.closed
