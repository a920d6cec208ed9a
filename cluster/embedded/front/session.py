"""Client to backend: one client's session, without sockets.

Bytes of the client come in with feed_client(), bytes of the backend with feed_backend(); what must go out is
handed to the Port. Most statements are only translated and sent on. Those that need more (see scripts) wait
until the backend owes nothing, and run as a generator that is resumed when the backend has answered; what the
client sends meanwhile waits in its buffer.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from cluster.embedded.dialect import (
    Catalogue,
    CatalogueNeeded,
    Effect,
    Refusal,
    Settings,
    Statement,
    translate,
    translate_error,
)
from cluster.embedded.front import databases, scripts, wire
from cluster.embedded.front.relay import (
    BIND,
    CLOSE,
    DESCRIBE,
    EXECUTE,
    FAILED,
    IDLE,
    OPEN,
    PARSE,
    PLAIN,
    QUERY,
    SYNC,
    Captured,
    Expect,
    Relay,
)
from cluster.embedded.front.shared import Shared

Script = Generator["Request", Any, None]

# The name of the front's own statements in the backend; a client's name cannot hold this byte.
HIDDEN: Final = b"\x01front"
# Text that PostgreSQL surely refuses: it aborts the transaction just as the refused statement has to.
POISON: Final = "refused"

_CACHED_PLANS: Final = 512
_LARGEST_CACHED: Final = 8192  # bytes


class Port(Protocol):
    """What a session needs from the world."""

    def to_client(self, data: bytes) -> None:
        """Send bytes to the client."""

    def to_backend(self, data: bytes) -> None:
        """Send bytes to the backend."""

    def reconnect(self, database: str) -> None:
        """Open a backend on another database; answer with Session.reconnected()."""

    def close(self) -> None:
        """End the client's connection, once all is sent."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a script waits for: the backend to owe nothing, or (database given) a backend there."""

    database: str | None = None


DRAINED: Final = Request()


class Transaction:
    """What the front must know of the client's explicit transaction."""

    __slots__ = ("begun", "database", "prologue", "restart", "settings", "switched", "values", "variables")

    def __init__(self, begin: str, session: Session) -> None:
        self.prologue = [
            begin
        ]  # BEGIN and the SETs up to SAVEPOINT cockroach_restart: what a restart repeats
        # The clock of crdb_internal.force_retry() outlives the restarts; read there by this name.
        self.begun = f"SET LOCAL crdb.transaction_start = '{datetime.now(UTC).isoformat()}'"
        self.restart = False  # SAVEPOINT cockroach_restart is set
        self.switched = False  # USE ran in it
        # As they were at BEGIN: ROLLBACK brings them back.
        self.database = session.database
        self.settings = session.settings
        self.variables = session.variables
        self.values = session.values


@dataclass(frozen=True, slots=True)
class Plan:
    """A client's text, translated."""

    statements: tuple[Statement, ...]
    frame: bytes  # a Query with all of it
    plain: bool  # nothing but the relay is needed
    expect: Expect | None  # for a plain one without tags of its own


