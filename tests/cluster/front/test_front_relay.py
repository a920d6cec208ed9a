"""Backend to client: the same bytes at any cut, but for the frames that have to change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.embedded.front import wire
from cluster.embedded.front.expected import (
    BIND,
    COPY_END,
    DESCRIBE,
    EXECUTE,
    FAILED,
    IDLE,
    OPEN,
    PARSE,
    PLAIN,
    QUERY,
    SYNC,
    Captured,
    Expect,
)
from cluster.embedded.front.relay import Relay

from .conftest import ERROR, told


class Out:
    """A relay and what comes out of it."""

    def __init__(self, *expected: Expect, shown: int | None = None) -> None:
        self.idle = 0
        self.frames: list[bytes] = []
        self.relay = Relay(self.frames, lambda: shown, self._idle)
        self.relay.push(*expected)

    def _idle(self) -> None:
        self.idle += 1

    def feed(self, *parts: bytes) -> bytes:
        for part in parts:
            self.relay.feed(part)
        data = b"".join(self.frames)
        self.frames.clear()
        return data


def rows(*values: bytes) -> bytes:
    return b"".join(wire.message(b"D", b"\0\1" + len(value).to_bytes(4, "big") + value) for value in values)


ROWS = rows(b"", b"Z\0\0\0\5I", b"x" * 700, b"E" * 30)
RESULT = wire.message(b"T", b"\0\0") + ROWS + wire.command_complete("SELECT 4") + wire.ready(IDLE)
EXTENDED = wire.message(b"1", b"") + wire.message(b"2", b"") + RESULT


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    parts = []
    for size in [*sizes, len(data)]:
        parts.append(data[:size])
        data = data[size:]
    return [part for part in parts if part]


SIZES = st.lists(st.integers(1, 60), max_size=60)


@given(SIZES)
def test_a_result_goes_through_unchanged(sizes: list[int]) -> None:
    out = Out(PLAIN[QUERY])
    assert out.feed(*cut(RESULT, sizes)) == RESULT
    assert (out.idle, list(out.relay.queue)) == (1, [])


def test_a_whole_buffer_is_handed_on_as_it_is() -> None:
    out = Out(PLAIN[QUERY])
    out.relay.feed(RESULT)
    assert out.frames[0] is RESULT


@given(SIZES)
def test_the_extended_protocol_goes_through_unchanged(sizes: list[int]) -> None:
    out = Out(*(PLAIN[kind] for kind in (PARSE, BIND, DESCRIBE, EXECUTE, SYNC)))
    assert out.feed(*cut(EXTENDED, sizes)) == EXTENDED
    assert not out.relay.queue


@given(SIZES)
def test_a_hidden_answer_is_kept(sizes: list[int]) -> None:
    captured = Captured()
    data = wire.message(b"T", b"\0\0") + rows(b"a", b"b" * 99) + wire.command_complete("SELECT 2")
    out = Out(Expect(QUERY, captured=captured), PLAIN[QUERY])
    assert out.feed(*cut(data + wire.ready(OPEN) + RESULT, sizes)) == RESULT
    assert (captured.rows, captured.tag, captured.error) == ([["a"], ["b" * 99]], "SELECT 2", None)


@pytest.mark.parametrize(
    ("tag", "theirs", "seen"),
    [
        (None, "DO", "DO"),
        ("CREATE TABLE", "DO", "CREATE TABLE"),
        ("SHOW ", "SELECT 3", "SHOW 3"),
    ],
)
def test_tags(tag: str | None, theirs: str, seen: str) -> None:
    out = Out(Expect(QUERY, tags=(tag,)))
    data = out.feed(wire.command_complete(theirs) + wire.ready(IDLE))
    assert told(data) == [f"C {seen}", "Z I"]


def test_each_statement_of_a_query_has_its_tag_and_is_noted() -> None:
    noted: list[tuple[int, str]] = []
    out = Out(Expect(QUERY, tags=("ONE", None), done=lambda turn, tag: noted.append((turn, tag))))
    data = out.feed(wire.command_complete("DO") + wire.command_complete("SET") + wire.ready(IDLE))
    assert told(data) == ["C ONE", "C SET", "Z I"]
    assert noted == [(0, "DO"), (1, "SET")]


def test_an_error_of_the_extended_protocol_takes_what_follows_up_to_sync() -> None:
    kinds = (PARSE, BIND, EXECUTE, SYNC, PARSE, SYNC)
    out = Out(*(PLAIN[kind] for kind in kinds))
    error = wire.fields_frame(b"E", ERROR)
    data = out.feed(
        wire.message(b"1", b"") + error + wire.ready(IDLE) + wire.message(b"1", b"") + wire.ready(IDLE)
    )
    assert told(data) == ["1", "E 42601", "Z I", "1", "Z I"]
    assert not out.relay.failed


def test_an_error_before_its_sync_was_sent() -> None:
    out = Out(PLAIN[PARSE], PLAIN[BIND])
    out.feed(wire.fields_frame(b"E", ERROR))
    assert out.relay.failed
    assert not out.relay.queue


def test_a_refusal_replaces_the_error_that_it_provoked() -> None:
    refusal = wire.error("0A000", "not supported")
    out = Out(PLAIN[EXECUTE], Expect(PARSE, refusal=refusal), PLAIN[SYNC])
    data = out.feed(wire.command_complete("INSERT 0 1"), wire.fields_frame(b"E", ERROR), wire.ready(IDLE))
    assert told(data) == ["C INSERT 0 1", "E 0A000", "Z I"]


def test_an_earlier_error_is_not_replaced() -> None:
    out = Out(PLAIN[EXECUTE], Expect(PARSE, refusal=wire.error("0A000", "not supported")), PLAIN[SYNC])
    assert told(out.feed(wire.fields_frame(b"E", ERROR), wire.ready(IDLE))) == ["E 42601", "Z I"]


def test_the_status_that_the_client_sees() -> None:
    out = Out(PLAIN[SYNC], shown=FAILED)
    assert told(out.feed(wire.ready(IDLE))) == ["Z E"]
    assert out.relay.status == IDLE


def test_a_fatal_error_is_left_to_the_session() -> None:
    out = Out(PLAIN[QUERY])
    assert out.feed(wire.error("57P01", "terminating connection", severity="FATAL")) == b""
    assert out.relay.fatal is not None
    assert out.relay.fatal["C"] == "57P01"


@pytest.mark.parametrize(
    ("name", "value", "seen"),
    [
        ("server_version", "18.6", "13.0.0"),
        ("application_name", "psql", "psql"),
        ("in_hot_standby", "off", None),
    ],
)
def test_parameters_are_cockroachdb_s(name: str, value: str, seen: str | None) -> None:
    data = Out().feed(wire.parameter_status(name, value))
    assert data == (b"" if seen is None else wire.parameter_status(name, seen))


@pytest.mark.parametrize(("user", "seen"), [("demo", "on"), ("clerk", "off")])
def test_whether_a_user_is_an_admin_is_cockroachdb_s_to_say(user: str, seen: str) -> None:
    out = Out()
    out.relay.user = user
    assert out.feed(wire.parameter_status("is_superuser", "off")) == wire.parameter_status(
        "is_superuser", seen
    )


COPY_IN = wire.message(b"G", bytes(3))


@pytest.mark.parametrize(
    ("sent", "taking", "left"),
    [
        ((EXECUTE,), True, []),
        ((EXECUTE, SYNC), True, []),  # the Sync is swallowed
        ((EXECUTE, SYNC, COPY_END, SYNC), False, [SYNC]),
        ((QUERY, QUERY, QUERY), False, [QUERY]),  # the second Query ends the COPY by an error, and is lost
    ],
)
def test_copy_swallows_what_was_sent_before_its_data(
    sent: tuple[int, ...], taking: bool, left: list[int]
) -> None:
    out = Out(*(PLAIN[kind] for kind in sent))
    out.feed(COPY_IN)
    assert out.relay.copying is taking
    assert [expect.kind for expect in out.relay.queue] == [sent[0], *left]


def test_a_stray_end_of_copy_data_is_no_answer_s_owner() -> None:
    out = Out(PLAIN[PARSE], PLAIN[COPY_END], PLAIN[BIND], PLAIN[COPY_END], PLAIN[SYNC])
    out.feed(wire.message(b"1", b"") + wire.message(b"2", b"") + wire.ready(IDLE))
    assert not out.relay.queue
