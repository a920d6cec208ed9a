"""BEGIN is answered at once, and goes to the backend together with what follows it.

Drivers send BEGIN by itself and wait for its answer. When a schema change follows, CockroachDB commits the
transaction that was just opened (autocommit_before_ddl): then the backend never hears of it. A migration of
Alembic's so costs PostgreSQL two answers less, any other transaction one.

PostgreSQL's now() is the time of its own BEGIN, so a client that pauses has it sent after LONGEST.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cluster.embedded.front import wire
from cluster.embedded.front.expected import IDLE, OPEN, QUERY, Captured, Expect

if TYPE_CHECKING:
    from cluster.embedded.front.session import Session

LONGEST: Final = 0.05
"""Seconds for which BEGIN waits; up to twice that, when one before it has set the clock."""
# What the backend owes for a BEGIN whose answer the client has already.
BEGUN: Final = Expect(QUERY, captured=Captured())


class Deferral:
    """The BEGIN of one session that the backend has not seen yet, if there is one."""

    __slots__ = ("_frame", "_seen", "_session", "_turn", "_watched")

    def __init__(self, session: Session) -> None:
        self._session = session
        self._frame = b""
        self._turn = 0
        self._seen = 0  # the turn of the last look
        self._watched = False  # a look is due: one serves many short transactions

    @property
    def pending(self) -> bool:
        """Whether a BEGIN waits."""
        return bool(self._frame)

    def begin(self, sql: str, frame: bytes) -> None:
        """Answer the client's BEGIN. sql, frame: its translation, and the Query with it. The backend must be
        idle and owe nothing."""
        session, relay = self._session, self._session.relay
        self._frame = frame
        self._turn += 1
        relay.status = OPEN
        relay.batches += 1
        session.started(sql, relay.batches)
        session.say(wire.command_complete("BEGIN"), session.ready())
        if not self._watched:
            self._watch()

    def take(self) -> bytes:
        """The Query to send before all else. The queue must hold only what follows it."""
        frame, self._frame = self._frame, b""
        self._session.relay.queue.appendleft(BEGUN)
        return frame

    def forgo(self) -> None:
        """The transaction has ended, empty, before it began."""
        self._frame = b""
        self._session.relay.status = IDLE
        self._session.finished(committed=True)

    def drop(self) -> None:
        """The backend that it was for has gone."""
        self._frame = b""

    def _watch(self) -> None:
        self._watched = True
        self._seen = self._turn
        self._session.port.later(LONGEST, self._look)

    def _look(self) -> None:
        """Send a BEGIN that was there at the last look already."""
        self._watched = False
        if not self._frame or self._session.closed:
            return
        if self._turn == self._seen:
            self._session.port.to_backend(self.take())
        else:
            self._watch()
