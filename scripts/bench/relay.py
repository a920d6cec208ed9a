"""python -m scripts.bench.relay --config FILE: the floor for any front in this runtime.

It takes the same configuration, event loop, TLS settings and Protocols as our front, answers an SSLRequest,
and from then on hands bytes on, looking at none of them. PostgreSQL itself asks for the password.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import ssl
from pathlib import Path
from typing import cast

import uvloop

from cluster.embedded.front.memory import keep_buffers
from cluster.embedded.front.server import Config
from cluster.embedded.front.tls import Tls, server_context


class Backend(asyncio.Protocol):
    """PostgreSQL's end."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is open: send what the client has sent meanwhile."""
        self.transport = cast(asyncio.Transport, transport)
        if self.client.early:
            self.transport.write(self.client.early)

    def data_received(self, data: bytes) -> None:
        """Bytes for the client."""
        client = self.client
        if client.tls is not None and client.transport is not None:
            client.transport.write(client.tls.encrypt(data))

    def connection_lost(self, exc: Exception | None) -> None:
        """PostgreSQL has closed."""
        if self.client.transport is not None:
            self.client.transport.close()


class Client(asyncio.Protocol):
    """The client's end."""

    def __init__(self, path: str, context: ssl.SSLContext) -> None:
        self.path = path
        self.context = context
        self.transport: asyncio.Transport | None = None
        self.tls: Tls | None = None
        self.backend: Backend | None = None
        self.early = b""
        self.opening: asyncio.Task[object] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Bytes for PostgreSQL, after the SSLRequest."""
        assert self.transport is not None
        if self.tls is None:
            self.transport.write(b"S")
            self.tls = Tls(self.context)
            return
        plain = self.tls.feed(data)
        if self.tls.wants_to_send:
            self.transport.write(self.tls.pending())
        if not plain:
            return
        if self.backend is not None and self.backend.transport is not None:
            self.backend.transport.write(plain)
            return
        self.early += plain
        if self.backend is None:
            backend = self.backend = Backend(self)
            loop = asyncio.get_running_loop()
            self.opening = loop.create_task(loop.create_unix_connection(lambda: backend, self.path))

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone."""
        if self.backend is not None and self.backend.transport is not None:
            self.backend.transport.close()


async def serve(config: Config) -> None:
    """Serve until the process is ended."""
    context = server_context(config.certificate, config.key)
    path = f"{config.socket_directory}/.s.PGSQL.{config.socket_port}"
    listener = socket.socket(fileno=config.listen_fd)
    server = await asyncio.get_running_loop().create_server(
        lambda: Client(path, context), sock=listener, backlog=256
    )
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m scripts.bench.relay")
    parser.add_argument("--config", type=Path, required=True, help="a JSON file, as the front's")
    keep_buffers()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(Config.read(parser.parse_args().config)))
