"""A whole round trip of the extended protocol is known by its bytes, and answered as message by message."""

from __future__ import annotations

import pytest

from cluster.embedded.front import wire
from cluster.embedded.front.roundtrips import RoundTrip, round_trip

from .conftest import ERROR, Rig, extended, told


def bind(portal: bytes, name: bytes) -> bytes:
    return wire.message(b"B", portal + b"\0" + name + b"\0" + b"\0\0\0\1\0\0\0\1x\0\0")


DESCRIBE = wire.message(b"D", b"P\0")
EXECUTE = wire.message(b"E", b"\0\0\0\0\0")
WHOLE = bind(b"", b"one") + DESCRIBE + EXECUTE + wire.SYNC
PARSED = wire.parse(b"", "SELECT $1", b"\0\1\0\0\0\x19")


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (WHOLE, RoundTrip(b"one")),
        (bind(b"", b"") + EXECUTE + wire.SYNC, RoundTrip(b"")),
        (
            PARSED + bind(b"", b"") + EXECUTE + wire.SYNC,
            RoundTrip(b"", b"SELECT $1", PARSED[-6:], len(PARSED)),
        ),
    ],
)
def test_known(data: bytes, found: RoundTrip) -> None:
    assert round_trip(data) == found


@pytest.mark.parametrize(
    "data",
    [
        b"",
        WHOLE + wire.SYNC,
        bind(b"portal", b"one") + DESCRIBE + EXECUTE + wire.SYNC,
        bind(b"", b"one") + wire.message(b"E", b"\0\0\0\0\5") + wire.SYNC,  # with a limit of rows
        bind(b"", b"one") + EXECUTE + wire.FLUSH,
        bind(b"", b"one") + EXECUTE,
        PARSED + WHOLE,  # of another statement
        PARSED + EXECUTE + wire.SYNC,
        wire.query("SELECT 1"),
        b"B\xff\xff\xff\xff" + WHOLE[5:],
        b"P\0\0\0\6" + PARSED[5:] + bind(b"", b"") + EXECUTE + wire.SYNC,  # a text beyond its message
    ],
)
def test_anything_else(data: bytes) -> None:
    assert round_trip(data) is None


def test_cut_off_anywhere() -> None:
    data = PARSED + bind(b"", b"") + DESCRIBE + EXECUTE + wire.SYNC
    assert round_trip(data) is not None
    assert [round_trip(data[:size]) for size in range(len(data))] == [None] * len(data)


# What a client sends, each as one round trip, and what it is told.
STORIES = {
    "alone": [("SELECT 1", ["1", "2", "n", "C SELECT 0", "Z I"])] * 2,
    "in a transaction": [
        ("BEGIN", ["1", "2", "n", "C BEGIN", "Z T"]),
        ("SELECT 1", ["1", "2", "n", "C SELECT 0", "Z T"]),
        ("SELECT fails", ["1", "2", "n", "E 42601", "Z E"]),
        ("SELECT 1", ["1", "2", "n", "E 25P02", "Z E"]),
        ("ROLLBACK", ["1", "2", "n", "C ROLLBACK", "Z I"]),
        ("SELECT 1", ["1", "2", "n", "C SELECT 0", "Z I"]),
    ],
    "when the released transaction takes no more": [
        ("BEGIN", ["1", "2", "n", "C BEGIN", "Z T"]),
        ("SAVEPOINT cockroach_restart", ["1", "2", "n", "C SAVEPOINT", "Z T"]),
        ("RELEASE SAVEPOINT cockroach_restart", ["1", "2", "n", "C COMMIT", "Z T"]),
        ("SELECT 1", ["E 25000", "Z T"]),
    ],
}


@pytest.mark.parametrize("steps", STORIES.values(), ids=STORIES)
@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("whole", [True, False])
def test_stories(steps: list[tuple[str, list[str]]], named: bool, whole: bool) -> None:
    """Whole or byte by byte, with a Parse each time or prepared before."""
    rig = Rig()
    rig.extended("SELECT 1")
    prepared: dict[str, bytes] = {}
    for sql, expected in steps:
        rig.postgres.fails["SELECT fails"] = ERROR
        frames = extended(sql)
        if named:
            fresh = sql not in prepared
            prepared.setdefault(sql, b"s%d" % len(prepared))
            frames = extended(sql, prepared[sql])
            if not fresh:
                frames, expected = frames[1:], [line for line in expected if line != "1"]
        data = b"".join((*frames, wire.SYNC))
        received = [data] if whole else [data[at : at + 1] for at in range(len(data))]
        rig.received = b""
        for part in received:
            rig.session.feed_client(part)
        rig.settle()
        assert told(rig.received) == expected, sql
    assert rig.session.relay.executed == 0


def test_after_a_pipeline_without_its_sync() -> None:
    """An error of what came before takes the round trip with it, and its Sync ends that."""
    rig = Rig()
    rig.extended("SELECT 1")
    rig.postgres.fails["SELECT fails"] = ERROR
    rig.session.feed_client(b"".join(extended("SELECT fails")))
    assert rig.send(*extended("SELECT 1"), wire.SYNC) == ["1", "2", "n", "E 42601", "Z I"]
    assert rig.extended("SELECT 1") == ["1", "2", "n", "C SELECT 0", "Z I"]


def test_a_copy_is_not_sent_on_as_a_whole() -> None:
    rig = Rig()
    rig.send(wire.parse(b"s", "COPY t FROM STDIN"), wire.SYNC)
    rig.session.feed_client(b"".join((*extended("", b"s")[1:], wire.SYNC)))
    assert len(rig.session.relay.queue) == 4