class Session:
    """One client's session after it was let in."""

    def __init__(self, port: Port, shared: Shared, user: str, database: str) -> None:
        self.port = port
        self.shared = shared
        self.database = database
        self.gone = False  # the current database was dropped; the backend stands on a neutral one
        self.settings = Settings(database=database, user=user)
        self.variables: dict[str, str] = {}  # name -> the SET that has to be repeated on another backend
        self.values: dict[str, str] = {}  # name -> value of the variables that were set
        self.transaction: Transaction | None = None
        # The client's transaction after the backend's has ended: "released" by RELEASE cockroach_restart
        # (CockroachDB's CommitWait), or "aborted" because that commit failed. None: as the backend says.
        self.mask: str | None = None
        self.statements: dict[bytes, tuple[Statement | None, bytes]] = {}  # prepared: what, and its Parse
        self.portals: dict[bytes, Statement] = {}  # those whose Execute needs care
        self.client_out: list[bytes] = []
        self.backend_out: list[bytes] = []
        self.relay = Relay(self.client_out, self._shown, self._idle)
        self.closed = False
        self._uncommitted_schema = False
        self.in_query = False  # a script answers a Query: the client waits for ReadyForQuery
        self.then: Callable[[], None] | None = None  # what a script leaves to be done at its end
        self._frames = wire.Frames()
        self._plans: dict[bytes, Plan] = {}
        self._schema = shared.schema
        self._script: Script | None = None
        self._awaits: Request | None = None
        self._pumping = False
        self._handlers: dict[int, Callable[[bytes], None]] = {
            ord("Q"): self._on_query,
            ord("P"): self._on_parse,
            ord("B"): self._on_bind,
            ord("D"): self._on_describe,
            ord("E"): self._on_execute,
            ord("C"): self._on_close,
            ord("S"): self._on_sync,
            ord("H"): self._on_copy,
            ord("X"): self._on_terminate,
            ord("d"): self._on_copy,
            ord("c"): self._on_copy,
            ord("f"): self._on_copy,
        }

    # -- what the server calls ----------------------------------------------------------------------------

    @property
    def backlog(self) -> int:
        """Bytes of the client that wait for a script to end."""
        return len(self._frames)

    @property
    def stalled(self) -> bool:
        """Whether a script holds up what the client sends."""
        return self._script is not None

    def begin(self, settings: dict[str, str]) -> None:
        """Apply the settings of the start-up packet, then tell the client that it may begin."""
        self._start(scripts.begin(self, settings))
        self.flush()

    def feed_client(self, data: bytes) -> None:
        """Bytes of the client."""
        self._frames.feed(data)
        self._pump()
        self.flush()

    def feed_backend(self, data: bytes) -> None:
        """Bytes of the backend."""
        self.relay.feed(data)
        self.flush()

    def reconnected(self, refused: dict[str, str] | None) -> None:
        """The Port's answer to reconnect(): None, or the error's fields (the old backend is still there)."""
        if refused is None:
            self.relay.reset()
        if self._awaits is not None and self._awaits.database is not None:
            self._resume(refused)
        self.flush()

    def backend_lost(self) -> None:
        """The backend has gone. Reconnect when only this session was ended, else end the client's too."""
        if self.closed:
            return
        fatal = self.relay.fatal or {}
        if fatal.get("C") == "57P01" and not (self._awaits is not None and self._awaits.database is not None):
            # pg_terminate_backend or DROP DATABASE … WITH (FORCE) of another session; CockroachDB's sessions
            # outlive both their database and a CANCEL QUERY.
            script, self._script, self._awaits = self._script, None, None
            in_query, self.in_query = self.in_query, False
            if script is not None:
                script.close()
            self._start(databases.recover(self, in_query=in_query))
        else:
            self.fail("57P01", "server is shutting down: the embedded cluster's PostgreSQL has stopped")
        self.flush()

    def fail(self, sqlstate: str, text: str, hint: str | None = None) -> None:
        """End the session with a fatal error."""
        self.say(wire.error(sqlstate, text, severity="FATAL", hint=hint))
        self.end()

    def end(self) -> None:
        """End the session."""
        if not self.closed:
            self.closed = True
            if self._script is not None:
                script, self._script = self._script, None
                script.close()
            self.flush()
            self.port.close()

    def flush(self) -> None:
        """Hand what has gathered to the Port."""
        if out := self.backend_out:
            data = out[0] if len(out) == 1 else b"".join(out)
            out.clear()
            self.port.to_backend(data)
        if out := self.client_out:
            data = out[0] if len(out) == 1 else b"".join(out)
            out.clear()
            self.port.to_client(data)

    # -- what scripts use ---------------------------------------------------------------------------------

    @property
    def status(self) -> int:
        """The backend's transaction status, as far as it has answered."""
        return self.relay.status

    @property
    def autocommit_before_ddl(self) -> bool:
        """On by default since v25.1."""
        return self.values.get("autocommit_before_ddl", "on") in ("on", "true", "1", "yes")

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

    def drained(self) -> Generator[Request, Any, None]:
        """Wait until the backend owes nothing."""
        if queue := self.relay.queue:
            if queue[-1].kind not in (SYNC, QUERY):
                self.backend_out.append(wire.FLUSH)
            yield DRAINED

    def hidden(self, sql: str, *, sync: bool = True) -> Generator[Request, Any, Captured]:
        """Run a statement that the client does not see. sync=False: inside the client's open pipeline."""
        captured = Captured()
        kinds = [PARSE, BIND, EXECUTE, CLOSE, CLOSE] + ([SYNC] if sync else [])
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

    def started(self, begin: str) -> None:
        """The client's BEGIN was done."""
        self.transaction = Transaction(begin, self)

    def finished(self, committed: bool) -> None:
        """The client's transaction has ended: a rollback takes its SETs back."""
        if (transaction := self.transaction) is not None:
            self.transaction = None
            if not committed and transaction.variables is not self.variables:
                self.adopt(transaction.settings, transaction.variables, transaction.values)
        self.portals.clear()

    def adopt(
        self,
        settings: Settings,
        variables: dict[str, str] | None = None,
        values: dict[str, str] | None = None,
    ) -> None:
        """Take these settings (and variables, when given) for the session's."""
        self.settings = settings
        if variables is not None:
            self.variables = variables
        if values is not None:
            self.values = values
        self._plans.clear()

    def schema_changed(self) -> None:
        """What sessions know of the tables is no longer true: now, and again when this is committed."""
        self.shared.schema += 1
        self._uncommitted_schema = True

    def tables(self) -> Catalogue | None:
        """What another session has read of the tables, if it is what this one would read."""
        return None if self._own_view() else self.shared.catalogue(self.database, self.settings.user)

    def know_tables(self, read_at: int, catalogue: Catalogue) -> None:
        """Keep what was read of the tables; read_at: the count of schema changes before."""
        if not self._own_view():
            self.shared.keep(self.database, self.settings.user, read_at, catalogue)
        self.adopt(replace(self.settings, catalogue=catalogue))

    def _own_view(self) -> bool:
        return self.gone or self._uncommitted_schema or "search_path" in "".join(self.variables)

    def poison(self, answer: bytes) -> None:
        """Answer a message of the extended protocol with this error; the backend skips to Sync, too."""
        self.ask(wire.parse(HIDDEN, POISON), Expect(PARSE, refusal=answer))

    # -- the client's messages ----------------------------------------------------------------------------

    def _pump(self) -> None:
        if self._pumping or self._script is not None:
            return
        self._pumping = True
        try:
            for frame in self._frames:
                handler = self._handlers.get(frame[0])
                if handler is None:
                    raise wire.ProtocolError(f"unrecognized client message type 0x{frame[0]:02x}")
                if not self.relay.failed or frame[0] in b"SXdcf":
                    handler(frame)
                if self._script is not None or self.closed:
                    return
        except wire.ProtocolError as broken:
            self.fail("08P01", str(broken))
        finally:
            self._pumping = False

    def _on_query(self, frame: bytes) -> None:
        if self._schema != self.shared.schema:
            self._forget()
        plan = self._plans.get(frame)
        if plan is None:
            try:
                text = frame[5:-1].decode()
                plan = self._plan(text)
            except UnicodeDecodeError:
                plan = None
                self._refuse_query(wire.error("22021", "invalid byte sequence for encoding UTF8"))
            except Refusal as reason:
                self._refuse_query(wire.refusal(reason))
            except CatalogueNeeded:
                self._start(scripts.with_catalogue(self, lambda: self._on_query(frame), self._refuse_query))
            if plan is None:
                return
            if len(frame) <= _LARGEST_CACHED:
                if len(self._plans) >= _CACHED_PLANS:
                    self._plans.clear()
                self._plans[frame] = plan
        if self.mask is None and not self.gone:
            if plan.plain:
                self.backend_out.append(plan.frame)
                expect = plan.expect
                if expect is None:
                    tags = tuple(statement.tag for statement in plan.statements)
                    expect = Expect(QUERY, tags=tags)
                self.relay.queue.append(expect)
                return
            if len(plan.statements) == 1 and self._direct(plan.statements[0]):
                statement = plan.statements[0]
                done = scripts.hook(self, (statement,))
                self.ask(plan.frame, Expect(QUERY, tags=(statement.tag,), done=done))
                if scripts.is_setting(statement):  # what follows is translated with it
                    self._start(self.drained())
                return
        self._start(scripts.simple(self, plan.statements))

    def _on_parse(self, frame: bytes) -> None:
        (name, text), end = wire.cstrings(frame[5:], 2)
        if self._schema != self.shared.schema:
            self._forget()
        try:
            statements = translate(text.decode(), self.settings)
            if len(statements) > 1:
                # pkg/sql/pgwire/pgerror: NewWrongNumberOfPreparedStatements
                count = len(statements)
                raise Refusal("42P14", f"prepared statement had {count} statements, expected 1")
        except UnicodeDecodeError:
            self.poison(wire.error("22021", "invalid byte sequence for encoding UTF8"))
            return
        except Refusal as reason:
            self.poison(wire.refusal(reason))
            return
        except CatalogueNeeded:
            self._start(scripts.with_catalogue(self, lambda: self._on_parse(frame), self.poison))
            return
        if not statements:
            self.statements[name] = (None, frame)
            self.ask(frame, PLAIN[PARSE])
            return
        statement = statements[0]
        sent = wire.parse(name, statement.sql, frame[5 + end :])

        def go() -> None:
            self.statements[name] = (statement, sent)
            self.ask(sent, PLAIN[PARSE])

        if self.mask is not None or self.gone or statement.effect is Effect.DDL:
            self._when_allowed(statement, go)
        else:
            go()

    def _on_bind(self, frame: bytes) -> None:
        (portal, name), _ = wire.cstrings(frame[5:], 2)
        statement, _ = self.statements.get(name, (None, b""))

        def go() -> None:
            if statement is not None and (
                statement.effect is not Effect.NONE or statement.tag or statement.notices
            ):
                self.portals[portal] = statement
            else:
                self.portals.pop(portal, None)
            self.ask(frame, PLAIN[BIND])

        if statement is not None and (self.mask is not None or self.gone or statement.effect is Effect.DDL):
            self._when_allowed(statement, go)
        else:
            go()

    def _when_allowed(self, statement: Statement, go: Callable[[], None]) -> None:
        """Parse and Bind: an ended transaction refuses them, a schema change first commits the open one."""
        if statement.effect is Effect.DDL and self.mask is None and not self.gone and self._direct(statement):
            go()
        else:
            self._start(scripts.admit(self, statement, go))

    def _on_execute(self, frame: bytes) -> None:
        statement = None
        if self.portals:
            (portal,), _ = wire.cstrings(frame[5:], 1)
            statement = self.portals.get(portal)
        if statement is None:
            self.ask(frame, PLAIN[EXECUTE])
        elif self.mask is None and not self.gone and not statement.notices and self._direct(statement):
            done = scripts.hook(self, (statement,))
            self.ask(frame, Expect(EXECUTE, tags=(statement.tag,), done=done))
            if scripts.is_setting(statement):  # what follows is translated with it
                self._start(self.drained())
        else:
            self._start(scripts.execute(self, statement, frame))

    def _on_describe(self, frame: bytes) -> None:
        self.ask(frame, PLAIN[DESCRIBE])

    def _on_close(self, frame: bytes) -> None:
        (name,), _ = wire.cstrings(frame[6:], 1)
        if frame[5:6] == b"S":
            self.statements.pop(name, None)
        else:
            self.portals.pop(name, None)
        self.ask(frame, PLAIN[CLOSE])

    def _on_sync(self, frame: bytes) -> None:
        self.relay.failed = False
        self.ask(frame, PLAIN[SYNC])

    def _on_copy(self, frame: bytes) -> None:
        self.backend_out.append(frame)

    def _on_terminate(self, frame: bytes) -> None:
        self.end()

    # -- inside -------------------------------------------------------------------------------------------

    def _plan(self, text: str) -> Plan:
        statements = translate(text, self.settings)
        plain = all(
            s.effect is Effect.NONE and not s.notices and not scripts.is_setting(s) for s in statements
        )
        frame = wire.query(";".join(s.sql for s in statements))
        tagged = any(s.tag for s in statements)
        return Plan(tuple(statements), frame, plain, None if tagged else PLAIN[QUERY])

    def _direct(self, statement: Statement) -> bool:
        """Whether the backend alone does what this one statement asks, as things stand."""
        effect = statement.effect
        if statement.notices or statement.forgives:
            return False
        relay = self.relay
        settled = all(expect.kind not in (EXECUTE, SYNC, QUERY) for expect in relay.queue)
        if effect in (Effect.NONE, Effect.SET, Effect.RESET, Effect.SAVEPOINT_RESTART):
            return settled or not scripts.is_setting(statement)
        if effect is Effect.BEGIN:
            return settled and relay.status != OPEN
        if effect is Effect.DDL:
            return settled and relay.executed == 0 and relay.status != OPEN
        if effect in (Effect.COMMIT, Effect.ROLLBACK):
            switched = self.transaction is not None and self.transaction.switched
            return settled and not switched and (relay.status != IDLE or self.autocommit_before_ddl)
        return False

    def _refuse_query(self, answer: bytes) -> None:
        self.ask(wire.query(POISON), Expect(QUERY, refusal=answer))

    def _shown(self) -> int | None:
        if self.mask is None:
            return None
        return OPEN if self.mask == "released" else FAILED

    def _forget(self) -> None:
        """Tables have changed since: translate anew."""
        self._schema = self.shared.schema
        self._plans.clear()
        if self.settings.catalogue is not None:
            self.settings = replace(self.settings, catalogue=None)

    def _start(self, script: Generator[Request, Any, Any]) -> None:
        self._script = script
        self._resume(None, first=True)

    def _idle(self) -> None:
        if self._uncommitted_schema and self.relay.status == IDLE:
            self._uncommitted_schema = False
            self.shared.schema += 1
        if (
            self.transaction is not None
            and self.relay.status == IDLE
            and self.mask is None
            and not self._script
        ):
            self.finished(committed=False)  # COMMIT itself failed
        if self._awaits is DRAINED:
            self._resume(None)

    def _resume(self, value: Any, *, first: bool = False) -> None:
        """Go on with the script until it waits or ends; then with what the client sent meanwhile."""
        self._awaits = None
        while self._script is not None:
            try:
                request = next(self._script) if first else self._script.send(value)
            except StopIteration:
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
            if self.relay.queue:
                return
            self._awaits = None
        if not self._pumping:
            self._pump()

    def translated(self, fields: dict[str, str]) -> bytes:
        """PostgreSQL's error as the client shall see it."""
        return wire.fields_frame(b"E", translate_error(fields))
