"""One client's session, without sockets: its state, and the steps that its statements are made of.

Bytes of the client come in with feed_client(), bytes of the backend with feed_backend(); what must go out is
handed to the Port. Most statements are only translated and sent on (see client). Those that need more (see
scripts) are generators that wait until the backend owes nothing; what the client sends meanwhile waits.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, Protocol

from cluster.embedded.dialect import Catalogue, Settings, translate_error
from cluster.embedded.front import databases, elsewhere, retry, scripts, wire
from cluster.embedded.front.client import ClientMessages
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
from cluster.embedded.front.prepared import Prepared
from cluster.embedded.front.relay import Relay
from cluster.embedded.front.shared import Shared
from cluster.embedded.front.transaction import Mask, Transaction
from cluster.embedded.front.variables import Variables

# The name of the front's own statements in the backend; no client would choose it.
HIDDEN: Final = b"\x01front"
# Text that PostgreSQL surely refuses: it aborts the transaction just as the refused statement has to.
POISON: Final = "refused"
# PostgreSQL's codes when a connection is ended from outside: by DROP DATABASE … WITH (FORCE) or
# pg_terminate_backend(), or because the server stops.
_ENDED_FROM_OUTSIDE: Final = "57P01"
STOPPED: Final = (
    "57P01",
    "the embedded cluster's PostgreSQL has stopped; `python -m cluster start` repairs it",
)


class Port(Protocol):
    """What a session needs from the world."""

    def to_client(self, data: bytes) -> None:
        """Send bytes to the client."""

    def to_backend(self, data: bytes) -> None:
        """Send bytes to the backend."""

    def reconnect(self, database: str) -> None:
        """Open a backend on another database; answer with Session.reconnected()."""

    def work(self, request: Request) -> None:
        """Do request.work where it holds up nobody; answer with Session.worked()."""

    def cancel(self) -> None:
        """Ask PostgreSQL to cancel what the backend runs."""

    def close(self) -> None:
        """End the client's connection, once all is sent."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a script waits for: the backend to owe nothing, or a backend on a database, or work to be done."""

    database: str | None = None
    work: Callable[[], None] | None = None


DRAINED: Final = Request()
Script = Generator[Request, Any, Any]


