"""The front as a program: its configuration, what all connections share, serving until told to stop."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import socket
from contextlib import suppress
from dataclasses import dataclass
from hmac import compare_digest
from pathlib import Path

from cluster.embedded.front.backend import Control, cancel
from cluster.embedded.front.connection import Connection
from cluster.embedded.front.job_log import JobLog
from cluster.embedded.front.shared import Shared
from cluster.embedded.front.tls import server_context

log = logging.getLogger("front")


@dataclass(frozen=True, slots=True)
class Config:
    """What `--config FILE` holds."""

    listen_fd: int
    socket_directory: str
    socket_port: int
    certificate: str
    key: str
    superuser: str
    max_connections: int
    log: str | None = None
    jobs: str | None = None
    """The file of the jobs, in PostgreSQL's data directory."""

    @classmethod
    def read(cls, path: Path) -> Config:
        """Read the file. Raises OSError, ValueError, TypeError, KeyError for what is no such file."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))


class Server:
    """All that connections share."""

    def __init__(self, config: Config) -> None:
        self.path = f"{config.socket_directory}/.s.PGSQL.{config.socket_port}"
        self.context = server_context(config.certificate, config.key)
        self.shared = Shared(jobs=JobLog(config.jobs))
        self.control = Control(self.path, config.superuser, self.shared.neutral)
        self.max_connections = config.max_connections
        self.connections: set[Connection] = set()
        self.early = 0  # backends that were opened for clients who are not let in yet
        self.sessions: dict[int, Connection] = {}

    def connection(self) -> Connection:
        """For each client that connects."""
        return Connection(self)

    async def cancel(self, key: tuple[int, bytes]) -> None:
        """A client's CancelRequest; comes back when PostgreSQL has heard it."""
        pid, secret = key
        connection = self.sessions.get(pid)
        if (
            connection is not None
            and connection.backend is not None
            and compare_digest(secret, connection.secret)
        ):
            backend = connection.backend
            await asyncio.get_running_loop().run_in_executor(None, cancel, self.path, backend.key)

    def close(self) -> None:
        """End every session, as CockroachDB does when a node stops (pkg/sql/pgwire/server.go)."""
        for connection in list(self.connections):
            connection.shut_down()


async def serve(config: Config) -> None:
    """Serve until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = Server(config)
    listener = socket.socket(fileno=config.listen_fd)
    listener.setblocking(False)
    listening = await loop.create_server(server.connection, sock=listener, backlog=256)
    log.info("the front serves on %s", listener.getsockname())
    await stop.wait()
    listening.close()
    server.close()
    with suppress(asyncio.TimeoutError):
        async with asyncio.timeout(2):
            while server.connections:
                await asyncio.sleep(0.01)
