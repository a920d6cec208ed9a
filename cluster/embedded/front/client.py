"""The client's messages: each is translated and sent on, or handed to a script."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from cluster.embedded.dialect import CatalogueNeeded, Effect, Refusal, Statement
from cluster.embedded.front import scripts, wire
from cluster.embedded.front.expected import (
    BIND,
    CLOSE,
    COPY_END,
    DESCRIBE,
    EXECUTE,
    IDLE,
    OPEN,
    PLAIN,
    QUERY,
    SYNC,
    Expect,
)
from cluster.embedded.front.plans import Large, Plan, Plans
from cluster.embedded.front.prepared import NOTHING
from cluster.embedded.front.roundtrips import round_trip
from cluster.embedded.front.transaction_steps import upgrades
from cluster.embedded.front.variables import is_setting

if TYPE_CHECKING:
    from cluster.embedded.front.session import Session

_QUERY: Final = 81  # Q
# pkg/sql/pgwire/pgwirebase/encoding.go
_LARGEST_SETTING: Final = "sql.conn.max_read_buffer_message_size"
_LET_THROUGH_TO_COPY: Final = b"dcfSH"  # also while a script runs
_OF_COPY: Final = b"dcf"
_NOT_SKIPPED: Final = b"SXdcf"  # what is looked at while everything up to Sync is skipped
_MOST_PORTALS: Final = 1000
_NOT_UTF8: Final = ("22021", "invalid byte sequence for encoding UTF8")


class ClientMessages:
    """Takes the client's bytes apart and acts on each message, in order, as long as no script runs."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._frames = wire.Frames()
        self._plans = Plans(session)
        self._schema = session.shared.schema
        self._pumping = False
        self._handlers: dict[int, Callable[[bytes], None]] = {
            ord("Q"): self._query,
            ord("P"): self._parse,
            ord("B"): self._bind,
            ord("D"): self._describe,
            ord("E"): self._execute,
            ord("C"): self._close,
            ord("S"): self._sync,
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
        if self._schema != session.shared.schema:
            if data[0] != _QUERY:
                return False
            self._look_again()  # a shape that was learned without looking at the tables is still known
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

    # -- simple protocol ----------------------------------------------------------------------------------

    def _query(self, frame: bytes) -> None:
        session = self._session
        if self._schema != session.shared.schema:
            self._look_again()
        plan = self._plans.known.get(frame) or self._planned(frame)
        if plan is None:
            return
        if not session.careful:
            if plan.plain:
                session.backend_out.append(plan.frame)
                expect = plan.expect
                if expect is None:
                    tags = tuple(each.tag for each in plan.statements)
                    expect = Expect(QUERY, tags=tags, source=plan.source)
                session.relay.queue.append(expect)
                return
            if len(plan.statements) == 1 and self.direct(statement := plan.statements[0]):
                done = scripts.hook(session, (statement,))
                tags = (statement.tag,)
                session.ask(plan.frame, Expect(QUERY, tags=tags, done=done, source=plan.source))
                if is_setting(statement):  # what follows is translated with it
                    session.start(session.drained())
                return
        session.start(scripts.simple(session, plan.statements, plan.source))

    def _planned(self, frame: bytes) -> Plan | None:
        """Translate a Query's text. None: it was answered, or will be when the tables were read."""
        session = self._session
        try:
            return self._plans.make(frame)
        except UnicodeDecodeError:
            session.poison_query(wire.error(*_NOT_UTF8))
        except Refusal as reason:
            session.poison_query(wire.refusal(reason))
        except CatalogueNeeded:
            session.start(scripts.with_catalogue(session, lambda: self._query(frame), session.poison_query))
        except Large as large:
            source = str(large)
            session.start(
                scripts.beside(session, lambda: self._plans.translated(source), lambda: self._query(frame))
            )
        return None

    # -- extended protocol --------------------------------------------------------------------------------

    def _parse(self, frame: bytes) -> None:
        session = self._session
        (name, text), end = wire.cstrings(frame, 2, 5)
        if self._schema != session.shared.schema:
            self._look_again()
        try:
            prepared = self._plans.prepared.get(text) or self._plans.prepare(text)
        except UnicodeDecodeError:
            session.poison(wire.error(*_NOT_UTF8))
            return
        except Refusal as reason:
            session.poison(wire.refusal(reason))
            return
        except CatalogueNeeded:
            session.start(scripts.with_catalogue(session, lambda: self._parse(frame), session.poison))
            return
        except Large as large:
            source = str(large)
            session.start(
                scripts.beside(session, lambda: self._plans.translated(source), lambda: self._parse(frame))
            )
            return
        sql = prepared.statement.sql
        if prepared.statement.effect in scripts.OWN:
            # Never executed; PostgreSQL takes this one in every state of a transaction.
            sql = "ROLLBACK"
        sent = wire.parse(name, sql, frame[end:])

        def go() -> None:
            session.statements[name] = (prepared, sent)
            session.ask(sent, prepared.parse)

        if self._admitted(prepared.statement):
            go()
        else:
            session.start(scripts.admit(session, prepared.statement, go))

    def _bind(self, frame: bytes) -> None:
        session = self._session
        (portal, name), _ = wire.cstrings(frame, 2, 5)
        prepared, _ = session.statements.get(name, (NOTHING, b""))

        def go() -> None:
            if len(session.portals) >= _MOST_PORTALS:  # their ends are not always known here
                session.portals.clear()
            session.portals[portal] = prepared
            session.ask(frame, PLAIN[BIND])

        if self._admitted(prepared.statement):
            go()
        else:
            session.start(scripts.admit(session, prepared.statement, go))

    def _admitted(self, statement: Statement) -> bool:
        """Whether Parse or Bind may go on: an ended transaction refuses them, DDL commits an open one."""
        if self._session.careful:
            return False
        return statement.effect is not Effect.DDL or self.direct(statement)

    def _execute(self, frame: bytes) -> None:
        session = self._session
        (portal,), _ = wire.cstrings(frame, 1, 5)
        prepared = session.portals.get(portal, NOTHING)
        careful, statement = session.careful, prepared.statement
        if prepared.trivial and not careful:
            session.ask(frame, prepared.run)
        elif not careful and self.direct(statement):
            session.ask(frame, scripts.execution(session, prepared))
            if is_setting(statement):
                session.start(session.drained())
        else:
            session.start(scripts.execute(session, prepared, frame))

    def _describe(self, frame: bytes) -> None:
        self._session.ask(frame, PLAIN[DESCRIBE])

    def _close(self, frame: bytes) -> None:
        (name,), _ = wire.cstrings(frame, 1, 6)
        if frame[5:6] == b"S":
            self._session.statements.pop(name, None)
        else:
            self._session.portals.pop(name, None)
        self._session.ask(frame, PLAIN[CLOSE])

    def _sync(self, frame: bytes) -> None:
        self._session.relay.failed = False
        self._session.ask(frame, PLAIN[SYNC])

    # -- the rest -----------------------------------------------------------------------------------------

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

    def _look_again(self) -> None:
        """Tables have changed since."""
        self._schema = self._session.shared.schema
        self.forget_plans()
        if self._session.settings.catalogue is not None:
            self._session.know_tables(None)

    def direct(self, statement: Statement) -> bool:
        """Whether the backend alone does what this one statement asks, as things stand."""
        if statement.notices or statement.forgives:
            return False
        session, effect = self._session, statement.effect
        relay = session.relay
        # Nothing under way can change the transaction's status.
        settled = all(expect.kind not in (EXECUTE, SYNC, QUERY) for expect in relay.queue)
        match effect:
            case Effect.NONE | Effect.SET | Effect.RESET:
                return settled or not is_setting(statement)
            case Effect.BEGIN:
                return settled and relay.status == IDLE and statement.argument is None
            case Effect.DDL:
                return settled and relay.executed == 0 and relay.status != OPEN and not upgrades(session)
            case Effect.COMMIT | Effect.ROLLBACK:
                return settled and session.plain_end
        return False
