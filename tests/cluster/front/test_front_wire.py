"""The codec: bytes to frames, at any cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.embedded.front import wire

FRAMES = [wire.query("SELECT 1"), wire.SYNC, wire.parse(b"s", "SELECT $1"), wire.message(b"d", bytes(300))]


@given(st.lists(st.sampled_from(FRAMES), max_size=6), st.lists(st.integers(1, 40), max_size=200))
def test_frames_come_out_whole_however_the_bytes_are_cut(frames: list[bytes], cuts: list[int]) -> None:
    data, reader, found = b"".join(frames), wire.Frames(), []
    for size in [*cuts, len(data)]:
        reader.feed(data[:size])
        data = data[size:]
        found += list(reader)
    assert found == frames
    assert len(reader) == 0


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (b"Q\0\0\0\3", "invalid message length 3"),
        (b"Q\xff\xff\xff\xff", "invalid message length -1"),
    ],
)
def test_lengths_that_no_message_has(header: bytes, words: str) -> None:
    reader = wire.Frames()
    reader.feed(header)
    with pytest.raises(wire.ProtocolError, match=words):
        next(reader)


def test_startup_packet_there_and_back() -> None:
    packet = wire.startup_packet({"user": "demo", "database": "bank"}.items())
    assert int.from_bytes(packet[:4], "big") == len(packet)
    assert wire.startup_parameters(packet[8:]) == {"user": "demo", "database": "bank"}


@pytest.mark.parametrize("body", [b"", b"user\0demo", b"user\0demo\0x\0\0", b"user\0\xff\0\0"])
def test_startup_bodies_that_are_none(body: bytes) -> None:
    with pytest.raises(wire.ProtocolError):
        wire.startup_parameters(body)


def test_rows_and_error_fields() -> None:
    assert wire.row(b"\0\3" + b"\0\0\0\1a" + b"\xff\xff\xff\xff" + b"\0\0\0\0") == ["a", None, ""]
    frame = wire.error("42P01", 'relation "t" does not exist', hint="try again")
    assert wire.parse_fields(frame[5:]) == {
        "S": "ERROR",
        "V": "ERROR",
        "C": "42P01",
        "M": 'relation "t" does not exist',
        "H": "try again",
    }
