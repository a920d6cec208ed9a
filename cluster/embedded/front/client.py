"""The client's bytes, cut into messages and taken in their order; what is known goes on at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from cluster.embedded.front import wire
from cluster.embedded.front.expected import COPY_END, PLAIN, QUERY, SYNC, Expect
from cluster.embedded.front.messages import Messages
from cluster.embedded.front.prepared import NOTHING
from cluster.embedded.front.roundtrips import round_trip

if TYPE_CHECKING:
    from cluster.embedded.front.session import Session

_QUERY: Final = 81  # Q
# pkg/sql/pgwire/pgwirebase/encoding.go
_LARGEST_SETTING: Final = "sql.conn.max_read_buffer_message_size"
_LET_THROUGH_TO_COPY: Final = b"dcfSH"  # also while a script runs
_OF_COPY: Final = b"dcf"
_NOT_SKIPPED: Final = b"SXdcf"  # what is looked at while everything up to Sync is skipped


class ClientMessages:
    """Takes the client's bytes apart and has each message acted on, in order, as long as no script runs."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._frames = wire.Frames()
        self._messages = messages = Messages(session)
        self._plans = messages.plans
        self._pumping = False
        self._handlers: dict[int, Callable[[bytes], None]] = {
            ord("Q"): messages.query,
            ord("P"): messages.parse,
            ord("B"): messages.bind,
            ord("D"): messages.describe,
            ord("E"): messages.execute,
            ord("C"): messages.close,
            ord("S"): messages.sync,
            ord("H"): self._pass,
            ord("X"): self._terminate,
            ord("d"): self._pass,
            ord("c"): self._copy_end,
            ord("f"): self._copy_end,
        }

    def __len__(self) -> int:
        """Bytes that wait for a script to end."""
        return len(self._frames)

    def feed(self, data: bytes) -> None:
        """Bytes of the client."""
        if not self._at_once(data):
            self._frames.feed(data)
            self.pump()

    def _at_once(self, data: bytes) -> bool:
        """Send the bytes on if they are one thing that is known, and nothing stands in its way."""
        session = self._session
        relay = session.relay
        if session.careful or session.stalled or relay.copying or relay.failed or self._frames.waits:
            return False
        if self._messages.schema != session.shared.schema:
            if data[0] != _QUERY:
                return False
            # A shape that was learned without looking at the tables is still known.
            self._messages.look_again()
        if data[0] == _QUERY:
            if (plan := self._plans.known.get(data)) is not None:
                frame, expect = plan.frame, plan.expect
            elif wire.is_whole(data) and (quick := self._plans.quick(data)) is not None:
                frame, expect = quick
            else:
                return False
            if expect is None:
                return False
            session.backend_out.append(frame)
            relay.queue.append(expect)
            return True
        trip = round_trip(data)
        # After messages without their Sync an error of theirs would skip this, too.
        if trip is None or (relay.queue and relay.queue[-1].kind not in (SYNC, QUERY)):
            return False
        if trip.text is None:
            prepared, sent = session.statements.get(trip.name, (NOTHING, b""))
            rest = data
        else:
            prepared = self._plans.prepared.get(trip.text, NOTHING)
            sent = wire.parse(trip.name, prepared.statement.sql, trip.types)
            rest = sent + data[trip.rest :]
        if not prepared.swift:
            return False
        session.statements[trip.name] = prepared, sent
        session.portals[b""] = prepared
        session.backend_out.append(rest)
        relay.queue.append(prepared.round_trip)
        return True

    def forget_plans(self) -> None:
        """Settings have changed: translate anew."""
        self._plans.forget()

    def pump(self) -> None:
        """Act on what has come in, as far as that is possible now."""
        session, frames = self._session, self._frames
        if self._pumping or not len(frames):
            return
        self._pumping = True
        try:
            while not session.closed:
                copying = session.relay.copying
                if session.stalled and not (copying and frames.peek() in _LET_THROUGH_TO_COPY):
                    if copying and len(frames):
                        self.fail_copy()
                    return
                try:
                    frame = next(frames, None)
                except wire.TooLarge as large:
                    self._refuse_large(large)
                    continue
                if frame is None:
                    return
                kind = frame[0]
                handler = self._handlers.get(kind)
                if handler is None:
                    raise wire.ProtocolError(f"unrecognized client message type {kind:#04x}")
                if copying:
                    self._copy(kind, frame)
                elif not session.relay.failed or kind in _NOT_SKIPPED:
                    handler(frame)
        except wire.ProtocolError as broken:
            session.fail("08P01", str(broken))
        finally:
            self._pumping = False

    def _refuse_large(self, large: wire.TooLarge) -> None:
        """An error for a message that is not taken; the session goes on (pkg/sql/pgwire/conn.go)."""
        session = self._session
        hint = f"the maximum message size can be configured using the {_LARGEST_SETTING} cluster setting"
        answer = wire.error("08P01", str(large), hint=hint)
        if session.relay.copying:
            head = session.relay.queue.popleft()
            session.relay.queue.appendleft(Expect(head.kind, refusal=answer))
            self.fail_copy()
        elif session.relay.failed:
            pass  # it is skipped
        elif large.kind == _QUERY:
            session.poison_query(answer)
        elif large.kind not in _OF_COPY:
            session.poison(answer)

    # -- COPY, and the end ------------------------------------------------------------------------------

    def _pass(self, frame: bytes) -> None:
        self._session.backend_out.append(frame)

    def _copy_end(self, frame: bytes) -> None:
        if self._session.relay.queue:  # else there is no COPY that could end
            self._session.ask(frame, PLAIN[COPY_END])

    def _copy(self, kind: int, frame: bytes) -> None:
        """A message while the backend takes COPY data; what does not belong there fails the COPY."""
        session = self._session
        if kind == ord("d"):
            session.backend_out.append(frame)
        elif kind == ord("X"):
            self._terminate(frame)
        elif kind in b"cf":
            session.relay.copying = False
            session.backend_out.append(frame)
        elif kind not in b"SH":
            self.fail_copy()

    def fail_copy(self) -> None:
        """End the COPY in the client's stead by an error."""
        self._session.relay.copying = False
        reason = b"unexpected message during COPY from stdin\0"
        self._session.backend_out.append(wire.message(b"f", reason))

    def _terminate(self, frame: bytes) -> None:
        self._session.end()
