"""The connection to PostgreSQL: its start-up, then bytes to and from the session. And the superuser's own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Any, cast

from cluster.embedded.front import wire
from cluster.embedded.front.expected import QUERY, Captured, Expect
from cluster.embedded.front.relay import Relay


class BackendError(Exception):
    """PostgreSQL refused the connection. fields: its error's, by their one-letter codes."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(fields.get("M", ""))
        self.fields = fields


_CANCEL_SECONDS = 5.0
_GONE = {
    "S": "FATAL",
    "V": "FATAL",
    "C": "57P01",
    "M": "the embedded cluster's PostgreSQL is not running; `python -m cluster start` repairs it",
}


class Backend(asyncio.Protocol):
    """One connection to PostgreSQL over its unix socket, which trusts us.

    receive gets the bytes after start-up, lost is called once when the connection ends then.
    """

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.receive: Callable[[bytes], None] | None = None
        self.lost: Callable[[], None] | None = None
        self.full: Callable[[bool], None] | None = None
        self.parameters: dict[str, str] = {}
        self.key = (0, b"")
        self.ended = False
        self._rest = b""
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @classmethod
    async def connect(cls, path: str, parameters: dict[str, str]) -> Backend:
        """Connect and wait until PostgreSQL is ready. Raises BackendError."""
        loop = asyncio.get_running_loop()
        try:
            transport, backend = await loop.create_unix_connection(cls, path)
        except OSError:
            raise BackendError(_GONE) from None
        try:
            transport.write(wire.startup_packet(parameters.items()))
            await backend._ready
        except BaseException:
            transport.abort()
            raise
        return backend

    def write(self, data: bytes) -> None:
        """Send bytes."""
        if self.transport is not None:
            self.transport.write(data)

    def close(self) -> None:
        """Say goodbye; nobody is told that the connection is lost."""
        self.receive = self.lost = None
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(wire.TERMINATE)
            self.transport.close()

    # -- asyncio.Protocol ---------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is open."""
        self.transport = transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass
        transport.set_write_buffer_limits(high=1 << 20)

    def data_received(self, data: bytes) -> None:
        """Bytes of PostgreSQL."""
        if self.receive is not None:
            self.receive(data)
        elif not self._ready.done():
            self._starting(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended."""
        if not self._ready.done():
            self._ready.set_exception(BackendError(_GONE))
        self.ended = True
        lost, self.lost, self.receive = self.lost, None, None
        if lost is not None:
            lost()

    def pause_writing(self) -> None:
        """PostgreSQL does not read as fast as the client writes."""
        if self.full is not None:
            self.full(True)

    def resume_writing(self) -> None:
        """PostgreSQL has read."""
        if self.full is not None:
            self.full(False)

    def _starting(self, data: bytes) -> None:
        self._rest += data
        while len(self._rest) >= 5:
            end = 1 + int.from_bytes(self._rest[1:5], "big")
            if len(self._rest) < end:
                return
            kind, body, self._rest = self._rest[:1], self._rest[5:end], self._rest[end:]
            if kind == b"S":
                (name, value), _ = wire.cstrings(body, 2)
                self.parameters[name.decode()] = value.decode()
            elif kind == b"K":
                self.key = (int.from_bytes(body[:4], "big"), body[4:])
            elif kind == b"E":
                self._ready.set_exception(BackendError(wire.parse_fields(body)))
                return
            elif kind == b"Z":
                self._ready.set_result(None)
                return


def cancel(path: str, key: tuple[int, bytes]) -> None:
    """Ask PostgreSQL to cancel what the backend with this key runs. Best effort, as the protocol has it.

    Comes back when the backend has been told, so that it is not what the backend runs next that is canceled:
    PostgreSQL sends the signal before it closes this connection (libpq waits for that, too: fe-cancel.c).
    """
    pid, secret = key
    packet = wire.CANCEL_REQUEST.to_bytes(4, "big") + pid.to_bytes(4, "big") + secret
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(_CANCEL_SECONDS)
        caller.connect(path)
        caller.sendall((len(packet) + 4).to_bytes(4, "big") + packet)
        caller.recv(1)


async def ask(backend: Backend, sql: str) -> Captured | None:
    """Run one statement on a backend that nobody else uses. None: the connection was lost."""
    answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    captured = Captured()

    def finish() -> None:
        if not answered.done():
            answered.set_result(None)

    relay = Relay([], lambda: None, finish)
    relay.push(Expect(QUERY, captured=captured))
    backend.receive = relay.feed
    backend.lost = finish
    backend.write(wire.query(sql))
    await answered
    if relay.queue:
        return None
    backend.receive, backend.lost = None, lambda: None
    return captured


class Control:
    """The superuser's connection, for what the front has to look up. Opened when needed, and again."""

    def __init__(self, path: str, superuser: str, databases: tuple[str, ...]) -> None:
        self._path = path
        self._superuser = superuser
        self._databases = databases
        self._backend: Backend | None = None  # lost is None once it is closed
        self._one_at_a_time = asyncio.Lock()

    async def verifier(self, user: str) -> str | None:
        """The user's password verifier; None for who does not exist, may not log in, or is the superuser."""
        if user == self._superuser or "\0" in user:
            return None
        name = user.replace("'", "''")
        rows = await self.query(
            f"SELECT rolpassword FROM pg_catalog.pg_authid WHERE rolname = '{name}' AND rolcanlogin"  # noqa: S608
        )
        return rows[0][0] if rows else None

    async def query(self, sql: str) -> list[list[str | None]]:
        """Run a statement; its rows as text. Raises BackendError."""
        async with self._one_at_a_time:
            for fresh in (False, True):
                if fresh or self._backend is None or self._backend.lost is None:
                    self._backend = await self._open()
                try:
                    captured = await ask(self._backend, sql)
                except BaseException:  # canceled: its answer must not become the next one's
                    self._backend.close()
                    raise
                if captured is not None:
                    break
            if captured is None:
                raise BackendError(_GONE)
            if captured.error is not None:
                raise BackendError(captured.error)
            return captured.rows

    async def _open(self) -> Backend:
        refused: BackendError | None = None
        for database in (*self._databases, "template1"):
            try:
                backend = await Backend.connect(
                    self._path,
                    {"user": self._superuser, "database": database, "application_name": "front"},
                )
            except BackendError as error:
                refused = error
                if error.fields.get("C") != "3D000":
                    break
            else:
                backend.lost = lambda: None
                return backend
        raise refused or BackendError(_GONE)
