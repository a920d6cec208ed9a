"""One client's socket: TLS, the handshake, then a session with its backend; limits and time-outs."""

from __future__ import annotations

import asyncio
import logging
import secrets
import ssl
from collections.abc import Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from cluster.embedded.dialect.version import VERSION_TEXT
from cluster.embedded.front import databases, options, scram, wire
from cluster.embedded.front.backend import Backend, BackendError, cancel
from cluster.embedded.front.handshake import Handshake, Want
from cluster.embedded.front.outlet import Outlet
from cluster.embedded.front.port import Request
from cluster.embedded.front.relay import SERVER_PARAMETERS
from cluster.embedded.front.session import Session
from cluster.embedded.front.tls import Tls

if TYPE_CHECKING:
    from cluster.embedded.front.server import Server

log = logging.getLogger("front")

HANDSHAKE_SECONDS = 15.0
_TLS_HANDSHAKE = 0x16  # the first byte of a ClientHello
_EARLY_BACKENDS = 8  # at most so many are opened for clients that have not given their password yet
_BACKLOG = 1 << 20  # bytes of a client that may wait while a script runs
# Settings of the start-up packet that PostgreSQL knows by the same name and meaning.
_PASSED_ON = frozenset({"application_name", "datestyle", "timezone", "intervalstyle", "extra_float_digits"})
_TOO_MANY = ("53300", "sorry, too many clients already")  # pkg/sql/pgwire/server.go


