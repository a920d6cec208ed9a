"""Errors that wait for what the catalog tells of them (dialect/doubts.py).

The session's own backend cannot be asked: its transaction has failed. Another one is, and meanwhile nothing
goes to the client; what it sends goes on. Answers are kept until a schema changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cluster.embedded.dialect.doubts import clarified, question
from cluster.embedded.front import wire

if TYPE_CHECKING:
    from cluster.embedded.front.session import Session

_PATIENCE: Final = 1 << 20  # bytes for the client that may wait


class Doubts:
    """The errors of one session that wait."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._waiting: set[int] = set()  # ids of the frames in client_out that may still change

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def raised(self, frame: bytes, made: dict[str, str], fields: dict[str, str], source: str) -> bytes:
        """The ErrorResponse to send for this one: itself, then it may change while it waits in client_out."""
        session = self._session
        sql = question(fields, source)
        if sql is None or session.gone or session.closed:
            return frame
        shared, user, database = session.shared, session.relay.user, session.database
        rows = shared.answer(database, user, sql)
        if rows is not None:
            return wire.fields_frame(b"E", clarified(made, fields, source, user, rows))
        read_at, mark = shared.schema, id(frame)
        self._waiting.add(mark)

        def answered(rows: list[list[str | None]] | None) -> None:
            if rows:
                shared.keep_answer(read_at, database, user, sql, rows)
            if mark not in self._waiting:
                return
            self._waiting.discard(mark)
            for place, each in enumerate(session.client_out):
                if each is frame:
                    said = clarified(made, fields, source, user, rows or ())
                    session.client_out[place] = wire.fields_frame(b"E", said)
            session.flush()

        session.port.beside(sql, answered)
        return frame

    def hold(self) -> bool:
        """Whether what there is for the client has to wait."""
        if self._waiting and sum(map(len, self._session.client_out)) > _PATIENCE:
            self._waiting.clear()
        return bool(self._waiting)

    def give_up(self) -> None:
        """Send the errors as they are."""
        self._waiting.clear()
