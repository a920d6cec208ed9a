"""Frames cut at any byte, of clients and of PostgreSQL."""

from __future__ import annotations

from cluster.embedded.front import wire
from cluster.embedded.front.relay import Relay
from tests.fuzz.messages import message
from tests.fuzz.postgres import ERROR
from tests.fuzz.run import Dice
from tests.fuzz.world import chopped

REPLIES = [
    wire.message(b"D", b"\0\1\0\0\0\1x"),
    wire.message(b"D", b"\0\1\0\0\0\1x") * 20, wire.message(b"D", b"x" * 5000),
    wire.message(b"T", b"\0\1c\0" + bytes(18)), wire.command_complete("SELECT 1"),
    wire.message(b"d", b"y" * 3000), wire.fields_frame(b"E", ERROR), wire.fields_frame(b"N", ERROR),
    wire.parameter_status("TimeZone", "UTC"), wire.parameter_status("search_path", "x"),
    wire.message(b"1", b""), wire.message(b"n", b""),
]  # fmt: skip


def pieces(dice: Dice) -> None:
    """Frames cut at any byte come out whole, in order; a length that cannot be is an error at once."""
    sent = [message(dice) for _ in range(dice.randrange(1, 8))]
    data = b"".join(sent)
    dice.shown = data
    cutter, found, at = wire.Frames(), [], 0
    while at < len(data):
        size = dice.choice([1, 2, 5, 40, 1000])
        cutter.feed(data[at : at + size])
        found += list(cutter)
        at += size
    assert found == sent
    assert not len(cutter)
    length = dice.choice([-1, 0, 3, 0x7FFFFFFF, (16 << 20) + 5])
    cutter.feed(b"Q" + length.to_bytes(4, "big", signed=True))
    try:
        next(cutter)
    except wire.ProtocolError:
        assert length < 4
    except wire.TooLarge:
        assert length > wire.MAX_MESSAGE
    else:
        raise AssertionError("a length that no message has")


def relays(dice: Dice) -> None:
    """PostgreSQL's bytes come out the same in pieces of any size as in one."""
    sent = b"".join(dice.choice(REPLIES) for _ in range(dice.randrange(1, 12)))
    dice.shown = sent
    whole, parts = _relayed([sent]), _relayed(chopped(dice, sent))
    assert parts == whole, f"{parts!r} in pieces, {whole!r} in one"


def _relayed(parts: list[bytes]) -> bytes:
    out: list[bytes] = []
    relay = Relay(out, lambda: None, lambda: None)
    for part in parts:
        relay.feed(part)
    return b"".join(out)
