"""The way out to a client: everything in order, large answers in large pieces, nothing left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from cluster.embedded.front.outlet import Outlet

PIECE = bytes(8192)


class Wire:
    """A Tls and a transport that keep what is written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.closing = False

    def encrypt(self, data: bytes) -> bytes:
        return data

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def is_closing(self) -> bool:
        return self.closing


def run(steps: Callable[[Outlet, Wire], object], turns: int = 5) -> list[bytes]:
    """What is written by these steps and some turns of the event loop."""
    wire = Wire()

    async def play() -> None:
        steps(Outlet(wire, wire), wire)  # type: ignore[arg-type]
        for _ in range(turns):
            await asyncio.sleep(0)

    asyncio.run(play())
    return wire.written


def test_a_small_answer_goes_at_once() -> None:
    assert run(lambda out, _: (out.send(b"one", True), out.send(b"two", False)), turns=0) == [b"one", b"two"]


def test_pieces_of_a_large_answer_go_together_with_its_end() -> None:
    written = run(
        lambda out, _: (out.send(PIECE, True), out.send(PIECE, True), out.send(b"end", False)), turns=0
    )
    assert written == [PIECE + PIECE + b"end"]


def test_no_more_than_some_pieces_wait() -> None:
    written = run(lambda out, _: [out.send(PIECE, True) for _ in range(9)])
    assert written == [PIECE * 8, PIECE]


@pytest.mark.parametrize("rest", [[], [b"x"], [PIECE, b"x"]])
def test_what_waits_goes_when_nothing_follows(rest: list[bytes]) -> None:
    written = run(lambda out, _: [out.send(data, True) for data in (PIECE, *rest)])
    assert written == [b"".join((PIECE, *rest))]


def test_release() -> None:
    assert run(lambda out, _: (out.send(PIECE, True), out.release(), out.release()), turns=0) == [PIECE]


def test_nothing_goes_to_a_client_that_has_gone() -> None:
    def steps(out: Outlet, wire: Wire) -> None:
        out.send(PIECE, True)
        wire.closing = True
        out.send(b"end", False)

    assert run(steps) == []