class Session:
    """One client's session after it was let in."""

    def __init__(self, port: Port, shared: Shared, user: str, database: str) -> None:
        self.port = port
        self.shared = shared
        self.database = database
        self.gone = False  # the current database was dropped; the backend stands on a neutral one
        self.variables = Variables(Settings(database=database, user=user))
        self.transaction: Transaction | None = None
        self.mask: Mask | None = None  # None: the transaction stands as the backend says
        self.statements: dict[bytes, tuple[Prepared, bytes]] = {}  # by name, with its Parse
        self.portals: dict[bytes, Prepared] = {}
        self.client_out: list[bytes] = []
        self.backend_out: list[bytes] = []
        self.relay = Relay(self.client_out, self._shown, self._idle)
        self.relay.conflict = self._conflict
        self.relay.unknown = partial(elsewhere.refuse, self)
        # What is under way, while the client has seen nothing of it; sent: what a Batch would be made of.
        self.batch: retry.Batch | None = None
        self._sent: retry.Sent | None = None
        self._scripted = False
        self.relay.user = user
        self.client = ClientMessages(self)
        self.jobs = SessionJobs(self)
        self.closed = False
        self.in_query = False  # a script answers a Query: the client waits for ReadyForQuery
        self.then: Callable[[], None] | None = None  # what a script leaves to be done at its end
        self._uncommitted_schema = False
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
        rests = not relay.queue and self._script is None
        self._scripted = False
        self.client.feed(data)
        if self._script is None:
            self.batch = None
            plain = rests and relay.queue and not self._scripted
            self._sent = (
                (tuple(self.backend_out), tuple(relay.queue), relay.batches, relay.status) if plain else None
            )
        self.flush()

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
            self.flush()
            self.port.close()

    def flush(self) -> None:
        """Hand what has gathered to the Port."""
        if out := self.backend_out:
            data = out[0] if len(out) == 1 else b"".join(out)
            out.clear()
            self.port.to_backend(data)
        if (out := self.client_out) and (self.batch is None or not self.batch.again):
            data = out[0] if len(out) == 1 else b"".join(out)
            out.clear()
            self.port.to_client(data)

    # -- what is so ---------------------------------------------------------------------------------------

    @property
    def status(self) -> int:
        """The backend's transaction status, as far as it has answered."""
        return self.relay.status

    @property
    def settings(self) -> Settings:
        """What translate() has to know."""
        return self.variables.settings

    @property
    def autocommit_before_ddl(self) -> bool:
        """On by default since v25.1."""
        return self.variables.on("autocommit_before_ddl", True)

    @property
    def plain_end(self) -> bool:
        """Whether the backend alone does what COMMIT or ROLLBACK asks."""
        if self.status == IDLE:
            return False  # the words for it are CockroachDB's
        if (transaction := self.transaction) is None:
            return True
        return (
            transaction.base is transaction.before
            and not self.injects_on_commit
            and (transaction.changes is None or transaction.changes.failing is None)
        )

    @property
    def careful(self) -> bool:
        """Whether every statement needs a second look, also one that is otherwise only sent on."""
        return (
            self.mask is not None
            or self.gone
            or (bool(self.variables.values) and self.injects)
            or (self.transaction is not None and self.transaction.changes is not None)
        )

    @property
    def injects(self) -> bool:
        """Whether the client asked for retry errors to practise with."""
        return self.variables.on("inject_retry_errors_enabled", False)

    @property
    def injects_on_commit(self) -> bool:
        """The same for COMMIT."""
        return self.variables.on("inject_retry_errors_on_commit_enabled", False)

    def tables(self) -> Catalogue | None:
        """What another session has read of the tables, if it is what this one would read."""
        return None if self._own_view() else self.shared.catalogue(self.database, self.settings.user)

    def _own_view(self) -> bool:
        return self.gone or self._uncommitted_schema or self.variables.own_search_path

    def _shown(self) -> int | None:
        if self.mask is None:
            return None
        return OPEN if self.mask is Mask.RELEASED else FAILED

    # -- what becomes so ----------------------------------------------------------------------------------

    def started(self, begin: str, batches: int) -> None:
        """The client's BEGIN was done. batches: the relay's, once that of BEGIN is over."""
        self.transaction = Transaction(begin, self.variables, batches)

    def finished(self, committed: bool) -> list[str]:
        """The client's transaction has ended, and its SET LOCALs with it.

        Gives the SETs that the backend has lost by a rollback: CockroachDB keeps them (docs, "Known
        limitations": SET does not roll back in a transaction).
        """
        lost: list[str] = []
        if (transaction := self.transaction) is not None:
            self.transaction = None
            self.jobs.finished(committed)
            if transaction.base is not self.variables:
                self.adopt(transaction.base)
            if not committed:
                lost = transaction.base.lost(transaction.before)
        self.portals.clear()
        return lost

    def adopt(self, variables: Variables) -> None:
        """Go on with these variables."""
        self.variables = variables
        self.client.forget_plans()

    def move(self, database: str, *, gone: bool = False) -> None:
        """Note that the current database is another (or the same, and gone)."""
        self.database, self.gone = database, gone

        def moved(variables: Variables) -> Variables:
            return replace(variables, settings=replace(variables.settings, database=database, catalogue=None))

        self.variables = moved(self.variables)
        if self.transaction is not None:
            self.transaction.change(moved, everywhere=True)
        self.client.forget_plans()

    def know_tables(self, catalogue: Catalogue | None) -> None:
        """Give the dialect this picture of the tables; None: it is to ask for one when it needs it."""
        settings = replace(self.settings, catalogue=catalogue)
        self.adopt(replace(self.variables, settings=settings))

    def keep_tables(self, read_at: int, catalogue: Catalogue) -> None:
        """As know_tables(), for the other sessions too. read_at: the count of schema changes before."""
        if not self._own_view():
            self.shared.keep(self.database, self.settings.user, read_at, catalogue)
        self.know_tables(catalogue)

    def schema_changed(self) -> None:
        """What sessions know of the tables is no longer true: now, and again when this is committed."""
        self.shared.schema += 1
        self._uncommitted_schema = True

    # -- the steps of scripts -----------------------------------------------------------------------------

    def say(self, *frames: bytes) -> None:
        """Frames for the client."""
        self.client_out.extend(frames)

    def ask(self, frames: bytes, *expected: Expect) -> None:
        """Frames for the backend, and what it will owe for them."""
        self.backend_out.append(frames)
        self.relay.queue.extend(expected)

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
            if self._uncommitted_schema:
                self._uncommitted_schema = False
                self.shared.schema += 1
            if self.transaction is not None and self.mask is None and self._script is None:
                self.finished(committed=False)  # COMMIT itself failed
        if self._awaits is DRAINED:
            self._resume(None)
