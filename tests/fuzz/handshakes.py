"""Start-up packets and passwords: nobody is let in without theirs."""

from __future__ import annotations

from cluster.embedded.front import scram, wire
from cluster.embedded.front.handshake import Handshake, Want
from tests.fuzz.postgres import frames
from tests.fuzz.run import Dice

VERIFIER = scram.Verifier(4096, b"salt" * 4, bytes(32), bytes(32))
PARAMETERS = [
    "user",
    "database",
    "client_encoding",
    "replication",
    "options",
    "_pq_.x",
    "application_name",
    "é",
    "",
]


def handshakes(dice: Dice) -> None:
    """Start-up packets and passwords of any kind."""
    hands = Handshake(secure=dice.one_in(2))
    parts: list[bytes] = []
    for _ in range(dice.randrange(1, 5)):
        parts.append(dice.choice(OPENINGS)(dice))
    data = bytearray(b"".join(parts))
    if dice.one_in(2):
        for _ in range(dice.randrange(1, 4)):
            data[dice.randrange(len(data))] = dice.randrange(256)
    dice.shown = bytes(data)
    step = dice.choice([1, 3, len(data)])
    try:
        for at in range(0, len(data), step):
            want = hands.feed(bytes(data[at : at + step]))
            if want is Want.VERIFIER:
                hands.challenge(dice.choice([VERIFIER, None]))
            elif want in (Want.CLOSE, Want.CANCEL):
                break
            elif want is Want.SESSION:
                raise AssertionError("let in without the password")
    except wire.ProtocolError:
        pass
    assert len(hands.rest) < 100_000
    for frame in hands.out:
        if frame not in (b"S", b"N"):
            frames(frame)


def _startup(dice: Dice) -> bytes:
    pairs = [
        (dice.choice(PARAMETERS), dice.choice(["demo", "on", "-c a=b", "\\", "utf8", ""])) for _ in range(3)
    ]
    packet = wire.startup_packet([("user", "demo"), *pairs])
    version = dice.choice([3 << 16, 3 << 16, (3 << 16) | 2, (3 << 16) | 9999, 2 << 16, 1234 << 16])
    return packet[:4] + version.to_bytes(4, "big") + packet[8:]


def _request(dice: Dice) -> bytes:
    code = dice.choice([wire.SSL_REQUEST, wire.GSS_REQUEST, wire.CANCEL_REQUEST])
    body = bytes(dice.choice([0, 8, 8, 300]))
    return (8 + len(body)).to_bytes(4, "big") + code.to_bytes(4, "big") + body


def _password(dice: Dice) -> bytes:
    first = dice.choice(
        [
            b"n,,n=,r=abc", b"y,,n=,r=abc", b"p=tls-unique,,n=,r=abc", b"n,a=x,n=,r=abc", b"n,,m=x,n=,r=a",
            b"",
            b"n,,n=,r=", b"n,,n=" + b"x" * 5000 + b",r=a", b"n,,n=\xff,r=a", b"c=biws,r=abc,p=AAAA",
            b"r=abc" * 900,
            b"c=biws,r=abc,p=" + b"A" * 43 + b"=", b"c=====,r=abc,p=====",
        ]
    )  # fmt: skip
    mechanism = dice.choice([b"SCRAM-SHA-256", b"SCRAM-SHA-256-PLUS", b"MD5", b""])
    length = dice.choice([len(first), 0, -1, 0x7FFFFFFF]).to_bytes(4, "big", signed=True)
    return wire.message(b"p", dice.choice([first, mechanism + b"\0" + length + first]))


def _bytes(dice: Dice) -> bytes:
    return bytes(dice.randrange(256) for _ in range(dice.randrange(1, 40)))


OPENINGS = [_startup, _startup, _request, _password, _password, _bytes]
