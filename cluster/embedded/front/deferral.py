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
"""Seconds for which BEGIN waits."""
# What the backend owes for a BEGIN whose answer the client has already.
BEGUN: Final = Expect(QUERY, captured=Captured())


class Deferral:
    """The BEGIN of one session that the backend has not seen yet, if there is one."""

    __slots__ = ("_frame", "_session", "_turn")

    def __init__(self, session: Session) -> None:
        self._session = session
        self._frame = b""
        self._turn = 0

    @property
    def pending(self) -> bool:
        """Whether a BEGIN waits."""
        return bool(self._frame)

    def begin(self, sql: str, frame: bytes) -> None:
        """Answer the client's BEGIN. sql, frame: its translation, and the Query with it. The backend must be
        idle and owe nothing."""
        session, relay = self._session, self._session.relay
        self._frame = frame
        self._turn = turn = self._turn + 1
        relay.status = OPEN
        relay.batches += 1
        session.started(sql, relay.batches)
        session.say(wire.command_complete("BEGIN"), session.ready())
        session.port.later(LONGEST, lambda: self._overdue(turn))

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

    def _overdue(self, turn: int) -> None:
        if self._frame and self._turn == turn and not self._session.closed:
            self._session.port.to_backend(self.take())
