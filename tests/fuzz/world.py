"""A session between a client and a PostgreSQL, all of it in memory."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from cluster.embedded.front import wire
from cluster.embedded.front.port import Request
from cluster.embedded.front.session import Session
from cluster.embedded.front.shared import Shared
from tests.fuzz.postgres import ERROR, SECRET, Postgres, frames
from tests.fuzz.run import Dice


class World:
    """A session between a client that does anything and a Postgres, all of it in memory."""

    def __init__(self, dice: Dice, *, odd: int = 0, fails: int = 0, chunks: bool = False) -> None:
        self.dice = dice
        self.odd, self.fails, self.chunks = odd, fails, chunks
        self.postgres = Postgres(dice, odd, fails)
        self.databases = {"defaultdb", "postgres"}
        self.received: list[bytes] = []
        self.closed = False
        self.cut = False  # the backend's connection is gone
        self._pending: list[bytes] = []
        self._wanted: list[str] = []
        self._works: list[Request] = []
        self._later: list[Callable[[], None]] = []
        self._asked: list[Callable[[list[list[str | None]] | None], None]] = []
        self.session = Session(self, Shared(), "demo", "defaultdb")
        self.session.begin({"application_name": "fuzz", "nonsense": "1"})
        self.settle()
        self.received.clear()

    # -- Port

    def to_client(self, data: bytes) -> None:
        self.received.append(data)

    def to_backend(self, data: bytes) -> None:
        self._pending.append(data)

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        self._later.append(call)

    def reconnect(self, database: str) -> None:
        self._wanted.append(database)

    def close(self) -> None:
        self.closed = True

    def cancel(self) -> Callable[[], None]:
        """Nothing runs here that could be canceled."""
        return lambda: None

    def beside(self, sql: str, answered: Callable[[list[list[str | None]] | None], None]) -> None:
        self._asked.append(answered)

    def work(self, request: Request) -> None:
        self._works.append(request)

    # -- what happens

    def feed(self, data: bytes) -> None:
        """The client's bytes, in one piece or in several, with PostgreSQL's answers in between or after."""
        for part in self._parts(data):
            self.session.feed_client(part)
            if self._later and self.dice.one_in(2):  # the client pauses
                self._later.pop()()
            if not self.chunks or self.dice.one_in(2):
                self.settle()

    def settle(self) -> None:
        """Let PostgreSQL answer until nothing moves any more."""
        for _ in range(10_000):
            if self._pending and not self.cut:
                pending = b"".join(self._pending)
                self._pending.clear()
                for part in self._parts(self.postgres.answer(pending)):
                    self.session.feed_backend(part)
            elif self._works:
                request = self._works.pop(0)
                assert request.work is not None
                request.work()
                self.session.worked(request)
            elif self._asked:
                self._asked.pop(0)(None)
            elif self._wanted:
                name = self._wanted.pop(0)
                refused = None if name in self.databases else {**ERROR, "C": "3D000"}
                if refused is None:
                    self._pending.clear()
                    self.cut = False
                    self.postgres = Postgres(self.dice, self.odd, self.fails)
                self.session.reconnected(refused)
            else:
                return
        raise AssertionError("the front and PostgreSQL talk without end")

    def lose(self, fields: dict[str, str] | None) -> None:
        """PostgreSQL goes, with these last words."""
        self._pending.clear()
        self.cut = True
        if fields is not None:
            self.session.feed_backend(wire.fields_frame(b"E", fields))
        self.session.backend_lost()
        self.settle()

    def told(self) -> list[tuple[int, bytes]]:
        """What the client has received, taken apart and looked at."""
        found = frames(b"".join(self.received))
        for kind, payload in found:
            assert kind in b"12 3CDEGHINRSTZcdnstAKv".replace(b" ", b""), f"no message of a server: {kind:#x}"
            assert SECRET not in payload, "a row of the front's own statement"
            if kind in b"EN":
                _fields(payload, kind)
            if kind == ord("Z"):
                assert payload in (b"I", b"T", b"E")
        return found

    def _parts(self, data: bytes) -> list[bytes]:
        return chopped(self.dice, data) if self.chunks else [data] if data else []


def chopped(dice: Dice, data: bytes) -> list[bytes]:
    """The bytes in pieces of any size."""
    if len(data) < 2:
        return [data] if data else []
    if dice.one_in(3) and len(data) < 3000:
        return [data[at : at + 1] for at in range(len(data))]
    places = sorted(dice.randrange(len(data)) for _ in range(dice.randrange(1, 5)))
    cuts = [0, *places, len(data)]
    return [data[one:other] for one, other in pairwise(cuts) if one < other]


def _fields(payload: bytes, kind: int) -> None:
    """An error's fields: letters with text, an empty one at the end."""
    assert payload[-1:] == b"\0", "an error without its end"
    parts = payload[:-1].split(b"\0")
    letters = [part[:1] for part in parts if part]
    assert len(set(letters)) == len(letters)
    assert all(letter in b"SVCMDHWstcdn?" for letter in letters), f"no field of an error: {letters}"
    if kind == ord("E"):
        assert {b"S", b"V", b"C", b"M"} <= set(letters), f"an error without {payload!r}"
