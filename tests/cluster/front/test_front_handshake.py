"""Until a client is let in: encryption, versions, passwords, and everything that is refused."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from cluster.certificates import make
from cluster.embedded.front import scram, tls, wire
from cluster.embedded.front.handshake import Handshake, Want

from .conftest import told


def startup(version: int = wire.PROTOCOL_3_0, **parameters: str) -> bytes:
    packet = wire.startup_packet(parameters.items())
    return packet[:4] + version.to_bytes(4, "big") + packet[8:]


def request(code: int) -> bytes:
    return (8).to_bytes(4, "big") + code.to_bytes(4, "big")


def errors(hands: Handshake) -> list[dict[str, str]]:
    return [wire.parse_fields(frame[5:]) for frame in hands.out if frame[:1] == b"E"]


def test_gss_no_ssl_yes() -> None:
    hands = Handshake()
    assert hands.feed(request(wire.GSS_REQUEST)) is Want.BYTES
    assert hands.feed(request(wire.SSL_REQUEST)) is Want.TLS
    assert hands.out == [b"N", b"S"]


def test_bytes_before_tls_are_refused() -> None:
    with pytest.raises(wire.ProtocolError, match="unencrypted data after SSL request"):
        Handshake().feed(request(wire.SSL_REQUEST) + b"Q")


@pytest.mark.parametrize(
    ("secure", "packet", "sqlstate", "words"),
    [
        # pkg/sql/pgwire/testdata/auth/secure_non_tls
        (False, startup(user="demo"), "08P01", "node is running secure mode, SSL connection required"),
        (True, startup(database="bank"), "28000", "no user specified"),
        (True, startup(user="demo", client_encoding="latin1"), "0A000", 'client encoding: "latin1"'),
        (True, startup(user="demo", replication="database"), "0A000", "replication"),
        (True, startup(version=2 << 16, user="demo"), "08P01", "unknown protocol version"),
    ],
)
def test_refused_at_startup(secure: bool, packet: bytes, sqlstate: str, words: str) -> None:
    hands = Handshake(secure=secure)
    assert hands.feed(packet) is Want.CLOSE
    [fields] = errors(hands)
    assert fields["C"] == sqlstate
    assert words in fields["M"]


@pytest.mark.parametrize("length", [0, 7, 10_001, 0x7FFFFFFF])
def test_lengths_that_no_startup_has(length: int) -> None:
    with pytest.raises(wire.ProtocolError):
        Handshake(secure=True).feed(length.to_bytes(4, "big") + bytes(4))


@pytest.mark.parametrize(
    ("version", "parameters", "minor", "unknown"),
    [
        ((3 << 16) | 2, {}, None, 0),
        ((3 << 16) | 9999, {}, 2, 0),
        ((3 << 16) | 1, {}, 0, 0),
        (3 << 16, {"_pq_.shiny": "on"}, 0, 1),
    ],
)
def test_protocol_versions(version: int, parameters: dict[str, str], minor: int | None, unknown: int) -> None:
    hands = Handshake(secure=True)
    assert hands.feed(startup(version, user="demo", **parameters)) is Want.VERIFIER
    if minor is None:
        assert hands.out == []
    else:
        assert hands.out[0][5:9] == ((3 << 16) | minor).to_bytes(4, "big")
        assert hands.out[0][9:13] == unknown.to_bytes(4, "big")
    assert (hands.user, hands.database) == ("demo", "defaultdb")


def test_a_cancel_request() -> None:
    hands = Handshake()
    packet = (
        (16).to_bytes(4, "big") + wire.CANCEL_REQUEST.to_bytes(4, "big") + (7).to_bytes(4, "big") + b"abcd"
    )
    assert hands.feed(packet) is Want.CANCEL
    assert hands.key == (7, b"abcd")


def password(body: bytes) -> bytes:
    return wire.message(b"p", body)


@pytest.mark.parametrize(
    "message",
    [
        password(b"SCRAM-SHA-256-PLUS\0\0\0\0\0"),
        password(b"SCRAM-SHA-256\0\0\0\0\3abc"),
        password(b"hunter2\0"),
    ],
)
def test_a_wrong_login_is_told_as_cockroachdb_does(message: bytes) -> None:
    hands = Handshake(secure=True)
    hands.feed(startup(user="demo"))
    hands.challenge(None)
    hands.out.clear()
    assert hands.feed(message) is Want.CLOSE
    [fields] = errors(hands)
    assert (fields["C"], fields["M"]) == ("28P01", "password authentication failed for user demo")


def test_no_password_message_at_all() -> None:
    hands = Handshake(secure=True)
    hands.feed(startup(user="demo"))
    hands.challenge(None)
    with pytest.raises(wire.ProtocolError, match="expected a password message"):
        hands.feed(wire.query("SELECT 1"))


def test_the_challenge_names_one_mechanism() -> None:
    hands = Handshake(secure=True)
    hands.feed(startup(user="demo"))
    hands.challenge(scram.Verifier(4096, bytes(16), bytes(32), bytes(32)))
    assert hands.out == [wire.message(b"R", b"\0\0\0\x0aSCRAM-SHA-256\0\0")]
    assert told(hands.out[0]) == ["R"]


# -- TLS -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    place: Path = tmp_path_factory.mktemp("tls")
    make(place / "cert.pem", place / "key.pem")
    return tls.server_context(str(place / "cert.pem"), str(place / "key.pem"))


class Client:
    """A TLS client in memory."""

    def __init__(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_alpn_protocols(["postgresql"])
        self.received, self.sent = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.secure = context.wrap_bio(self.received, self.sent)

    def shake(self, server: tls.Tls) -> None:
        for _ in range(4):
            try:
                self.secure.do_handshake()
            except ssl.SSLWantReadError:
                server.feed(self.sent.read())
                self.received.write(server.pending())
        server.feed(self.sent.read())


def test_tls_there_and_back_byte_by_byte(context: ssl.SSLContext) -> None:
    client, server = Client(), tls.Tls(context)
    client.shake(server)
    assert server.established
    client.secure.write(b"a question")
    plain = b"".join(server.feed(bytes([byte])) for byte in client.sent.read())
    assert plain == b"a question"
    client.received.write(server.encrypt(b"x" * 100_000))
    answer = b""
    while len(answer) < 100_000:
        answer += client.secure.read(65536)
    assert answer == b"x" * 100_000


def test_tls_goodbye(context: ssl.SSLContext) -> None:
    client, server = Client(), tls.Tls(context)
    client.shake(server)
    with pytest.raises(ssl.SSLWantReadError):
        client.secure.unwrap()
    assert server.feed(client.sent.read()) == b""
    assert server.closed


def test_what_is_not_tls(context: ssl.SSLContext) -> None:
    with pytest.raises(ssl.SSLError):
        tls.Tls(context).feed(b"GET / HTTP/1.1\r\n\r\n")
