"""How a client is let in: its handshake is answered, its backend opened, its session begun.

The backend is opened while the client still computes its answer to the challenge; limits hold before that.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING

from cluster.embedded.dialect.version import VERSION_TEXT
from cluster.embedded.front import databases, options, scram, wire
from cluster.embedded.front.backend import Backend, BackendError
from cluster.embedded.front.handshake import Handshake, Want
from cluster.embedded.front.parameters import SERVER_PARAMETERS
from cluster.embedded.front.session import Session
from cluster.embedded.front.tls import Tls

if TYPE_CHECKING:
    from cluster.embedded.front.connection import Connection
    from cluster.embedded.front.server import Server

_EARLY_BACKENDS = 8  # at most so many are opened for clients that have not given their password yet
# Settings of the start-up packet that PostgreSQL knows by the same name and meaning.
_PASSED_ON = frozenset({"application_name", "datestyle", "timezone", "intervalstyle", "extra_float_digits"})
_TOO_MANY = ("53300", "sorry, too many clients already")  # pkg/sql/pgwire/server.go


class Admission:
    """What stands between a client's socket and its session."""

    def __init__(self, server: Server, client: Connection) -> None:
        self.handshake = Handshake()
        self._server = server
        self._client = client
        self._task: asyncio.Task[Backend] | None = None  # opens the backend early

    def leave(self) -> None:
        """The client has gone."""
        if (early := self._opened_early()) is not None:
            early.add_done_callback(_close_unused)

    def greet(self, data: bytes) -> None:
        """The client's bytes before it is let in."""
        hands = self.handshake
        try:
            want = hands.feed(data)
        except wire.ProtocolError as broken:
            want = hands.refuse("08P01", str(broken))
        if want is Want.VERIFIER and len(self._server.sessions) >= self._server.max_connections:
            want = hands.refuse(*_TOO_MANY)
        if hands.out:
            self._client.say(hands.out)
        if want is Want.TLS:
            self._client.tls = Tls(self._server.context)
        elif want is Want.CANCEL:
            self._client.run(self._cancel(hands.key))
        elif want is Want.VERIFIER:
            self._client.run(self._look_up())
        elif want is Want.SESSION:
            self._client.run(self._begin())
        elif want is Want.CLOSE:
            self._client.end()

    async def _cancel(self, key: tuple[int, bytes]) -> None:
        await self._server.cancel(key)
        self._client.end()  # for which the client waits

    async def _look_up(self) -> None:
        hands = self.handshake
        try:
            verifier = scram.read_verifier(await self._server.control.verifier(hands.user))
        except BackendError as error:
            self._refuse(error)
            return
        hands.challenge(verifier)
        self._client.say(hands.out)
        if verifier is not None and self._server.early < _EARLY_BACKENDS:
            # The client now computes for some milliseconds: time enough to open its backend.
            # Nothing of the client's reaches it until the password was right.
            self._server.early += 1
            self._task = asyncio.get_running_loop().create_task(self.connect(hands.database))
        if hands.rest:
            self.greet(b"")

    async def _begin(self) -> None:
        hands = self.handshake
        given = options.variables(hands.parameters)
        rest = {name: value for name, value in given.items() if name.lower() not in _PASSED_ON}
        if len(self._server.sessions) >= self._server.max_connections:
            self._client.say([wire.error(*_TOO_MANY)])
            self._client.end()
            return
        self._name_session()
        try:
            backend = await (self._opened_early() or self.connect(hands.database))
        except BackendError as error:
            self._refuse(error)
            return
        self._server.shared.jobs.open()
        session = Session(self._client, self._server.shared, hands.user, hands.database)
        self._client.attend(session, backend)
        shown = {**backend.parameters, **SERVER_PARAMETERS, "crdb_version": VERSION_TEXT}
        frames = [wire.parameter_status(name, value) for name, value in shown.items() if value is not None]
        session.say(*frames, wire.message(b"K", self._client.pid.to_bytes(4, "big") + self._client.secret))
        session.begin(rest)
        hasty, hands.rest = hands.rest, b""
        if hasty:
            self._client.feed(hasty)

    def _name_session(self) -> None:
        while not self._client.pid or self._client.pid in self._server.sessions:
            self._client.pid = secrets.randbelow((1 << 31) - 1) + 1
        self._server.sessions[self._client.pid] = self._client

    def _opened_early(self) -> asyncio.Task[Backend] | None:
        """Take over the backend that is being opened early, if there is one."""
        early, self._task = self._task, None
        if early is not None:
            self._server.early -= 1
        return early

    async def connect(self, database: str) -> Backend:
        """A backend for this client. Raises BackendError."""
        given = options.variables(self.handshake.parameters)
        parameters = {
            "user": self.handshake.user,
            "database": database,
            "client_encoding": "UTF8",
            **{name: value for name, value in given.items() if name.lower() in _PASSED_ON},
        }
        return await Backend.connect(self._server.path, parameters)

    def _refuse(self, error: BackendError) -> None:
        """A backend could not be had: say why, and close."""
        code = error.fields.get("C", "08006")
        if code == "3D000":
            self._client.say([databases.missing(self.handshake.database)])
        else:
            self._client.say([wire.error(code, error.fields.get("M", "PostgreSQL cannot be reached"))])
        self._client.end()


def _close_unused(early: asyncio.Task[Backend]) -> None:
    """A backend that was opened for a client that was not let in."""
    if not early.cancelled() and early.exception() is None:  # codespell:ignore cancelled
        early.result().close()
