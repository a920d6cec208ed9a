"""One client's socket: TLS, its admission, then a session with its backend; limits and time-outs."""

from __future__ import annotations

import asyncio
import logging
import secrets
import ssl
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from cluster.embedded.front.admission import Admission
from cluster.embedded.front.backend import Backend, BackendError, ask, cancel
from cluster.embedded.front.outlet import Outlet
from cluster.embedded.front.port import Request
from cluster.embedded.front.session import Session
from cluster.embedded.front.tls import Tls

if TYPE_CHECKING:
    from cluster.embedded.front.server import Server

log = logging.getLogger("front")

HANDSHAKE_SECONDS = 15.0
_TLS_HANDSHAKE = 0x16  # the first byte of a ClientHello
_BESIDE_SECONDS = 2.0
_BACKLOG = 1 << 20  # bytes of a client that may wait while a script runs


class Connection(asyncio.Protocol):
    """One client."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.transport: asyncio.Transport | None = None
        self.tls: Tls | None = None
        self.outlet: Outlet | None = None  # once there is a session
        self.admission = Admission(server, self)
        self.session: Session | None = None
        self.backend: Backend | None = None
        self.pid = 0
        self.secret = secrets.token_bytes(4)
        self.paused = False  # the client is not read for now
        self.backend_full = False
        self.timer: asyncio.TimerHandle | None = None
        self.task: asyncio.Task[None] | None = None
        self.asking: set[asyncio.Task[None]] = set()

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
                if data[0] != _TLS_HANDSHAKE or self.admission.handshake.rest:
                    self.admission.greet(data)
                    return
                tls = self.tls = Tls(self.server.context)  # direct TLS, without an SSLRequest
                self.admission.handshake.secure = True
            plain = tls.feed(data)
            if tls.wants_to_send:
                self._write_raw(tls.pending())
            if plain:
                if self.session is None:
                    self.admission.greet(plain)
                else:
                    self.feed(plain)
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
        for task in (self.task, *self.asking):
            if task is not None:
                task.cancel()
        self.admission.leave()
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

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        """Call after so many seconds."""
        asyncio.get_running_loop().call_later(seconds, call)

    def reconnect(self, database: str) -> None:
        """Open a backend on another database for the session."""
        self.run(self._reconnect(database))

    def work(self, request: Request) -> None:
        """Do what takes a while in another thread."""
        self.run(self._work(request))

    def beside(self, sql: str, answered: Callable[[list[list[str | None]] | None], None]) -> None:
        """Ask another backend."""
        task = asyncio.get_running_loop().create_task(self._guarded(self._beside(sql, answered)))
        self.asking.add(task)
        task.add_done_callback(self.asking.discard)

    def cancel(self) -> Callable[[], None]:
        """What cancels that which PostgreSQL runs for the session."""
        if self.backend is None:
            return lambda: None
        return partial(cancel, self.server.path, self.backend.key)

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

    def say(self, frames: list[bytes]) -> None:
        """Send frames before there is a session; the list is emptied."""
        data = b"".join(frames)
        frames.clear()
        if self.tls is not None and self.tls.established:
            self.to_client(data)
        else:
            self._write_raw(data)

    def feed(self, data: bytes) -> None:
        """Plain bytes of the client for its session."""
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

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this beside; a fault in it ends the connection."""
        self.task = asyncio.get_running_loop().create_task(self._guarded(work))

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception:
            self._broken()

    def attend(self, session: Session, backend: Backend) -> None:
        """The client is let in."""
        assert self.tls is not None and self.transport is not None
        if self.timer is not None:
            self.timer.cancel()
        self.outlet = Outlet(self.tls, self.transport)
        self.session = session
        self._adopt(backend)

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

    async def _beside(self, sql: str, answered: Callable[[list[list[str | None]] | None], None]) -> None:
        session = self.session
        assert session is not None
        captured = None
        with suppress(BackendError, TimeoutError):
            async with asyncio.timeout(_BESIDE_SECONDS):
                backend = await self.admission.connect(session.database)
                try:
                    captured = await ask(backend, sql)
                finally:
                    backend.close()
        answered(captured.rows if captured is not None and captured.error is None else None)

    async def _reconnect(self, database: str) -> None:
        session = self.session
        assert session is not None
        try:
            backend = await self.admission.connect(database)
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
