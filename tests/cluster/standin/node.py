"""`cockroach start-single-node`: one process that serves SQL, with its data in a PostgreSQL of its own."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from cluster import processes
from cluster.embedded import account, postgres, provision, room, state
from cluster.embedded.dialect import bootstrap_sql
from cluster.embedded.front.server import Config, serve
from cluster.embedded.initdb import Initdb
from cluster.home import Home

from .certificates import required
from .flags import fail

COMMAND = "start-single-node"
NOTE = "standin-node.json"
"""Beside the certificates: how root's shell finds the node."""
PORT = 5432


def start(given: dict[str, str], others: list[str]) -> int:
    """Serve until SIGTERM. Gives the exit code."""
    if others:
        fail(COMMAND, f'unknown command "{others[0]}" for "cockroach start-single-node"')
    if "--insecure" in given:
        fail(COMMAND, "the stand-in has no insecure mode")
    if os.environ.get("COCKROACH_SKIP_ENABLING_DIAGNOSTIC_REPORTING") != "true":
        fail(COMMAND, "the stand-in has nobody to report to: telemetry must be off")
    os.umask(0o007)
    certs = required(COMMAND, given.get("--certs-dir"), "node")
    store = _store(given.get("--store", "cockroach-data"))
    with contextlib.ExitStack() as closing:
        _lock(store, closing)
        listener = _listen(given.get("--listen-addr", ":26257"))
        watcher = _watcher(closing)
        server, pid = _postgres(Home(store / "standin"), watcher)
        address = "{}:{}".format(*listener.getsockname())
        (certs / NOTE).write_text(json.dumps({"address": address, "sockets": str(server.sockets)}))
        if target := given.get("--listening-url-file"):
            url = f"postgresql://root@{address}/defaultdb?sslmode=verify-full&sslrootcert={certs}/ca.crt"
            Path(target).write_text(url + "\n")
        (store / "logs").mkdir(exist_ok=True)
        (store / "logs" / "cockroach.log").write_text("I261123 cli/start.go:1 ⋮ node startup completed\n")
        print(f"CockroachDB node starting\nsql: postgresql://root@{address}\nnodeID: 1", flush=True)
        config = Config(
            listen_fd=listener.detach(),
            socket_directory=str(server.sockets),
            socket_port=PORT,
            certificate=str(certs / "node.crt"),
            key=str(certs / "node.key"),
            superuser=postgres.SUPERUSER,
            max_connections=90,
            jobs=str(server.data / state.JOBS),
        )
        asyncio.run(serve(config))
        print("initiating graceful shutdown of server", flush=True)
        processes.end([pid], (signal.SIGINT, 15.0), (signal.SIGKILL, 3.0))
        print("server drained and shutdown completed", flush=True)
    return 0


def _store(field: str) -> Path:
    """The store's folder. Commas separate fields: docs v26.2, cockroach-start-single-node.md, "Store"."""
    parts = dict(part.split("=", 1) if "=" in part else ("path", part) for part in field.split(","))
    if unknown := set(parts) - {"path", "size", "ballast-size", "attrs", "type"}:
        fail(
            COMMAND,
            f'invalid argument "{field}" for "-s, --store" flag: {unknown.pop()} is not a valid store field',
            4,
        )
    store = Path(parts["path"]).absolute()
    store.mkdir(mode=0o755, parents=True, exist_ok=True)
    return store


def _lock(store: Path, closing: contextlib.ExitStack) -> None:
    lock = closing.enter_context((store / "LOCK").open("a"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        fail(
            COMMAND,
            "server startup failed: failed to create engines: lock "
            + str(store / "LOCK")
            + ": resource temporarily unavailable",
        )


def _listen(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host or "0.0.0.0", int(port)))
    except OSError as error:
        text = "address already in use" if error.errno == errno.EADDRINUSE else error.strerror
        fail(
            COMMAND,
            "server startup failed: cockroach server exited with error: consider changing the port via "
            f"--listen-addr: listen tcp {address}: bind: {text}",
        )
    listener.listen(256)
    return listener


def _watcher(closing: contextlib.ExitStack) -> subprocess.Popen[bytes]:
    """A process that ends PostgreSQL when this one is gone, however: the real node is one process."""
    code = (
        "import os, shutil, signal, sys\n"
        "pid, sockets = sys.stdin.read().split(None, 1)\n"
        "try: os.kill(int(pid), signal.SIGKILL)\n"
        "except ProcessLookupError: pass\n"
        "shutil.rmtree(sockets.strip(), ignore_errors=True)\n"
    )
    watcher = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, start_new_session=True, cwd="/"
    )
    return closing.enter_context(watcher)


def _postgres(home: Home, watcher: subprocess.Popen[bytes]) -> tuple[postgres.Server, int]:
    os.environ["CLUSTER_FSYNC"] = "off"
    home.path.mkdir(mode=0o711, exist_ok=True)
    who = account.current()
    fresh = not (home / "complete").exists()
    place = room.make(home, who) if fresh else room.existing(home)
    programs = room.programs(place, postgres.installed(), postgres.release, who)
    log = home / "postgres.log"
    server = postgres.Server(programs, place / "data", room.sockets(who), log, 0, who, PORT)
    # One whose node was killed: the watcher is at it, or was killed too.
    processes.end(processes.find("-D", str(server.data)), (signal.SIGKILL, 5.0))
    if fresh:
        with Initdb.create(server, inherit=()) as making:
            making.finish()
    pid = server.start(inherit=())
    assert watcher.stdin is not None
    watcher.stdin.write(f"{pid} {server.sockets}\n".encode())
    watcher.stdin.flush()
    server.wait(pid)
    if fresh:
        provision.provision(server, os.urandom(16).hex(), bootstrap_sql())
        # Not there, and nobody's admin, until root's shell is told so: see shell.py.
        with contextlib.closing(server.connect("postgres")) as session, session.cursor() as cursor:
            cursor.execute(f"ALTER ROLE {provision.USER} NOLOGIN NOCREATEDB NOCREATEROLE")
        (home / "complete").touch()
    return server, pid
