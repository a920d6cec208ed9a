"""Until a client is let in: the start of the protocol, encryption, and the password. Without sockets.

Sources: PostgreSQL documentation, "Message Flow: Start-up" and "SASL Authentication"; CockroachDB's answers
from pkg/sql/pgwire (server.go, auth.go, testdata/auth/scram, secure_non_tls).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from enum import Enum, auto

from cluster.embedded.front import scram, wire

_LARGEST_STARTUP = 10_000  # bytes, as in PostgreSQL (MAX_STARTUP_PACKET_LENGTH)
_LARGEST_PASSWORD = 65_536
_NEWEST_MINOR = 2
NOT_SECURE = "node is running secure mode, SSL connection required"
_MOCK_SECRET = secrets.token_bytes(32)


class Want(Enum):
    """What the handshake needs from the server before it can go on."""

    BYTES = auto()
    TLS = auto()  # the reply is out; every byte from here on is TLS
    CANCEL = auto()  # relay the cancellation (key), then close
    VERIFIER = auto()  # look up the user's verifier and call challenge()
    SESSION = auto()  # the password was right
    CLOSE = auto()  # send what there is, and close


class Phase(Enum):
    """Where the handshake is."""

    STARTUP = auto()
    LOOKUP = auto()
    FIRST = auto()
    FINAL = auto()
    DONE = auto()


@dataclass(slots=True)
class Handshake:
    """feed() the client's bytes; out gathers what to send."""

    secure: bool = False
    out: list[bytes] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict)
    key: tuple[int, bytes] = (0, b"")
    rest: bytes = b""
    _phase: Phase = Phase.STARTUP
    _exchange: scram.Exchange | None = None

    @property
    def user(self) -> str:
        """Who wants in."""
        return self.parameters.get("user", "")

    @property
    def database(self) -> str:
        """Which database; CockroachDB's default is defaultdb."""
        return self.parameters.get("database") or "defaultdb"

    def feed(self, data: bytes) -> Want:
        """Take bytes. Raises wire.ProtocolError for what cannot be understood."""
        self.rest += data
        while True:
            want = self._startup() if self._phase is Phase.STARTUP else self._password()
            if want is not None:
                return want

    def challenge(self, verifier: scram.Verifier | None) -> None:
        """Go on with the user's verifier; None: there is none, and the client must not notice."""
        self._exchange = scram.Exchange(verifier or scram.mock_verifier(self.user, _MOCK_SECRET))
        self.out.append(wire.message(b"R", (10).to_bytes(4, "big") + scram.MECHANISM + b"\0\0"))
        self._phase = Phase.FIRST

    def refuse(self, sqlstate: str, text: str, hint: str | None = None) -> Want:
        """End with an error, of CockroachDB's severity."""
        self.out.append(wire.error(sqlstate, text, hint=hint))
        self._phase = Phase.DONE
        return Want.CLOSE

    def _startup(self) -> Want | None:
        if len(self.rest) < 8:
            return Want.BYTES
        length = int.from_bytes(self.rest[:4], "big")
        if not 8 <= length <= _LARGEST_STARTUP:
            raise wire.ProtocolError("invalid length of startup packet")
        if len(self.rest) < length:
            return Want.BYTES
        code = int.from_bytes(self.rest[4:8], "big")
        body, self.rest = self.rest[8:length], self.rest[length:]
        if code == wire.SSL_REQUEST and not self.secure:
            if self.rest:  # bytes that came before TLS could be a stranger's (CVE-2021-23214)
                raise wire.ProtocolError("received unencrypted data after SSL request")
            self.out.append(b"S")
            self.secure = True
            return Want.TLS
        if code == wire.GSS_REQUEST and not self.secure:
            self.out.append(b"N")
            return None
        if code == wire.CANCEL_REQUEST:
            self.key = (int.from_bytes(body[:4], "big"), body[4:])
            return Want.CANCEL
        if code >> 16 != 3:
            return self.refuse("08P01", f"unknown protocol version {code}")
        if not self.secure:
            return self.refuse("08P01", NOT_SECURE)
        return self._accept(code & 0xFFFF, wire.startup_parameters(body))

    def _accept(self, minor: int, parameters: dict[str, str]) -> Want:
        unknown = [name for name in parameters if name.startswith("_pq_.")]
        self.parameters = {name: value for name, value in parameters.items() if name not in unknown}
        if minor > _NEWEST_MINOR or minor == 1 or unknown:
            best = min(minor, _NEWEST_MINOR) if minor != 1 else 0
            body = (wire.PROTOCOL_3_0 | best).to_bytes(4, "big") + len(unknown).to_bytes(4, "big")
            self.out.append(wire.message(b"v", body + b"".join(name.encode() + b"\0" for name in unknown)))
        if not self.user:
            return self.refuse("28000", "no user specified")
        if self.parameters.get("replication", "off").lower() not in ("off", "false", "no", "0"):
            return self.refuse("0A000", "replication connections are not supported by the embedded cluster")
        encoding = self.parameters.get("client_encoding", "utf8").strip("'\"").lower().replace("-", "")
        if encoding not in ("utf8", "unicode"):
            return self.refuse("0A000", f'unimplemented client encoding: "{encoding}"')
        self._phase = Phase.LOOKUP
        return Want.VERIFIER

    def _password(self) -> Want | None:
        if self._phase not in (Phase.FIRST, Phase.FINAL) or len(self.rest) < 5:
            if len(self.rest) > _LARGEST_PASSWORD:
                raise wire.ProtocolError("too many bytes before the login is done")
            return Want.BYTES
        length = int.from_bytes(self.rest[1:5], "big")
        if self.rest[:1] != b"p" or not 4 <= length <= _LARGEST_PASSWORD:
            raise wire.ProtocolError("expected a password message")
        if len(self.rest) < length + 1:
            return Want.BYTES
        body, self.rest = self.rest[5 : length + 1], self.rest[length + 1 :]
        assert self._exchange is not None
        try:
            if self._phase is Phase.FIRST:
                (mechanism,), end = wire.cstrings(body, 1)
                if mechanism != scram.MECHANISM:
                    raise scram.ScramError("another mechanism")
                answer = self._exchange.first(body[end + 4 :])
                self.out.append(wire.message(b"R", (11).to_bytes(4, "big") + answer))
                self._phase = Phase.FINAL
                return None
            answer = self._exchange.final(body)
        except scram.ScramError:
            return self.refuse("28P01", f"password authentication failed for user {self.user}")
        self.out += (wire.message(b"R", (12).to_bytes(4, "big") + answer), wire.AUTHENTICATION_OK)
        self._phase = Phase.DONE
        return Want.SESSION
