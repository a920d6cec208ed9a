"""Clients that are broken, slow, wrong or too many; and a PostgreSQL that goes."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

import cluster
from cluster.embedded.front import wire


class Front(subprocess.Popen[bytes]):
    """A front of the test's own in front of the running cluster's PostgreSQL (or of none)."""

    port: int


@pytest.fixture
def front(running: cluster.Cluster, tmp_path: Path) -> Iterator[Callable[..., Front]]:
    """Starts fronts: front(max_connections=…, socket_directory=…)."""
    started: list[Front] = []

    def start(**changes: object) -> Front:
        listener = socket.create_server(("127.0.0.1", 0))
        config = json.loads((running.home / "front.json").read_text())
        config |= {"listen_fd": listener.fileno(), "log": str(tmp_path / "front.log"), **changes}
        (tmp_path / "front.json").write_text(json.dumps(config))
        process = Front(
            [sys.executable, "-m", "cluster.embedded.front", "--config", str(tmp_path / "front.json")],
            pass_fds=[listener.fileno()],
            cwd=Path(cluster.__file__).parents[1],
        )
        process.port = listener.getsockname()[1]
        listener.close()
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def connect(running: cluster.Cluster, **changes: object) -> psycopg.Connection:
    url = running.url("defaultdb").replace("cockroachdb://", "postgresql://")
    return psycopg.connect(url, autocommit=True, **changes)


def refused(running: cluster.Cluster, **changes: object) -> str:
    with pytest.raises(psycopg.OperationalError) as caught:
        connect(running, **changes).close()
    return str(caught.value)


def caller(port: int, seconds: float = 20) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=seconds)


def secure(port: int, *, direct: bool = False) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["postgresql"])
    plain = caller(port)
    if not direct:
        plain.sendall((8).to_bytes(4, "big") + wire.SSL_REQUEST.to_bytes(4, "big"))
        assert plain.recv(1) == b"S"
    return context.wrap_socket(plain)


def everything(connection: socket.socket) -> bytes:
    """All that comes until the other side closes."""
    data = b""
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(65536):
            data += part
    return data


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": "wrong"}, "password authentication failed for user demo"),
        ({"user": "nobody_here"}, "password authentication failed for user nobody_here"),
        ({"user": "root"}, "password authentication failed for user root"),
        ({"user": "ro'ot"}, "password authentication failed for user ro'ot"),
        ({"sslmode": "disable"}, "node is running secure mode, SSL connection required"),
        ({"dbname": "no'where"}, 'database "no\'where" does not exist'),
        ({"client_encoding": "latin1"}, 'unimplemented client encoding: "latin1"'),
    ],
)
def test_who_is_not_let_in(running: cluster.Cluster, changes: dict[str, str], words: str) -> None:
    assert words in refused(running, **changes)


def test_direct_tls(running: cluster.Cluster) -> None:
    with secure(running.port, direct=True) as client:
        assert client.selected_alpn_protocol() == "postgresql"
        client.sendall(wire.startup_packet([("user", "demo")]))
        assert client.recv(1) == b"R"


GARBAGE = {
    "http": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "zeros": bytes(64),
    "huge startup": b"\x7f\xff\xff\xff" + bytes(100),
    "torn tls": b"\x16\x03\x01\x02\x00\x01\x00" + b"\xff" * 600,
    "stuffed": (8).to_bytes(4, "big") + wire.SSL_REQUEST.to_bytes(4, "big") + b"SELECT",
    "query first": wire.query("SELECT 1"),
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE)
def test_garbage_before_tls_ends_only_its_connection(running: cluster.Cluster, garbage: bytes) -> None:
    with connect(running) as bystander, caller(running.port) as client:
        client.sendall(garbage)
        client.shutdown(socket.SHUT_WR)
        everything(client)
        assert bystander.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("garbage", [bytes(8), wire.query("SELECT 1"), b"\xff" * 50, bytes(20_000)])
def test_garbage_inside_tls(running: cluster.Cluster, garbage: bytes) -> None:
    with secure(running.port) as client:
        client.sendall(garbage)
        assert everything(client)[:1] == b"E"


def test_slow_and_silent_clients_do_not_hold_up_others(running: cluster.Cluster) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(30):
            silent = stack.enter_context(caller(running.port))
            silent.sendall((8).to_bytes(4, "big") + wire.SSL_REQUEST.to_bytes(4, "big"))
            silent.sendall(b"\x16\x03")
        with connect(running) as bystander:
            assert bystander.execute("SELECT 1").fetchone() == (1,)


def test_a_client_that_does_not_read_is_not_buffered_without_end(
    running: cluster.Cluster, front: Callable[..., Front]
) -> None:
    process = front()
    with connect(running, port=process.port) as slow, connect(running, port=process.port) as other:
        slow.pgconn.send_query(b"SELECT repeat('x', 1000) FROM generate_series(1, 500000)")
        slow.pgconn.flush()
        seen = 0
        for _ in range(300):  # the front has had time to take all of the 500 MB, if it were to
            other.execute("SELECT count(*) FROM generate_series(1, 20000)")
            seen = max(seen, psutil.Process(process.pid).memory_info().rss)
        assert seen < 200 << 20
        slow.pgconn.finish()


def test_too_many_clients(running: cluster.Cluster, front: Callable[..., Front]) -> None:
    process = front(max_connections=2)
    with connect(running, port=process.port), connect(running, port=process.port):
        assert "sorry, too many clients already" in refused(running, port=process.port)
    with connect(running, port=process.port) as again:
        assert again.execute("SELECT 1").fetchone() == (1,)


def test_no_postgresql(running: cluster.Cluster, front: Callable[..., Front], tmp_path: Path) -> None:
    process = front(socket_directory=str(tmp_path))
    said = refused(running, port=process.port)
    assert "PostgreSQL is not running" in said
    assert "python -m cluster start" in said
    assert process.poll() is None


def test_sigterm_says_goodbye(running: cluster.Cluster, front: Callable[..., Front]) -> None:
    process = front()
    session = connect(running, port=process.port)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    with pytest.raises(psycopg.OperationalError, match="server is shutting down"):
        session.execute("SELECT 1")


def test_a_killed_backend_ends_its_client_and_no_front(running: cluster.Cluster) -> None:
    """PostgreSQL restarts all its backends then; who comes back finds the data."""
    front = psutil.Process(json.loads((running.home / "running.json").read_text())["front"])
    with connect(running) as session, connect(running) as bystander:
        session.execute("CREATE DATABASE IF NOT EXISTS survivor")
        [pid] = session.execute("SELECT pg_backend_pid()").fetchone()
        os.kill(pid, signal.SIGKILL)
        for each in (session, bystander):
            with pytest.raises(psycopg.OperationalError, match="PostgreSQL"):
                for _ in range(100_000):
                    each.execute("SELECT 1")
    assert front.is_running()
    for _ in range(1000):  # recovery takes a moment, in which clients are told so
        with contextlib.suppress(psycopg.OperationalError), connect(running) as again:
            assert again.execute(
                "SELECT count(*) FROM pg_database WHERE datname = 'survivor'"
            ).fetchone() == (1,)
            again.execute("DROP DATABASE survivor")
            break
    else:
        pytest.fail("the cluster does not answer any more")


def test_a_terminated_backend_is_replaced(running: cluster.Cluster) -> None:
    with connect(running) as session:
        session.execute("SET application_name = 'kept'")
        [pid] = session.execute("SELECT pg_backend_pid()").fetchone()
        # Gone as a process, and so with its socket closed: what the front sees before the next statement.
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(pid).terminate()
            psutil.Process(pid).wait(30)
        assert session.execute("SHOW application_name").fetchone() == ("kept",)
