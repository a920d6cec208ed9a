"""Conflicts that the front resolves by running the batch again: the client hears only of the last attempt."""

from __future__ import annotations

import pytest

from cluster.embedded.front import retry, wire

from .conftest import Rig, extended

CONFLICT = {"S": "ERROR", "V": "ERROR", "C": "40001", "M": "could not serialize access"}
WRITE = "UPDATE t SET k = 1"


class Conflicting:
    """Makes a statement of the rig's PostgreSQL fail so many times."""

    def __init__(self, rig: Rig, sql: str, times: int) -> None:
        self.left = times
        run = rig.postgres.run

        def failing(text: str) -> bytes:
            if text == sql and self.left:
                self.left -= 1
                rig.postgres.fails[sql] = CONFLICT
            return run(text)

        rig.postgres.run = failing  # type: ignore[method-assign]


@pytest.mark.parametrize("size", [1, 7, 10_000])
@pytest.mark.parametrize("times", [1, 3])
def test_a_statement_of_its_own_is_run_again(rig: Rig, size: int, times: int) -> None:
    rig.chunk = lambda data: [data[at : at + size] for at in range(0, len(data), size)]
    Conflicting(rig, WRITE, times)
    assert rig.query(WRITE) == ["C UPDATE", "Z I"]
    assert rig.postgres.ran == [WRITE] * (times + 1)


def test_a_whole_query_of_several_statements_is_run_again(rig: Rig) -> None:
    Conflicting(rig, WRITE, 1)
    assert rig.query(f"SELECT 1;{WRITE}") == ["C SELECT 0", "C UPDATE", "Z I"]
    assert rig.postgres.ran == ["SELECT 1", WRITE] * 2


@pytest.mark.parametrize("name", [b"", b"named"])
def test_in_the_extended_protocol_too(rig: Rig, name: bytes) -> None:
    Conflicting(rig, WRITE, 2)
    assert rig.send(*extended(WRITE, name), wire.SYNC) == ["1", "2", "n", "C UPDATE", "Z I"]


def test_one_of_several_in_a_pipeline_is_not(rig: Rig) -> None:
    """What came behind it has run already: it would run after that."""
    Conflicting(rig, WRITE, 1)
    frames = [*extended(WRITE), wire.SYNC, *extended("SELECT 1"), wire.SYNC]
    assert rig.send(*frames) == ["1", "2", "n", "E 40001", "Z I", "1", "2", "n", "C SELECT 0", "Z I"]


def test_the_first_statement_of_a_transaction_is_run_again_in_a_new_one(rig: Rig) -> None:
    rig.query("BEGIN READ WRITE")
    rig.query("SET application_name = 'x'")
    rig.query("SAVEPOINT cockroach_restart")
    Conflicting(rig, WRITE, 1)
    before = len(rig.postgres.ran)
    assert rig.query(WRITE) == ["C UPDATE", "Z T"]
    words = [sql.split(" ")[0] for sql in rig.postgres.ran[before:]]
    assert words == ["UPDATE", "ROLLBACK", "BEGIN", "SET", "SET", "SAVEPOINT", "UPDATE"]


def test_not_once_the_client_has_seen_a_result_of_the_transaction(rig: Rig) -> None:
    rig.query("BEGIN")
    rig.query("SELECT 1")
    Conflicting(rig, WRITE, 1)
    assert rig.query(WRITE) == ["E 40001", "Z E"]
    assert rig.query(WRITE) == ["E 25P02", "Z E"]


def test_not_once_the_client_has_seen_something_of_the_statement(rig: Rig) -> None:
    rig.session.feed_client(wire.query(WRITE))
    rig.session.feed_backend(wire.message(b"T", bytes(2)))
    assert rig.received == wire.message(b"T", bytes(2))
    rig.session.feed_backend(wire.fields_frame(b"E", CONFLICT) + wire.ready(ord("I")))
    assert b"40001" in rig.received


def test_a_schema_change_is_run_again(rig: Rig) -> None:
    Conflicting(rig, 'CREATE SCHEMA "s"', 1)
    rig.query("BEGIN; INSERT INTO t VALUES (1)")
    assert rig.query("CREATE SCHEMA s") == ["N 00000", "C CREATE SCHEMA", "Z I"]


def test_not_for_ever(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "_ATTEMPTS", 5)
    Conflicting(rig, WRITE, 100)
    assert rig.query(WRITE) == ["E 40001", "Z I"]
    assert rig.postgres.ran == [WRITE] * 5


def test_the_clock_of_force_retry_goes_on(rig: Rig) -> None:
    rig.postgres.fails[WRITE] = {
        **CONFLICT,
        "M": "restart transaction: forced by crdb_internal.force_retry()",
    }
    assert rig.query(WRITE) == ["C UPDATE", "Z I"]
    assert rig.postgres.ran[1].startswith("SET crdb.transaction_start = '")
    assert rig.postgres.ran[2:] == [WRITE, "RESET crdb.transaction_start"]
