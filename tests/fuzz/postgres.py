"""A PostgreSQL that is none, but keeps to the protocol whatever it is sent.

It answers in PostgreSQL's order: skips to Sync after an error, takes COPY data, aborts transactions, and
says odd but legal things in between (notices, parameters). What it is sent must be well formed.
"""

from __future__ import annotations

from cluster.embedded.dialect import catalog_sql
from cluster.embedded.front import wire
from tests.fuzz.run import Dice

ERROR = {
    "S": "ERROR",
    "V": "ERROR",
    "C": "42601",
    "M": 'syntax error at or near "x"',
    "P": "1",
    "F": "scan.l",
}
TERMINATED = {
    "S": "FATAL",
    "V": "FATAL",
    "C": "57P01",
    "M": "terminating connection due to administrator command",
}
CRASHED = {"S": "WARNING", "V": "FATAL", "C": "57P02", "M": "terminating connection because of crash"}
CLIENTS = b"QPBEDCSHXdcf"
SECRET = b"~hidden~"
"""In every row of a statement of the front's own: a client must never see it."""


def frames(data: bytes) -> list[tuple[int, bytes]]:
    """The frames of a stream that must be whole and well formed. Raises AssertionError."""
    found, at = [], 0
    while at < len(data):
        assert at + 5 <= len(data), "a torn header"
        length = int.from_bytes(data[at + 1 : at + 5], "big", signed=True)
        end = at + 1 + length
        assert length >= 4 and end <= len(data), f"a torn frame: {data[at : at + 40]!r}"
        found.append((data[at], data[at + 5 : end]))
        at = end
    return found


class Gone(Exception):
    """The backend has ended its connection."""


