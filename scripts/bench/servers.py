"""One PostgreSQL and three ways to it: over loopback TCP, through a bare TLS relay, through our front.

PostgreSQL has the cluster's own settings (no fsync: the disk would hide what is measured) and, besides its
unix socket, a loopback port. Everyone logs in by SCRAM: at PostgreSQL itself directly and through the relay
(which changes no byte), at the front through the front. Each way has a role and a database of its own; those
of the direct way and of the relay are PostgreSQL's, made from template0, without the dialect's SQL.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cluster import certificates, processes
from cluster.embedded import account, postgres, provision, room
from cluster.embedded.dialect import bootstrap_sql
from cluster.embedded.initdb import Initdb
from cluster.home import Home

CONNECTIONS = 200
"""More than the cluster's own 90: while 50 clients work, 50 more connect and go."""
_HBA = """
local all root,demo trust
local all all scram-sha-256
host all all 127.0.0.1/32 scram-sha-256
""".lstrip()
_END = ((signal.SIGTERM, 2.0), (signal.SIGKILL, 2.0))
_END_POSTGRES = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 3.0))


@dataclass(frozen=True, slots=True)
class Way:
    """How clients reach PostgreSQL."""

    name: str
    port: int
    user: str
    password: str
    encrypted: bool

    def parameters(self) -> dict[str, str | int]:
        """libpq's connection parameters."""
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "dbname": f"bench_{self.name}",
            "sslmode": "require" if self.encrypted else "disable",
            "gssencmode": "disable",
        }

    def url(self) -> str:
        """SQLAlchemy's URL."""
        mode = "require" if self.encrypted else "disable"
        where = f"{self.user}:{self.password}@127.0.0.1:{self.port}/bench_{self.name}"
        return f"cockroachdb+psycopg2://{where}?sslmode={mode}"


@contextlib.contextmanager
def ways() -> Iterator[tuple[Way, Way, Way]]:
    """Start all three; end and remove everything after."""
    with contextlib.ExitStack() as closing:
        directory = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        home = Home(directory / "home")
        home.path.mkdir(mode=0o700)
        closing.callback(room.remove, home)
        password = secrets.token_urlsafe(18)
        port = _free_port()
        server = _postgres(home, port, closing)
        provision.provision(server, password, bootstrap_sql())
        direct = Way("direct", port, "direct", password, encrypted=False)
        certificates.make(directory / "cert.pem", directory / "key.pem")
        relay = Way(
            "relay", _program("scripts.bench.relay", directory, server, closing), "relay", password, True
        )
        front = Way(
            "front", _program("cluster.embedded.front", directory, server, closing), "demo", password, True
        )
        _databases(server, password)
        yield direct, relay, front


def _postgres(home: Home, port: int, closing: contextlib.ExitStack) -> postgres.Server:
    who = account.current()
    place = room.make(home, who)
    programs = room.programs(place, postgres.installed(), postgres.release, who)
    sockets = room.sockets(who)
    closing.callback(_remove_sockets, sockets, port)
    server = postgres.Server(
        programs,
        place / "data",
        sockets,
        home / "postgres.log",
        0,
        who,
        port,
        {
            "listen_addresses": "127.0.0.1",
            "max_connections": str(CONNECTIONS),
            **postgres.UNSAFE_FAST,
        },
    )
    with Initdb.create(server, inherit=()) as making:
        making.finish()
    (server.data / "pg_hba.conf").write_text(_HBA)
    pid = server.start(inherit=())
    closing.callback(processes.end, [pid], *_END_POSTGRES)
    server.wait(pid)
    return server


def _program(module: str, directory: Path, server: postgres.Server, closing: contextlib.ExitStack) -> int:
    """Run the front or the relay; gives its port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    closing.callback(listener.close)
    config = directory / f"{module}.json"
    config.write_text(
        json.dumps(
            {
                "listen_fd": listener.fileno(),
                "socket_directory": str(server.sockets),
                "socket_port": server.port,
                "certificate": str(directory / "cert.pem"),
                "key": str(directory / "key.pem"),
                "superuser": postgres.SUPERUSER,
                "max_connections": CONNECTIONS - 20,
                "log": str(directory / f"{module}.log"),
            }
        )
    )
    pid = processes.spawn(
        [sys.executable, "-m", module, "--config", str(config)],
        log=directory / f"{module}.log",
        environment=dict(os.environ),
        inherit=(listener.fileno(),),
        directory=Path(__file__).resolve().parents[2],
    )
    closing.callback(processes.end, [pid], *_END)
    return int(listener.getsockname()[1])


def _databases(server: postgres.Server, password: str) -> None:
    session = server.connect("template1")
    with contextlib.closing(session), session.cursor() as cursor:
        for name in ("direct", "relay"):
            cursor.execute(f"CREATE ROLE {name} LOGIN PASSWORD %s", (password,))
            cursor.execute(f"CREATE DATABASE bench_{name} OWNER {name} TEMPLATE template0")
        cursor.execute("CREATE DATABASE bench_front OWNER demo TEMPLATE template1")


def _remove_sockets(directory: Path, port: int) -> None:
    for name in (f".s.PGSQL.{port}", f".s.PGSQL.{port}.lock"):
        (directory / name).unlink(missing_ok=True)
    directory.rmdir()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
