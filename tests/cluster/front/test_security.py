"""Who is let in, as CockroachDB's secure mode has it; and where the secrets are kept."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import stat
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest

import cluster
from cluster.embedded.front import wire

from .test_front_fuzz import Raw
from .test_front_hostile import secure

# -- the way in -------------------------------------------------------------------------------------------


def fields(frame: bytes) -> dict[str, str]:
    assert frame[:1] == b"E", frame
    return wire.parse_fields(frame[5:])


def everything(connection: socket.socket) -> bytes:
    data = b""
    while part := connection.recv(65536):
        data += part
    return data


def test_a_client_without_tls_is_told_to_use_it(running: cluster.Cluster) -> None:
    """pkg/sql/pgwire/testdata/auth/secure_non_tls"""
    with socket.create_connection(("127.0.0.1", running.port), timeout=20) as plain:
        plain.sendall(wire.startup_packet([("user", "demo"), ("database", "defaultdb")]))
        said = fields(everything(plain))
    assert (said["S"], said["C"]) == ("ERROR", "08P01")
    assert said["M"] == "node is running secure mode, SSL connection required"


def test_the_port_is_open_on_loopback_only(running: cluster.Cluster) -> None:
    pids = cluster.status(running.home).pids
    listening = {
        (name, each.laddr.ip, each.laddr.port)
        for name, pid in pids.items()
        for each in psutil.Process(pid).net_connections("inet")
        if each.status == psutil.CONN_LISTEN
    }
    assert listening == {("front", "127.0.0.1", running.port)}


def test_the_machines_other_addresses_refuse(running: cluster.Cluster) -> None:
    others = [
        address.address
        for addresses in psutil.net_if_addrs().values()
        for address in addresses
        if address.family == socket.AF_INET and not address.address.startswith("127.")
    ]
    for address in [*others, "127.0.0.2"]:
        with pytest.raises(OSError):
            socket.create_connection((address, running.port), timeout=5).close()


@pytest.mark.parametrize(
    "user", ["root", "node", "admin", "public", "nobody", "Demo", "demo ", "d" * 5000, "é", "a'b"]
)
def test_only_the_cluster_s_user_has_a_password(running: cluster.Cluster, user: str) -> None:
    """As for a wrong password: who asks does not learn who exists (pkg/sql/pgwire/auth.go)."""
    said = log_in(running, user=user)
    assert (said["C"], said["M"]) == ("28P01", f"password authentication failed for user {user}")


@pytest.mark.parametrize("password", ["", "wrong", "\0", "x" * 5000])
def test_a_wrong_password(running: cluster.Cluster, password: str) -> None:
    said = log_in(running, password=password)
    assert (said["C"], said["M"]) == ("28P01", "password authentication failed for user demo")


@pytest.mark.parametrize(
    "first",
    [
        b"SCRAM-SHA-256-PLUS\0" + (11).to_bytes(4, "big") + b"n,,n=,r=abc",  # it was not offered
        b"SCRAM-SHA-256\0" + (21).to_bytes(4, "big") + b"p=tls-unique,,n=,r=abc",  # nor was channel binding
        b"SCRAM-SHA-256\0" + (15).to_bytes(4, "big") + b"n,,m=x,n=,r=abc",  # an extension that must be known
        b"SCRAM-SHA-256\0" + (10).to_bytes(4, "big") + b"n,,n=,r=\xff\xfe",
        b"SCRAM-SHA-256\0\xff\xff\xff\xff",
        b"PLAIN\0",
        b"hunter2\0",
        b"",
    ],
)
def test_a_login_that_is_no_scram(running: cluster.Cluster, first: bytes) -> None:
    with started(running) as client:
        assert frame(client)[5:] == b"\0\0\0\x0aSCRAM-SHA-256\0\0"
        client.sendall(wire.message(b"p", first))
        assert fields(frame(client))["C"] in ("28P01", "08P01")
        assert client.recv(1) == b""


@pytest.mark.parametrize(
    "final",
    [
        b"c=biws,r=another,p=" + base64.b64encode(bytes(32)),  # not the server's nonce
        b"c=eSws,r=%b,p=" + base64.b64encode(bytes(32)),  # another channel binding than at first: a downgrade
        b"c=biws,r=%b,p=" + base64.b64encode(bytes(31)),
        b"c=biws,r=%b",
        b"n,,n=,r=abc",  # the first message once more
        b"c=biws,r=%b,p=" + base64.b64encode(bytes(32)),
    ],
)
def test_a_scram_that_ends_wrongly(running: cluster.Cluster, final: bytes) -> None:
    with started(running) as client:
        frame(client)
        first = b"SCRAM-SHA-256\0" + (11).to_bytes(4, "big") + b"n,,n=,r=abc"
        client.sendall(wire.message(b"p", first))
        nonce = frame(client)[9:].split(b",")[0][2:]
        assert nonce.startswith(b"abc") and len(nonce) > 20
        client.sendall(wire.message(b"p", final.replace(b"%b", nonce)))
        assert fields(frame(client))["C"] == "28P01"
        assert client.recv(1) == b""


def started(running: cluster.Cluster, user: str = "demo") -> socket.socket:
    client = secure(running.port)
    client.settimeout(20)
    client.sendall(wire.startup_packet([("user", user), ("database", "defaultdb")]))
    return client


def frame(client: socket.socket) -> bytes:
    head = client.recv(5)
    size = int.from_bytes(head[1:], "big") - 4
    body = b""
    while len(body) < size:
        body += client.recv(size - len(body))
    return head + body


def log_in(running: cluster.Cluster, user: str = "demo", password: str | None = None) -> dict[str, str]:
    """The error of a login that must fail."""
    parts = urlsplit(running.url("defaultdb"))
    with started(running, user) as client:
        raw = Raw.__new__(Raw)
        raw.socket = client
        answers: list[bytes] = []

        def told() -> tuple[bytes, bytes]:
            answers.append(frame(client))
            if answers[-1][:1] == b"E":
                raise EOFError
            return answers[-1][:1], answers[-1][5:]

        raw.frame = told
        with pytest.raises(EOFError):
            raw._log_in((password if password is not None else parts.password).encode())
        return fields(answers[-1])


def test_databases_that_do_not_exist(running: cluster.Cluster) -> None:
    url = running.url("nowhere").replace("cockroachdb://", "postgresql://")
    with pytest.raises(psycopg.OperationalError, match='database "nowhere" does not exist'):
        psycopg.connect(url)


# -- what is kept ------------------------------------------------------------------------------------------


def test_the_password_is_in_no_log_and_no_command_line(running: cluster.Cluster) -> None:
    password = urlsplit(running.url("defaultdb")).password
    assert password
    psycopg.connect(running.url("defaultdb").replace("cockroachdb://", "postgresql://")).close()
    log_in(running, user=password)  # who mixes up the fields of a form
    for log in running.home.rglob("*.log"):
        assert password not in log.read_text(errors="replace"), log
    for pid in cluster.status(running.home).pids.values():
        process = psutil.Process(pid)
        for each in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                assert password not in " ".join(each.cmdline()) + str(each.environ())


def test_what_is_secret_is_the_owner_s_alone(running: cluster.Cluster) -> None:
    assert stat.S_IMODE(running.home.stat().st_mode) & 0o077 == 0
    for file in running.home.iterdir():
        if file.is_file() and ("key" in file.name or file.suffix == ".json"):
            assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file
    sockets = Path(json.loads((running.home / "running.json").read_text())["sockets"])
    assert stat.S_IMODE(sockets.stat().st_mode) & 0o077 == 0