class Postgres:
    """One backend. odd: how often it says something in between (one in so many; 0: never)."""

    def __init__(self, dice: Dice, odd: int = 0, fails: int = 0) -> None:
        self.dice = dice
        self.odd = odd
        self.fails = fails
        self.status = b"I"
        self.skipping = False
        self.copying = b""  # the kind of message that began it
        self.statements: dict[bytes, str] = {}
        self.portals: dict[bytes, tuple[str, bool]] = {}

    def answer(self, data: bytes) -> bytes:
        """All frames for the frames sent. Raises Gone after a fatal error, which said() has."""
        out: list[bytes] = []
        for kind, payload in frames(data):
            assert kind in CLIENTS, f"no message of a client: {kind:#x}"
            if self.odd and self.dice.one_in(self.odd):
                out.append(self._aside())
            out.append(self._message(kind, payload))
        return b"".join(out)

    def _aside(self) -> bytes:
        dice = self.dice
        return dice.choice(
            [
                wire.fields_frame(b"N", {"S": "NOTICE", "V": "NOTICE", "C": "00000", "M": "by the way"}),
                wire.fields_frame(b"N", {"S": "WARNING", "V": "WARNING", "C": "25P01", "M": "x", "?": "new"}),
                wire.parameter_status(dice.choice(["TimeZone", "search_path", "is_superuser", "new"]), "é"),
                wire.message(b"A", (7).to_bytes(4, "big") + b"channel\0\0"),
                wire.message(b"N", b"\0"),
            ]
        )

    def _message(self, kind: int, payload: bytes) -> bytes:
        letter = chr(kind)
        if self.copying:
            return self._copy(letter)
        if letter == "S":
            self.skipping = False
            if self.status == b"I":
                self.portals.clear()
            return wire.ready(self.status[0])
        if letter in "HXdcf" or (self.skipping and letter != "Q"):
            return b""
        if letter == "Q":
            if self.skipping:  # PostgreSQL reads on: a Query ends nothing that a Sync has to end
                return b""
            return self._query(payload)
        said = self._extended(letter, payload)
        self.skipping = said[:1] == b"E"
        return said

    def _query(self, payload: bytes) -> bytes:
        assert payload.count(b"\0") == 1 and payload[-1:] == b"\0", "not one string"
        self.statements.pop(b"", None)
        out = []
        for sql in payload[:-1].decode().split(";"):
            out.append(self._run(sql, False))
            if out[-1][:1] == b"E":
                break
            if out[-1][:1] == b"G":
                self.copying = b"Q"
                return b"".join(out)
        return b"".join(out) + wire.ready(self.status[0])

    def _copy(self, letter: str) -> bytes:
        began = self.copying
        if letter in "dSH":
            return b""
        self.copying = b""
        if letter == "c":
            said = wire.command_complete("COPY 1")
        else:
            said = self._failed({**ERROR, "C": "57014", "M": "COPY from stdin failed"})
        if began == b"Q":
            return said + wire.ready(self.status[0])
        self.skipping = said[:1] == b"E"
        return said

    def _failed(self, fields: dict[str, str]) -> bytes:
        if self.status == b"T":
            self.status = b"E"
        return wire.fields_frame(b"E", fields)

    def _run(self, sql: str, hidden: bool) -> bytes:
        word = sql.split(maxsplit=1)[0].upper().rstrip("(") if sql.strip() else ""
        if not word:
            return wire.EMPTY_QUERY_RESPONSE
        ends = word in ("ROLLBACK", "COMMIT", "END", "ABORT")
        partly = word == "ROLLBACK" and " TO " in sql.upper()
        if self.status == b"E" and not ends:
            return self._failed({**ERROR, "C": "25P02"})
        if sql.strip() == "refused" or (self.fails and not hidden and self.dice.one_in(self.fails)):
            if ends and not partly:
                self.status = b"I"
            return self._failed(ERROR)
        tag = word
        if ends and not partly:
            tag = "ROLLBACK" if self.status == b"E" else word
            self.status = b"I"
        elif partly:
            self.status = b"T" if self.status != b"I" else b"I"
        elif word in ("BEGIN", "START"):
            self.status, tag = b"T", "BEGIN"
        elif word == "COPY":
            return wire.message(b"G", b"\0\0\0") if "FROM" in sql.upper() else self._copied_out()
        if word not in ("SELECT", "VALUES", "SHOW", "WITH", "TABLE"):
            return wire.command_complete({"INSERT": "INSERT 0 1"}.get(tag, tag))
        count = self.dice.randrange(4)
        values = [sql.encode()[:50] * self.dice.choice([1, 1, 1, 40])]
        if hidden:
            values = [SECRET]
            if sql == catalog_sql():
                values = [b"public", b"t", b"a\x1fb", SECRET, b"t_pkey", b"a", b"", b"public", b""]
            elif "bigint" in sql:  # numbers of jobs
                values = [b"1"]
            elif "datname" in sql:
                values = [self.dice.choice([b"defaultdb", b"postgres", b"~hidden~"])]
        cells = b"".join(len(value).to_bytes(4, "big") + value for value in values)
        row = wire.message(b"D", len(values).to_bytes(2, "big") + cells)
        described = b"" if hidden else wire.message(b"T", b"\0\1c\0" + bytes(18))
        return described + row * count + wire.command_complete(f"SELECT {count}")

    def _copied_out(self) -> bytes:
        data = wire.message(b"d", b"1\tx\n" * self.dice.choice([0, 1, 500]))
        return (
            wire.message(b"H", b"\0\0\0")
            + data * 2
            + wire.message(b"c", b"")
            + wire.command_complete("COPY 2")
        )

    def _extended(self, letter: str, payload: bytes) -> bytes:
        try:
            if letter == "P":
                (name, sql), _ = wire.cstrings(payload, 2)
                text = sql.decode()
                if self.status == b"E" and text.split(" ")[0].upper() not in ("ROLLBACK", "COMMIT", ""):
                    return self._failed({**ERROR, "C": "25P02"})
                if text == "refused" or (name and name in self.statements):
                    return self._failed({**ERROR, "C": "42P05"})
                self.statements[name] = text
                return wire.message(b"1", b"")
            if letter == "B":
                (portal, name), _ = wire.cstrings(payload, 2)
                if name not in self.statements or (portal and portal in self.portals):
                    return self._failed({**ERROR, "C": "26000"})
                self.portals[portal] = self.statements[name], name.startswith(b"\x01")
                return wire.message(b"2", b"")
            if letter == "E":
                (portal,), rest = wire.cstrings(payload, 1)
                if portal not in self.portals:
                    return self._failed({**ERROR, "C": "34000"})
                sql, hidden = self.portals[portal]
                if not hidden and payload[rest:] == b"\0\0\0\1" and sql.startswith("SELECT"):
                    return wire.message(b"s", b"")
                said = self._run(sql, hidden)
                if said[:1] == b"T":
                    said = said[1 + int.from_bytes(said[1:5], "big") :]
                if said[:1] == b"G":
                    self.copying = b"E"
                return said
            (name,), _ = wire.cstrings(payload[1:], 1)
            if letter == "C":
                (self.statements if payload[:1] == b"S" else self.portals).pop(name, None)
                return wire.message(b"3", b"")
            known = name in (self.statements if payload[:1] == b"S" else self.portals)
            if not known:
                return self._failed({**ERROR, "C": "26000"})
            said = wire.message(b"t", b"\0\0") if payload[:1] == b"S" else b""
            return said + self.dice.choice([wire.message(b"n", b""), wire.message(b"T", b"\0\0")])
        except (wire.ProtocolError, UnicodeDecodeError):
            return self._failed({**ERROR, "C": "08P01", "M": "invalid message format"})
