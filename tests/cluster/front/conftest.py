"""A PostgreSQL that is none: enough of its protocol to try a session without sockets."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from cluster.embedded.front import wire
from cluster.embedded.front.port import Request
from cluster.embedded.front.session import Session
from cluster.embedded.front.shared import Shared

ERROR = {"S": "ERROR", "V": "ERROR", "C": "42601", "M": "syntax error"}


def split(data: bytes) -> list[tuple[str, bytes]]:
    """Frames as (kind, payload)."""
    found = []
    while data:
        end = 1 + int.from_bytes(data[1:5], "big")
        assert len(data) >= end, f"a torn frame: {data!r}"
        found.append((chr(data[0]), data[5:end]))
        data = data[end:]
    return found


def told(data: bytes) -> list[str]:
    """Frames for a client, short: `C INSERT 0 1`, `E 42601`, `N 00000`, `Z T`, `T`, `1` …"""
    lines = []
    for kind, payload in split(data):
        if kind in "EN":
            lines.append(f"{kind} {wire.parse_fields(payload)['C']}")
        elif kind in "CZ":
            lines.append(f"{kind} {payload.rstrip(bytes(1)).decode()}")
        else:
            lines.append(kind)
    return lines


class FakePostgres:
    """Answers frames: keeps the transaction's status, skips to Sync after an error, fails when told to."""

    def __init__(self) -> None:
        self.status = b"I"
        self.skipping = False
        self.ran: list[str] = []
        self.run_rows: list[list[str]] = []  # what SELECTs give
        self.fails: dict[str, dict[str, str]] = {}
        self.statements: dict[bytes, str] = {}
        self.portals: dict[bytes, str] = {}

    def run(self, sql: str) -> bytes:
        """Run one statement; its frames."""
        word = sql.split(maxsplit=1)[0].upper() if sql.strip() else ""
        if not word:
            return wire.EMPTY_QUERY_RESPONSE
        self.ran.append(sql)
        error = self.fails.pop(sql, None) or (ERROR if sql == "refused" else None)
        if self.status == b"E" and word not in ("ROLLBACK", "COMMIT"):
            error = {**ERROR, "C": "25P02"}
        if error:
            self.status = b"E" if self.status != b"I" and word != "COMMIT" else b"I"
            return wire.fields_frame(b"E", error)
        data = b"".join(
            wire.message(b"D", b"\0\1" + len(value).to_bytes(4, "big") + value.encode())
            for [value] in (self.run_rows if word == "SELECT" else [])
        )
        tag = word
        if word == "COMMIT" and self.status == b"E":
            tag = "ROLLBACK"
        if word in ("BEGIN", "COMMIT") or re.fullmatch("ROLLBACK", sql):
            self.status = b"T" if word == "BEGIN" else b"I"
        if word == "ROLLBACK" and sql != "ROLLBACK":
            self.status = b"T"
        return data + wire.command_complete({"INSERT": "INSERT 0 1", "SELECT": "SELECT 0"}.get(tag, tag))

    def answer(self, data: bytes) -> bytes:
        """All frames for the frames sent."""
        out: list[bytes] = []
        for kind, payload in split(data):
            if kind in "SQ" and self.status == b"I":
                self.portals.clear()
            if kind == "S":
                self.skipping = False
                out.append(wire.ready(self.status[0]))
            elif self.skipping or kind in "HX":
                continue
            elif kind == "Q":
                for sql in payload[:-1].decode().split(";"):
                    out.append(self.run(sql))
                    if out[-1][:1] == b"E":
                        break
                out.append(wire.ready(self.status[0]))
            else:
                out.append(self._extended(kind, payload))
                self.skipping = out[-1][:1] == b"E"
        return b"".join(out)

    def _extended(self, kind: str, payload: bytes) -> bytes:
        if kind == "P":
            (name, sql), _ = wire.cstrings(payload, 2)
            if sql == b"refused":
                return self.run("refused")
            if name and name in self.statements:
                return wire.error("42P05", f"prepared statement {name!r} already exists")
            self.statements[name] = sql.decode()
            return wire.message(b"1", b"")
        if kind == "B":
            (portal, name), _ = wire.cstrings(payload, 2)
            if portal and portal in self.portals:
                return wire.error("42P03", f"cursor {portal!r} already exists")
            self.portals[portal] = self.statements[name]
            return wire.message(b"2", b"")
        if kind == "E":
            (portal,), _ = wire.cstrings(payload, 1)
            return self.run(self.portals[portal])
        if kind == "C":
            held = self.statements if payload[:1] == b"S" else self.portals
            held.pop(payload[1:-1], None)
            return wire.message(b"3", b"")
        assert kind == "D", kind
        return wire.message(b"n", b"")


class Rig:
    """A session between a test and a FakePostgres."""

    def __init__(self) -> None:
        self.postgres = FakePostgres()
        self.databases = {"defaultdb", "postgres", "bank"}
        self.reconnected: list[str] = []
        self.received = b""
        self.closed = False
        self.canceled = 0
        self.later_calls: list[Callable[[], None]] = []
        self.asked: list[tuple[str, Callable[[list[list[str | None]] | None], None]]] = []
        self.chunk: Callable[[bytes], list[bytes]] = lambda data: [data]
        self._pending = b""
        self.session = Session(self, Shared(), "demo", "defaultdb")

    def to_client(self, data: bytes) -> None:
        self.received += data

    def to_backend(self, data: bytes) -> None:
        self._pending += data

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        self.later_calls.append(call)

    def reconnect(self, database: str) -> None:
        self.reconnected.append(database)

    def work(self, request: Request) -> None:
        assert request.work is not None
        request.work()
        self.session.worked(request)

    def beside(self, sql: str, answered: Callable[[list[list[str | None]] | None], None]) -> None:
        self.asked.append((sql, answered))

    def cancel(self) -> Callable[[], None]:
        def cancels() -> None:
            self.canceled += 1

        return cancels

    def close(self) -> None:
        self.closed = True

    def send(self, *frames: bytes) -> list[str]:
        """Send frames as a client; what it is told until nothing moves any more."""
        self.received = b""
        self.session.feed_client(b"".join(frames))
        self.settle()
        return told(self.received)

    def settle(self) -> None:
        """Let the backend answer until nothing moves."""
        done = 0
        while self._pending or done < len(self.reconnected):
            pending, self._pending = self._pending, b""
            for part in self.chunk(self.postgres.answer(pending)):
                self.session.feed_backend(part)
            if done < len(self.reconnected):
                known = self.reconnected[done] in self.databases
                if known:
                    self.postgres.status, self.postgres.skipping = b"I", False
                self.session.reconnected(None if known else {**ERROR, "C": "3D000"})
                done += 1
        self.reconnected, done = [], 0

    def query(self, sql: str) -> list[str]:
        """Send a Query."""
        return self.send(wire.query(sql))

    def extended(self, sql: str) -> list[str]:
        """Parse, Bind, Describe, Execute, Sync."""
        return self.send(*extended(sql), wire.SYNC)


def extended(sql: str, name: bytes = b"") -> list[bytes]:
    """Parse, Bind, Describe and Execute of a statement."""
    return [
        wire.parse(name, sql),
        wire.message(b"B", b"\0" + name + b"\0" + bytes(6)),
        wire.message(b"D", b"P\0"),
        wire.message(b"E", bytes(5)),
    ]


@pytest.fixture
def rig() -> Rig:
    """A session on defaultdb."""
    return Rig()
