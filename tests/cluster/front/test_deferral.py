"""BEGIN is answered at once; what the backend hears of it, and when."""

from __future__ import annotations

import pytest

from cluster.embedded.front import wire

from .conftest import Rig, told

CONFLICT = {"S": "ERROR", "V": "ERROR", "C": "40001", "M": "could not serialize access"}


def ran_since(rig: Rig, *queries: str) -> list[str]:
    before = len(rig.postgres.ran)
    for sql in queries:
        rig.query(sql)
    return rig.postgres.ran[before:]


def test_begin_goes_out_with_what_follows(rig: Rig) -> None:
    assert ran_since(rig, "BEGIN") == []
    rig.session.feed_client(wire.query("SELECT 1"))
    assert (rig._pending.count(b"BEGIN"), rig._pending.count(b"SELECT 1")) == (1, 1)
    rig.settle()
    assert rig.postgres.ran[-2:] == ["BEGIN", "SELECT 1"]
    assert ran_since(rig, "SELECT 2", "COMMIT") == ["SELECT 2", "COMMIT"]


@pytest.mark.parametrize("protocol", ["query", "extended"])
def test_a_schema_change_needs_no_begin(rig: Rig, protocol: str) -> None:
    rig.query("BEGIN")
    before = len(rig.postgres.ran)
    answer = getattr(rig, protocol)("CREATE SCHEMA s")
    ran = rig.postgres.ran[before:]
    assert not {"BEGIN", "COMMIT"} & set(ran) and any("CREATE SCHEMA" in sql for sql in ran)
    assert answer[0] == "N 00000" and answer[-2:] == ["C CREATE SCHEMA", "Z I"]
    assert rig.query("COMMIT") == ["N 25P01", "C COMMIT", "Z I"]


def test_both_in_one_packet_are_answered_in_order(rig: Rig) -> None:
    answer = rig.send(wire.query("BEGIN"), wire.query("CREATE SCHEMA s"))
    assert answer == ["C BEGIN", "Z T", "N 00000", "C CREATE SCHEMA", "Z I"]


def test_a_schema_change_inside_the_transaction_has_it_begun(rig: Rig) -> None:
    rig.query("SET autocommit_before_ddl = off")
    ran = ran_since(rig, "BEGIN", "CREATE SCHEMA s")
    assert ran[0] == "BEGIN" and "COMMIT" not in ran


def test_a_client_that_pauses_has_it_begun(rig: Rig) -> None:
    """now() is the time of PostgreSQL's BEGIN."""
    assert ran_since(rig, "BEGIN") == []
    rig.later_calls.pop()()
    rig.received = b""
    rig.settle()
    assert (rig.postgres.ran[-1], rig.received) == ("BEGIN", b"")
    assert ran_since(rig, "SELECT 1", "COMMIT") == ["SELECT 1", "COMMIT"]


def test_the_pause_of_an_earlier_one_begins_nothing(rig: Rig) -> None:
    ran_since(rig, "BEGIN", "COMMIT", "BEGIN")
    rig.later_calls.pop()()
    assert rig._pending == b""


def test_one_clock_serves_many_transactions(rig: Rig) -> None:
    ran_since(rig, *("BEGIN", "COMMIT") * 9, "BEGIN")
    (look,) = rig.later_calls
    look()
    assert rig._pending == b""
    rig.later_calls[-1]()
    rig.settle()
    assert rig.postgres.ran[-1] == "BEGIN"


def test_the_clock_goes_on_after_a_pause_between_transactions(rig: Rig) -> None:
    ran_since(rig, "BEGIN", "COMMIT")
    rig.later_calls.pop()()
    assert ran_since(rig, "BEGIN") == []
    rig.later_calls.pop()()
    rig.settle()
    assert rig.postgres.ran[-1] == "BEGIN"


@pytest.mark.parametrize("pauses", [False, True])
def test_the_first_statement_is_still_repeated_after_a_conflict(rig: Rig, pauses: bool) -> None:
    """pkg/sql/conn_executor.go, getRewindTxnCapability: nothing of the transaction was delivered."""
    rig.query("BEGIN")
    if pauses:
        rig.later_calls.pop()()  # its answer is still under way when the statement comes
    rig.postgres.fails["SELECT 1"] = CONFLICT
    assert rig.query("SELECT 1") == ["C SELECT 0", "Z T"]
    assert rig.postgres.ran.count("SELECT 1") == 2


def test_an_error_of_the_front_is_the_transaction_s(rig: Rig) -> None:
    rig.query("BEGIN")
    assert rig.query("FOO BAR") == ["E 42601", "Z E"]
    assert rig.query("ROLLBACK") == ["C ROLLBACK", "Z I"]
    assert rig.postgres.status == b"I"


@pytest.mark.parametrize("under_way", [False, True])
def test_a_backend_that_goes_takes_it_along(rig: Rig, under_way: bool) -> None:
    rig.query("BEGIN")
    if under_way:
        rig.session.feed_client(wire.query("SELECT 1"))
    rig._pending = b""
    rig.received = b""
    rig.session.feed_backend(wire.error("57P01", "terminating connection", severity="FATAL"))
    rig.session.backend_lost()
    rig.settle()
    assert told(rig.received) == (["E 57P01", "Z E"] if under_way else [])
    assert rig.query("ROLLBACK") == ["C ROLLBACK", "Z I"]
    assert ran_since(rig, "SELECT 1") == ["SELECT 1"]