class Connection(asyncio.Protocol):
    """One client."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.transport: asyncio.Transport | None = None
        self.tls: Tls | None = None
        self.outlet: Outlet | None = None  # once there is a session
        self.handshake = Handshake()
        self.session: Session | None = None
        self.backend: Backend | None = None
        self.pid = 0
        self.secret = secrets.token_bytes(4)
        self.early: asyncio.Task[Backend] | None = None
        self.paused = False  # the client is not read for now
        self.backend_full = False
        self.timer: asyncio.TimerHandle | None = None
        self.task: asyncio.Task[None] | None = None

    # -- asyncio.Protocol ---------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected."""
        self.transport = transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass
        transport.set_write_buffer_limits(high=1 << 20)
        self.server.connections.add(self)
        if len(self.server.connections) > 4 * self.server.max_connections + 16:
            transport.abort()  # so many do not even get an answer
            return
        self.timer = asyncio.get_running_loop().call_later(HANDSHAKE_SECONDS, transport.abort)

    def data_received(self, data: bytes) -> None:
        """Bytes of the client. A fault of ours ends this connection only."""
        tls = self.tls
        try:
            if tls is None:
                if data[0] != _TLS_HANDSHAKE or self.handshake.rest:
                    self._greet(data)
                    return
                tls = self.tls = Tls(self.server.context)  # direct TLS, without an SSLRequest
                self.handshake.secure = True
            plain = tls.feed(data)
            if tls.wants_to_send:
                self._write_raw(tls.pending())
            if plain:
                if self.session is None:
                    self._greet(plain)
                else:
                    self._feed(plain)
            if tls.closed:
                self.end()
        except ssl.SSLError:
            self._write_raw(tls.pending() if tls is not None else b"")  # the alert that says why
            self.end()
        except Exception:
            self._broken()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone."""
        self.server.connections.discard(self)
        self.server.sessions.pop(self.pid, None)
        if self.timer is not None:
            self.timer.cancel()
        if self.task is not None:
            self.task.cancel()
        if (early := self._early()) is not None:
            early.add_done_callback(_close_unused)
        if self.session is not None:
            busy = bool(self.session.relay.queue)
            self.session.end()
            if busy and self.backend is not None:  # nobody waits for the answer any more
                asyncio.get_running_loop().run_in_executor(None, cancel, self.server.path, self.backend.key)
        if self.backend is not None:
            self.backend.close()

    def pause_writing(self) -> None:
        """The client reads more slowly than PostgreSQL answers."""
        if self.backend is not None and self.backend.transport is not None:
            self.backend.transport.pause_reading()

    def resume_writing(self) -> None:
        """The client has read."""
        if self.backend is not None and self.backend.transport is not None:
            self.backend.transport.resume_reading()

    # -- the session's Port -------------------------------------------------------------------------------

    def to_client(self, data: bytes) -> None:
        """Send bytes to the client."""
        if self.outlet is not None and self.session is not None:
            self.outlet.send(data, more=bool(self.session.relay.queue))
        elif self.tls is not None and self.transport is not None and not self.transport.is_closing():
            self.transport.write(self.tls.encrypt(data))

    def to_backend(self, data: bytes) -> None:
        """Send bytes to PostgreSQL."""
        if self.backend is not None and (transport := self.backend.transport) is not None:
            transport.write(data)

    def reconnect(self, database: str) -> None:
        """Open a backend on another database for the session."""
        self._run(self._reconnect(database))

    def work(self, request: Request) -> None:
        """Do what takes a while in another thread."""
        self._run(self._work(request))

    def cancel(self) -> None:
        """Cancel what PostgreSQL runs for the session."""
        if self.backend is not None:
            asyncio.get_running_loop().run_in_executor(None, cancel, self.server.path, self.backend.key)

    def close(self) -> None:
        """The session has ended."""
        self.end()

    # -- inside -------------------------------------------------------------------------------------------

    def end(self) -> None:
        """Close the client's connection after what was written."""
        if self.transport is not None and not self.transport.is_closing():
            if self.outlet is not None:
                self.outlet.release()
            if self.tls is not None and self.tls.established:
                self.transport.write(self.tls.farewell())
            self.transport.close()

    def shut_down(self) -> None:
        """The front stops."""
        if self.session is not None:
            self.session.fail("57P01", "server is shutting down")
        else:
            self.end()

    def _broken(self) -> None:
        log.exception("a session ended by a fault of the front")
        if self.session is not None:
            with suppress(Exception):
                self.session.fail("XX000", "internal error of the embedded cluster's front, see its log")
        self.end()

    def _write_raw(self, data: bytes) -> None:
        if data and self.transport is not None:
            self.transport.write(data)

    def _say(self, frames: list[bytes]) -> None:
        data = b"".join(frames)
        frames.clear()
        if self.tls is not None and self.tls.established:
            self.to_client(data)
        else:
            self._write_raw(data)

    def _feed(self, data: bytes) -> None:
        session = self.session
        assert session is not None and self.transport is not None
        session.feed_client(data)
        if self.paused or self.backend_full or session.stalled:
            self._regulate()

    def _from_backend(self, data: bytes) -> None:
        session = self.session
        if session is None:
            return
        try:
            session.feed_backend(data)
            if session.relay.fatal and self.backend is not None and self.backend.lost is not None:
                # It says that it goes: what the client sends before it has gone must not be lost on it.
                self.backend.close()
                session.backend_lost()
        except Exception:
            self._broken()
            return
        if self.paused or self.backend_full or session.stalled:
            self._regulate()

    def _regulate(self) -> None:
        """Read the client only as fast as what it sends can be taken."""
        session, transport = self.session, self.transport
        assert session is not None and transport is not None
        full = self.backend_full or (session.stalled and len(session.client) > _BACKLOG)
        if full != self.paused and not transport.is_closing():
            self.paused = full
            if full:
                transport.pause_reading()
            else:
                transport.resume_reading()

    def _greet(self, data: bytes) -> None:
        """The client's bytes before it is let in."""
        hands = self.handshake
        try:
            want = hands.feed(data)
        except wire.ProtocolError as broken:
            want = hands.refuse("08P01", str(broken))
        if want is Want.VERIFIER and len(self.server.sessions) >= self.server.max_connections:
            want = hands.refuse(*_TOO_MANY)
        if hands.out:
            self._say(hands.out)
        if want is Want.TLS:
            self.tls = Tls(self.server.context)
        elif want is Want.CANCEL:
            self.server.cancel(hands.key)
            self.end()
        elif want is Want.VERIFIER:
            self._run(self._look_up())
        elif want is Want.SESSION:
            self._run(self._begin())
        elif want is Want.CLOSE:
            self.end()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self.task = asyncio.get_running_loop().create_task(self._guarded(work))

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception:
            self._broken()

    async def _look_up(self) -> None:
        hands = self.handshake
        try:
            verifier = scram.read_verifier(await self.server.control.verifier(hands.user))
        except BackendError as error:
            self._refuse(error)
            return
        hands.challenge(verifier)
        self._say(hands.out)
        if verifier is not None and self.server.early < _EARLY_BACKENDS:
            # The client now computes for some milliseconds: time enough to open its backend.
            # Nothing of the client's reaches it until the password was right.
            self.server.early += 1
            self.early = asyncio.get_running_loop().create_task(self._connect(hands.database))
        if hands.rest:
            self._greet(b"")

    async def _begin(self) -> None:
        hands = self.handshake
        given = options.variables(hands.parameters)
        rest = {name: value for name, value in given.items() if name.lower() not in _PASSED_ON}
        if len(self.server.sessions) >= self.server.max_connections:
            self._say([wire.error(*_TOO_MANY)])
            self.end()
            return
        self._name_session()
        try:
            backend = await (self._early() or self._connect(hands.database))
        except BackendError as error:
            self._refuse(error)
            return
        if self.timer is not None:
            self.timer.cancel()
        self.server.shared.jobs.open()
        assert self.tls is not None and self.transport is not None
        self.outlet = Outlet(self.tls, self.transport)
        self.session = session = Session(self, self.server.shared, hands.user, hands.database)
        self._adopt(backend)
        shown = {**backend.parameters, **SERVER_PARAMETERS, "crdb_version": VERSION_TEXT}
        frames = [wire.parameter_status(name, value) for name, value in shown.items() if value is not None]
        session.say(*frames, wire.message(b"K", self.pid.to_bytes(4, "big") + self.secret))
        session.begin(rest)
        hasty, hands.rest = hands.rest, b""
        if hasty:
            self._feed(hasty)

    def _name_session(self) -> None:
        while not self.pid or self.pid in self.server.sessions:
            self.pid = secrets.randbelow((1 << 31) - 1) + 1
        self.server.sessions[self.pid] = self

    def _early(self) -> asyncio.Task[Backend] | None:
        """Take over the backend that is being opened early, if there is one."""
        early, self.early = self.early, None
        if early is not None:
            self.server.early -= 1
        return early

    async def _connect(self, database: str) -> Backend:
        given = options.variables(self.handshake.parameters)
        parameters = {
            "user": self.handshake.user,
            "database": database,
            "client_encoding": "UTF8",
            **{name: value for name, value in given.items() if name.lower() in _PASSED_ON},
        }
        return await Backend.connect(self.server.path, parameters)

    def _adopt(self, backend: Backend) -> None:
        self.backend = backend
        backend.receive = self._from_backend
        backend.full = self._set_backend_full
        self.backend_full = False
        session = self.session
        assert session is not None
        backend.lost = session.backend_lost
        if backend.ended:
            session.backend_lost()

    def _set_backend_full(self, full: bool) -> None:
        self.backend_full = full
        self._regulate()

    async def _work(self, request: Request) -> None:
        session, work = self.session, request.work
        assert session is not None and work is not None
        await asyncio.get_running_loop().run_in_executor(None, work)
        session.worked(request)
        self._regulate()

    async def _reconnect(self, database: str) -> None:
        session = self.session
        assert session is not None
        try:
            backend = await self._connect(database)
        except BackendError as error:
            session.reconnected(error.fields)
            return
        if session.closed:
            backend.close()
            return
        old = self.backend
        self._adopt(backend)
        if old is not None:
            old.close()
        session.reconnected(None)

    def _refuse(self, error: BackendError) -> None:
        """A backend could not be had: say why, and close."""
        code = error.fields.get("C", "08006")
        if code == "3D000":
            self._say([databases.missing(self.handshake.database)])
        else:
            self._say([wire.error(code, error.fields.get("M", "PostgreSQL cannot be reached"))])
        self.end()


def _close_unused(early: asyncio.Task[Backend]) -> None:
    """A backend that was opened for a client that was not let in."""
    if not early.cancelled() and early.exception() is None:
        early.result().close()
