"""One client's session, without sockets: what comes in, and the steps that its statements are made of.

Bytes of the client come in with feed_client(), bytes of the backend with feed_backend(); what must go out is
handed to the Port. Most statements are only translated and sent on (see client). Those that need more (see
scripts) are generators that wait until the backend owes nothing; what the client sends meanwhile waits.
What the session knows of itself is in state.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from cluster.embedded.dialect import translate_error
from cluster.embedded.front import databases, elsewhere, retry, scripts, wire
from cluster.embedded.front.client import ClientMessages
from cluster.embedded.front.deferral import BEGUN, Deferral
from cluster.embedded.front.doubts import Doubts
from cluster.embedded.front.expected import (
    BIND,
    CLOSE,
    EXECUTE,
    FAILED,
    IDLE,
    OPEN,
    PARSE,
    QUERY,
    SYNC,
    Captured,
    Expect,
)
from cluster.embedded.front.jobs import SessionJobs
from cluster.embedded.front.port import DRAINED, STOPPED, Port, Request, Script
from cluster.embedded.front.relay import Relay
from cluster.embedded.front.shared import Shared
from cluster.embedded.front.state import SessionState
from cluster.embedded.front.transaction import Mask

# The name of the front's own statements in the backend; no client would choose it.
HIDDEN: Final = b"\x01front"
# Text that PostgreSQL surely refuses: it aborts the transaction just as the refused statement has to.
POISON: Final = "refused"
# PostgreSQL's code when a connection is ended from outside: by DROP DATABASE … WITH (FORCE) or
# pg_terminate_backend(), or because the server stops.
_ENDED_FROM_OUTSIDE: Final = "57P01"


class Session(SessionState):
    """One client's session after it was let in."""

    def __init__(self, port: Port, shared: Shared, user: str, database: str) -> None:
        super().__init__(shared, user, database)
        self.port = port
        self.client_out: list[bytes] = []
        self._preface: list[bytes] = []  # goes to the client with what comes next, not by itself
        self.backend_out: list[bytes] = []
        self.relay = Relay(self.client_out, self._shown, self._idle)
        self.relay.conflict = self._conflict
        self.relay.unknown = partial(elsewhere.refuse, self)
        self.doubts = Doubts(self)
        self.relay.doubtful = self.doubts.raised
        # What is under way, while the client has seen nothing of it; sent: what a Batch would be made of.
        self.batch: retry.Batch | None = None
        self._sent: retry.Sent | None = None
        self._scripted = False
        self.relay.user = user
        self.client = ClientMessages(self)
        self.jobs = SessionJobs(self)
        self.deferral = Deferral(self)
        self.closed = False
        self.in_query = False  # a script answers a Query: the client waits for ReadyForQuery
        self.then: Callable[[], None] | None = None  # what a script leaves to be done at its end
        self._script: Script | None = None
        self._awaits: Request | None = None
        self._acting = False  # the script's turn has come

    # -- what the server calls ----------------------------------------------------------------------------

    @property
    def stalled(self) -> bool:
        """Whether a script holds up what the client sends."""
        return self._script is not None

    def begin(self, settings: dict[str, str]) -> None:
        """Apply the settings of the start-up packet, then tell the client that it may begin."""
        self.start(scripts.begin(self, settings))
        self.flush()

    def feed_client(self, data: bytes) -> None:
        """Bytes of the client."""
        relay = self.relay
        rests = (not relay.queue or relay.queue[-1] is BEGUN) and self._script is None
        self._scripted = False
        self.client.feed(data)
        if self._script is None:
            self.batch = None
            plain = rests and relay.queue and not self._scripted
            self._sent = self._under_way() if plain else None
        self.flush()

    def _under_way(self) -> retry.Sent:
        """What is about to be sent, as one batch."""
        relay = self.relay
        queue = tuple(relay.queue)
        return (
            tuple(self.backend_out),
            queue[1:] if queue[0] is BEGUN else queue,
            relay.batches,
            relay.status,
        )

    def feed_backend(self, data: bytes) -> None:
        """Bytes of the backend."""
        self.relay.feed(data)
        if self.client_out and (self.batch is None or not self.batch.again):
            self.batch = self._sent = None  # from now on the client has seen something of it
        if self._script is not None and self.relay.copying:
            if not self._acting:  # the script's message came where only COPY data may come
                self.client.fail_copy()
            self.client.pump()
        self.flush()

    def reconnected(self, refused: dict[str, str] | None) -> None:
        """The Port's answer to reconnect(): None, or the error's fields (the old backend is still there)."""
        if refused is None:
            self.relay.reset()
            self.deferral.drop()
        if self._awaits is not None and self._awaits.database is not None:
            self._resume(refused)
        self.flush()

    def worked(self, request: Request) -> None:
        """The Port's answer to work()."""
        if self._awaits is request and not self.closed:
            self._resume(None)
            self.flush()

    def backend_lost(self) -> None:
        """The backend has gone. Go on with a new one if only this session was ended, else end too."""
        if self.closed:
            return
        self.jobs.lost()
        fatal = self.relay.fatal
        reconnecting = self._awaits is not None and self._awaits.database is not None
        if fatal is None or reconnecting or fatal.get("C", "").startswith("57P02"):
            self.fail(*STOPPED)
        elif fatal.get("C") == _ENDED_FROM_OUTSIDE:
            # CockroachDB's sessions outlive their database, so this one does too.
            script, self._script, self._awaits = self._script, None, None
            in_query, self.in_query, self.then = self.in_query, False, None
            if script is not None:
                script.close()
            self.start(databases.recover(self, in_query=in_query))
        else:
            self.say(self.translated(fatal))
            self.end()
        self.flush()

    def fail(self, sqlstate: str, text: str, hint: str | None = None) -> None:
        """End the session with a fatal error."""
        self.say(wire.error(sqlstate, text, severity="FATAL", hint=hint))
        self.end()

    def end(self) -> None:
        """End the session."""
        if not self.closed:
            self.closed = True
            self._script = None
            self.jobs.lost()
            self.doubts.give_up()
            self.flush()
            self.port.close()

    def flush(self) -> None:
        """Hand what has gathered to the Port."""
        if out := self.backend_out:
            if self.deferral.pending:
                out.insert(0, self.deferral.take())
            data = out[0] if len(out) == 1 else b"".join(out)
            out.clear()
            self.port.to_backend(data)
        if (out := self.client_out) and (self.batch is None or not self.batch.again):
            if self.doubts and self.doubts.hold():
                return
            if self._preface:
                out[:0] = self._preface
                self._preface.clear()
            data = out[0] if len(out) == 1 else b"".join(out)
            out.clear()
            self.port.to_client(data)

    # -- the steps of scripts -----------------------------------------------------------------------------

    def say(self, *frames: bytes) -> None:
        """Frames for the client."""
        self.client_out.extend(frames)

    def foretell(self, frame: bytes) -> None:
        """A frame for the client that need not be sent before what comes next is known."""
        (self.client_out or self._preface).append(frame)

    def ask(self, frames: bytes, *expected: Expect) -> None:
        """Frames for the backend, and what it will owe for them."""
        self.backend_out.append(frames)
        self.relay.queue.extend(expected)

    def _shown(self) -> int | None:
        if self.mask is None:
            return None
        return OPEN if self.mask is Mask.RELEASED else FAILED

    def ready(self) -> bytes:
        """The ReadyForQuery that the client must see now."""
        shown = self._shown()
        return wire.ready(self.status if shown is None else shown)

    def translated(self, fields: dict[str, str]) -> bytes:
        """PostgreSQL's error as the client shall see it."""
        return wire.fields_frame(b"E", translate_error(fields, user=self.relay.user))

    def poison(self, answer: bytes) -> None:
        """Answer a message of the extended protocol with this error; the backend skips to Sync, too."""
        if self.relay.failed:
            self.say(answer)
        else:
            self.ask(wire.parse(HIDDEN, POISON), Expect(PARSE, refusal=answer))

    def poison_query(self, answer: bytes) -> None:
        """Answer a Query with this error."""
        self.ask(wire.query(POISON), Expect(QUERY, refusal=answer))

    def turn(self) -> Script:
        """Wait, at a script's start, for what was sent before."""
        yield from self.drained()
        self._acting = True

    def drained(self) -> Script:
        """Wait until the backend owes nothing."""
        if queue := self.relay.queue:
            if queue[-1].kind not in (SYNC, QUERY):
                self.backend_out.append(wire.FLUSH)
            yield DRAINED

    def hidden(self, sql: str, *, sync: bool = True) -> Generator[Request, Any, Captured]:
        """Run a statement that the client does not see. sync=False: inside the client's open pipeline."""
        captured = Captured()
        kinds = [CLOSE, CLOSE, PARSE, BIND, EXECUTE, CLOSE, CLOSE] + ([SYNC] if sync else [])
        frames = wire.hidden_statement(HIDDEN, sql) + (wire.SYNC if sync else b"")
        self.ask(frames, *(Expect(kind, captured=captured) for kind in kinds))
        yield from self.drained()
        return captured

    def hidden_sync(self) -> Generator[Request, Any, Captured]:
        """Commit the client's open pipeline as a Sync would."""
        captured = Captured()
        self.ask(wire.SYNC, Expect(SYNC, captured=captured))
        yield from self.drained()
        return captured

    # -- running scripts ----------------------------------------------------------------------------------

    def start(self, script: Script) -> None:
        """Run a script: at once as far as it goes, the rest when the backend has answered."""
        self._script = script
        self._acting = False
        self._scripted = True
        self.batch = self._sent = None
        self._resume(None, first=True)

    def _resume(self, value: Any, *, first: bool = False) -> None:
        """Go on with the script until it waits or ends; then with what the client sent meanwhile."""
        self._awaits = None
        while (script := self._script) is not None:
            try:
                request = next(script) if first else script.send(value)
            except StopIteration:
                if self._script is script:
                    self._script = None
                if (then := self.then) is not None:
                    self.then = None
                    then()
                break
            first, value = False, None
            self._awaits = request
            if request.database is not None:
                self.flush()
                self.port.reconnect(request.database)
                return
            if request.work is not None:
                self.flush()
                self.port.work(request)
                return
            if self.relay.queue:
                return
            self._awaits = None
        self.client.pump()

    def _conflict(self, fields: dict[str, str]) -> bool:
        """Whether what is under way will be run again, so that the client need not hear of the conflict."""
        batch = self.batch or (retry.Batch(*self._sent) if self._sent is not None else None)
        if batch is not None and not self.gone and retry.repeatable(self, batch):
            self.batch = batch
            batch.again = True
            if "force_retry" in fields.get("M", "") and not batch.clock:
                batch.clock = datetime.now(UTC).isoformat()
            return True
        if self.transaction is not None:
            self.transaction.conflicted = True
        return False

    def _idle(self) -> None:
        """The backend owes nothing."""
        if (batch := self.batch) is not None and batch.again:
            self.client_out.clear()  # all of it is this batch's
            if self._script is None:
                self.start(retry.run(self, batch))
                return
        self._sent = None
        if self.relay.status == IDLE:
            self.schema_settled()
            if self.transaction is not None and self.mask is None and self._script is None:
                self.finished(committed=False)  # COMMIT itself failed
        if self._awaits is DRAINED:
            self._resume(None)
