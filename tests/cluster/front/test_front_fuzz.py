"""Messages in any order, whole and damaged: nobody hangs, and other clients never notice."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import random
import socket
import ssl
from urllib.parse import urlsplit

import psycopg
import pytest

import cluster
from cluster.embedded.front import wire

NAMES = [b"", b"a", b"b"]
STATEMENTS = [
    "SELECT 1",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT cockroach_restart",
    "ROLLBACK TO SAVEPOINT cockroach_restart",
    "RELEASE SAVEPOINT cockroach_restart",
    "BEGIN; SAVEPOINT cockroach_restart; SELECT 1",
    "SELECT 1; BEGIN; FOO",
    "FOO",
    "USE postgres",
    "USE defaultdb",
    "USE fuzz",
    "CREATE DATABASE IF NOT EXISTS fuzz",
    "DROP DATABASE IF EXISTS fuzz",
    "CREATE TABLE IF NOT EXISTS fuzzed (a INT8 PRIMARY KEY)",
    "DROP TABLE IF EXISTS fuzzed",
    "SELECT * FROM fuzzed",
    "INSERT INTO fuzzed VALUES (1)",
    "COPY fuzzed FROM STDIN",
    "COPY fuzzed TO STDOUT",
    "SELECT $1::INT",
    "SET autocommit_before_ddl = off",
    "SET autocommit_before_ddl = on",
    "SET inject_retry_errors_enabled = on",
    "SET inject_retry_errors_enabled = off",
    "RESET ALL",
    "DISCARD ALL",
    "",
]


def frame(random: random.Random) -> bytes:
    """One message of a client, well formed."""
    sql, name, portal = random.choice(STATEMENTS), random.choice(NAMES), random.choice(NAMES)
    either = random.choice([b"S" + name, b"P" + portal]) + b"\0"
    return random.choice(
        [
            wire.query(sql),
            wire.parse(name, sql),
            wire.message(b"B", portal + b"\0" + name + b"\0" + bytes(6)),
            wire.message(b"E", portal + b"\0" + bytes(4)),
            wire.message(b"D", either),
            wire.message(b"C", either),
            wire.message(b"d", b"5\n"),
            wire.message(b"c", b""),
            wire.message(b"f", b"no\0"),
            wire.SYNC,
            wire.FLUSH,
        ]
    )


class Raw:
    """A client that can say anything, once it is let in."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        plain = socket.create_connection((parts.hostname, parts.port), timeout=30)
        plain.sendall((8).to_bytes(4, "big") + wire.SSL_REQUEST.to_bytes(4, "big"))
        assert plain.recv(1) == b"S"
        self.socket = context.wrap_socket(plain)
        self.socket.sendall(wire.startup_packet([("user", parts.username), ("database", "defaultdb")]))
        self._log_in(parts.password.encode())

    def _log_in(self, password: bytes) -> None:
        self.frame()
        first = b"n=,r=fuzz"
        initial = b"SCRAM-SHA-256\0" + (len(first) + 3).to_bytes(4, "big") + b"n,," + first
        self.socket.sendall(wire.message(b"p", initial))
        challenge = self.frame()[1][4:]
        given = dict(part.split(b"=", 1) for part in challenge.split(b","))
        salted = hashlib.pbkdf2_hmac("sha256", password, base64.b64decode(given[b"s"]), int(given[b"i"]))
        final = b"c=biws,r=" + given[b"r"]
        key = hmac.digest(salted, b"Client Key", "sha256")
        words = b",".join((first, challenge, final))
        signature = hmac.digest(hashlib.sha256(key).digest(), words, "sha256")
        proof = bytes(one ^ other for one, other in zip(key, signature, strict=True))
        self.socket.sendall(wire.message(b"p", final + b",p=" + base64.b64encode(proof)))
        while self.frame()[0] != b"Z":
            pass

    def frame(self) -> tuple[bytes, bytes]:
        head = self._exactly(5)
        return head[:1], self._exactly(int.from_bytes(head[1:], "big") - 4)

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            if not part:
                raise EOFError
            data += part
        return data


@pytest.mark.parametrize("seed", range(25))
def test_any_order_of_messages_gets_its_answers(running: cluster.Cluster, seed: int) -> None:
    """After whatever came before, CopyFail, Sync and ROLLBACK bring the session back to answer the marker."""
    dice = random.Random(seed)
    client = Raw(running.url("defaultdb"))
    for _ in range(dice.randrange(1, 25)):
        client.socket.sendall(b"".join(frame(dice) for _ in range(dice.randrange(1, 6))))
    client.socket.sendall(wire.message(b"f", b"end\0") + wire.SYNC + wire.query("ROLLBACK"))
    client.socket.sendall(wire.query("SELECT 'mar' || 'ker'"))
    kind, payload = client.frame()
    while kind != b"D" or b"marker" not in payload:
        kind, payload = client.frame()
    assert client.frame()[0] == b"C"
    assert client.frame() == (b"Z", b"I")
    client.socket.close()


def test_damaged_messages_hurt_nobody_else(running: cluster.Cluster) -> None:
    dice = random.Random(1)
    url = running.url("postgres").replace("cockroachdb://", "postgresql://")
    with psycopg.connect(url, autocommit=True) as bystander:
        for _ in range(25):
            client = Raw(running.url("defaultdb"))
            damaged = bytearray(b"".join(frame(dice) for _ in range(20)))
            for _ in range(dice.randrange(1, 6)):
                damaged[dice.randrange(len(damaged))] = dice.randrange(256)
            client.socket.settimeout(0.05)
            with contextlib.suppress(OSError, EOFError):
                client.socket.sendall(damaged)
                while True:
                    client.frame()
            client.socket.close()
            assert bystander.execute("SELECT 1").fetchone() == (1,)
