"""The front's state machine under any bytes, of clients and of PostgreSQL.

Nothing but the protocol's own error comes out of it; what it says is well formed on both sides; each Query
and Sync gets its ReadyForQuery; what it keeps stays small; and a client that goes on properly is answered.
"""

from __future__ import annotations

from itertools import pairwise

from cluster.embedded.front import scram, wire
from cluster.embedded.front.handshake import Handshake, Want
from cluster.embedded.front.port import Request
from cluster.embedded.front.relay import Relay
from cluster.embedded.front.session import Session
from cluster.embedded.front.shared import Shared
from tests.fuzz import corpus
from tests.fuzz.postgres import CRASHED, ERROR, SECRET, TERMINATED, Postgres, frames
from tests.fuzz.run import Dice, Family

NAMES = [b"", b"", b"a", b"b", "é".encode(), b"x" * 70]
STATEMENTS = [
    "SELECT 1", "SELECT 1; SELECT 2", "BEGIN", "COMMIT", "ROLLBACK", "END", "ABORT", "BEGIN; BEGIN",
    "SAVEPOINT cockroach_restart", "ROLLBACK TO SAVEPOINT cockroach_restart",
    "RELEASE SAVEPOINT cockroach_restart", "BEGIN; SAVEPOINT cockroach_restart; SELECT 1",
    "SELECT 1; BEGIN; FOO", "FOO", "USE postgres", "USE nowhere", "USE defaultdb",
    "CREATE DATABASE IF NOT EXISTS fuzz", "DROP DATABASE IF EXISTS fuzz", "DROP DATABASE defaultdb",
    "ALTER DATABASE defaultdb RENAME TO other", "CREATE TABLE t (a INT8 PRIMARY KEY)", "DROP TABLE t",
    "SELECT * FROM t", "INSERT INTO t VALUES (1)", "UPSERT INTO t VALUES (1)", "COPY t (a) FROM STDIN",
    "COPY t FROM STDIN", "COPY (SELECT 1) TO STDOUT", "SELECT $1::INT", "SET autocommit_before_ddl = off",
    "SET autocommit_before_ddl = on", "SET inject_retry_errors_enabled = on", "RESET ALL", "DISCARD ALL",
    "", ";", "SET inject_retry_errors_enabled = off", "SET search_path = x", "SET LOCAL timezone = 'UTC'",
    "SHOW TABLES", "CREATE TABLE a (k INT); CREATE TABLE b (k INT); SELECT 1",
    "INSERT INTO t (a) VALUES (1); CREATE INDEX i ON t (a)", "DO $$x$$", "PREPARE p AS SELECT 1",
    "EXECUTE p", "SELECT 'é😀'", "BEGIN; COPY t (a) FROM STDIN; COMMIT",
]  # fmt: skip
BACKLOG = 4 << 20


class World:
    """A session between a client that does anything and a Postgres, all of it in memory."""

    def __init__(self, dice: Dice, *, odd: int = 0, fails: int = 0, chunks: bool = False) -> None:
        self.dice = dice
        self.odd, self.fails, self.chunks = odd, fails, chunks
        self.postgres = Postgres(dice, odd, fails)
        self.databases = {"defaultdb", "postgres"}
        self.received: list[bytes] = []
        self.closed = False
        self.cut = False  # the backend's connection is gone
        self._pending: list[bytes] = []
        self._wanted: list[str] = []
        self._works: list[Request] = []
        self.session = Session(self, Shared(), "demo", "defaultdb")
        self.session.begin({"application_name": "fuzz", "nonsense": "1"})
        self.settle()
        self.received.clear()

    # -- Port

    def to_client(self, data: bytes) -> None:
        self.received.append(data)

    def to_backend(self, data: bytes) -> None:
        self._pending.append(data)

    def reconnect(self, database: str) -> None:
        self._wanted.append(database)

    def close(self) -> None:
        self.closed = True

    def cancel(self) -> None:
        """Nothing runs here that could be cancelled."""

    def work(self, request: Request) -> None:
        self._works.append(request)

    # -- what happens

    def feed(self, data: bytes) -> None:
        """The client's bytes, in one piece or in several, with PostgreSQL's answers in between or after."""
        for part in self._parts(data):
            self.session.feed_client(part)
            if not self.chunks or self.dice.one_in(2):
                self.settle()

    def settle(self) -> None:
        """Let PostgreSQL answer until nothing moves any more."""
        for _ in range(10_000):
            if self._pending and not self.cut:
                pending = b"".join(self._pending)
                self._pending.clear()
                for part in self._parts(self.postgres.answer(pending)):
                    self.session.feed_backend(part)
            elif self._works:
                request = self._works.pop(0)
                assert request.work is not None
                request.work()
                self.session.worked(request)
            elif self._wanted:
                name = self._wanted.pop(0)
                refused = None if name in self.databases else {**ERROR, "C": "3D000"}
                if refused is None:
                    self._pending.clear()
                    self.cut = False
                    self.postgres = Postgres(self.dice, self.odd, self.fails)
                self.session.reconnected(refused)
            else:
                return
        raise AssertionError("the front and PostgreSQL talk without end")

    def lose(self, fields: dict[str, str] | None) -> None:
        """PostgreSQL goes, with these last words."""
        self._pending.clear()
        self.cut = True
        if fields is not None:
            self.session.feed_backend(wire.fields_frame(b"E", fields))
        self.session.backend_lost()
        self.settle()

    def told(self) -> list[tuple[int, bytes]]:
        """What the client has received, taken apart and looked at."""
        found = frames(b"".join(self.received))
        for kind, payload in found:
            assert kind in b"12 3CDEGHINRSTZcdnstAKv".replace(b" ", b""), f"no message of a server: {kind:#x}"
            assert SECRET not in payload, "a row of the front's own statement"
            if kind in b"EN":
                _fields(payload, kind)
            if kind == ord("Z"):
                assert payload in (b"I", b"T", b"E")
        return found

    def _parts(self, data: bytes) -> list[bytes]:
        if not self.chunks or len(data) < 2:
            return [data] if data else []
        if self.dice.one_in(3) and len(data) < 3000:
            return [data[at : at + 1] for at in range(len(data))]
        places = sorted(self.dice.randrange(len(data)) for _ in range(self.dice.randrange(1, 5)))
        cuts = [0, *places, len(data)]
        return [data[one:other] for one, other in pairwise(cuts) if one < other]


def _fields(payload: bytes, kind: int) -> None:
    """An error's fields: letters with text, an empty one at the end."""
    assert payload[-1:] == b"\0", "an error without its end"
    parts = payload[:-1].split(b"\0")
    letters = [part[:1] for part in parts if part]
    assert len(set(letters)) == len(letters)
    assert all(letter in b"SVCMDHWstcdn?" for letter in letters), f"no field of an error: {letters}"
    if kind == ord("E"):
        assert {b"S", b"V", b"C", b"M"} <= set(letters), f"an error without {payload!r}"


# -- messages of clients ----------------------------------------------------------------------------------


def message(dice: Dice) -> bytes:
    """One message of a client, well formed; what is in it may lie."""
    sql = dice.choice(STATEMENTS) if not dice.one_in(8) else dice.choice(corpus.statements())
    if dice.one_in(100):
        sql += " " * 40_000  # translated beside
    name, portal = dice.choice(NAMES), dice.choice(NAMES)
    either = dice.choice([b"S" + name, b"P" + portal]) + b"\0"
    match dice.randrange(14):
        case 0 | 1 | 2:
            return wire.query(sql)
        case 3 | 4:
            types = dice.choice([b"\0\0", b"\0\1\0\0\0\x14", b"\x7f\xff", b"", bytes(9)])
            return wire.parse(name, sql, types)
        case 5 | 6:
            lies = dice.choice(
                [bytes(6), bytes(6), b"\0\1\0\1\0\1\0\0\0\1x\0\0", b"\xff\xff", b"\0\0\0\5", b""]
            )
            return wire.message(b"B", portal + b"\0" + name + b"\0" + lies)
        case 7 | 8:
            return wire.message(
                b"E", portal + b"\0" + dice.choice([bytes(4), b"\0\0\0\1", b"\xff\xff\xff\xff"])
            )
        case 9:
            return wire.message(b"D", either)
        case 10:
            return wire.message(b"C", either)
        case 11:
            copying = [wire.message(b"d", b"5\n"), wire.message(b"c", b""), wire.message(b"f", b"no\0")]
            return dice.choice(copying)
    return dice.choice([wire.SYNC, wire.SYNC, wire.FLUSH])


def conversation(dice: Dice) -> list[bytes]:
    """Some messages, in any order; mostly with the Syncs that belong to them."""
    found = [message(dice) for _ in range(dice.randrange(1, 12))]
    if dice.one_in(2):
        found.append(wire.SYNC)
    return found


def _counted(sent: list[bytes], told: list[tuple[int, bytes]]) -> None:
    """Each Sync and each Query has its ReadyForQuery, but for those that the protocol swallows."""
    kinds = b"".join(each[:1] for each in sent)
    readies = sum(kind == ord("Z") for kind, _ in told)
    queries, syncs = kinds.count(b"Q"), kinds.count(b"S")
    assert readies <= queries + syncs, f"{readies} times ready for {queries} queries and {syncs} syncs"
    copied = any(kind == ord("G") for kind, _ in told)
    if not copied:
        assert readies >= syncs, f"{readies} times ready for {syncs} syncs"
        simple = not set(kinds) - set(b"QS")
        if simple or not any(kind == ord("E") for kind, _ in told):
            assert readies == queries + syncs, (
                f"{readies} times ready for {queries} queries and {syncs} syncs"
            )


def _goes_on(world: World) -> None:
    """After anything, CopyFail, Sync and ROLLBACK bring the session to answer."""
    world.feed(wire.message(b"f", b"end\0") + wire.SYNC)
    world.feed(wire.query("ROLLBACK") + wire.query("RESET ALL"))
    world.fails = world.postgres.fails = 0
    world.settle()
    if world.closed:
        return
    world.received.clear()
    world.feed(wire.query("SELECT 'marker'"))
    world.settle()
    told = world.told()
    rows = [payload for kind, payload in told if kind == ord("D")]
    assert told[-1] == (ord("Z"), b"I"), f"not ready: {told}"
    assert any(kind == ord("C") for kind, _ in told), f"no answer: {told}"
    assert all(b"marker" in row for row in rows), f"another statement's rows: {rows}"
    assert not world.session.relay.queue and not world.session.stalled
    assert not len(world.session.client)


def _small(world: World) -> None:
    session = world.session
    assert len(session.client) < BACKLOG
    assert len(session.relay.queue) < 5000
    assert len(session.portals) <= 1000
    assert len(session.statements) < 100
    assert not session.client_out and not session.backend_out


def clients(dice: Dice) -> None:
    """Whole messages, in any order, in pieces of any size."""
    sent = conversation(dice)
    dice.shown = sent
    world = World(dice, chunks=dice.one_in(2), fails=dice.choice([0, 0, 6]))
    world.feed(b"".join(sent))
    world.settle()
    _small(world)
    if not world.closed:
        _counted(sent, world.told())
    _goes_on(world)


def damaged(dice: Dice) -> None:
    """Messages with bytes changed, lost, put in; lengths that lie."""
    data = bytearray(b"".join(conversation(dice)))
    for _ in range(dice.randrange(1, 6)):
        at = dice.randrange(len(data)) if data else 0
        match dice.randrange(6):
            case 0:
                data[at : at + 1] = bytes([dice.randrange(256)])
            case 1:
                del data[at : at + dice.randrange(1, 9)]
            case 2:
                data[at:at] = bytes(dice.randrange(256) for _ in range(dice.randrange(1, 6)))
            case 3:
                lengths = [0, 3, 4, 5, 0x7FFFFFFF, -1, -0x80000000, 16 << 20, (16 << 20) + 5, 1 << 24]
                length = dice.choice(lengths)
                data[at:at] = bytes([dice.choice(b"QPBEDCSHXdcfpF\0\xff")]) + length.to_bytes(
                    4, "big", signed=True
                )
            case 4:
                data[at:at] = message(dice)
            case 5:
                del data[at:]
    dice.shown = bytes(data)
    world = World(dice, chunks=dice.one_in(2), fails=dice.choice([0, 6]))
    world.feed(bytes(data))
    world.settle()
    _small(world)
    told = world.told()
    if world.closed and told and data[:1] != b"X":
        last = [kind for kind, _ in told if kind in b"EZ"]
        assert last or b"X" in data, "closed without a word"


def servers(dice: Dice) -> None:
    """PostgreSQL says odd but legal things, fails, and goes; in pieces of any size."""
    sent = conversation(dice)
    dice.shown = sent
    world = World(dice, odd=dice.choice([0, 2, 5]), fails=dice.choice([0, 3, 10]), chunks=True)
    half = dice.randrange(len(sent) + 1)
    world.feed(b"".join(sent[:half]))
    if dice.one_in(3):
        world.lose(dice.choice([TERMINATED, CRASHED, None, {**TERMINATED, "C": "57P03"}]))
    if dice.one_in(4):
        world.databases.discard("defaultdb")
    world.feed(b"".join(sent[half:]))
    world.settle()
    _small(world)
    world.told()
    if not world.closed and not world.session.gone:
        _goes_on(world)


# -- before the session -----------------------------------------------------------------------------------

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


def pieces(dice: Dice) -> None:
    """Frames cut at any byte come out whole, in order; a length that cannot be is an error at once."""
    sent = [message(dice) for _ in range(dice.randrange(1, 8))]
    data = b"".join(sent)
    dice.shown = data
    cutter, found, at = wire.Frames(), [], 0
    while at < len(data):
        size = dice.choice([1, 2, 5, 40, 1000])
        cutter.feed(data[at : at + size])
        found += list(cutter)
        at += size
    assert found == sent
    assert not len(cutter)
    length = dice.choice([-1, 0, 3, 0x7FFFFFFF, (16 << 20) + 5])
    cutter.feed(b"Q" + length.to_bytes(4, "big", signed=True))
    try:
        next(cutter)
    except wire.ProtocolError:
        assert length < 4
    except wire.TooLarge:
        assert length > wire.MAX_MESSAGE
    else:
        raise AssertionError("a length that no message has")


def relays(dice: Dice) -> None:
    """PostgreSQL's bytes come out the same in pieces of any size as in one."""
    sent = b"".join(dice.choice(REPLIES) for _ in range(dice.randrange(1, 12)))
    dice.shown = sent
    whole, parts = _relayed([sent]), _relayed(World._parts(_Chopped(dice), sent))
    assert parts == whole, f"{parts!r} in pieces, {whole!r} in one"


class _Chopped:
    chunks = True

    def __init__(self, dice: Dice) -> None:
        self.dice = dice


def _relayed(parts: list[bytes]) -> bytes:
    out: list[bytes] = []
    relay = Relay(out, lambda: None, lambda: None)
    for part in parts:
        relay.feed(part)
    return b"".join(out)


REPLIES = [
    wire.message(b"D", b"\0\1\0\0\0\1x"),
    wire.message(b"D", b"\0\1\0\0\0\1x") * 20, wire.message(b"D", b"x" * 5000),
    wire.message(b"T", b"\0\1c\0" + bytes(18)), wire.command_complete("SELECT 1"),
    wire.message(b"d", b"y" * 3000), wire.fields_frame(b"E", ERROR), wire.fields_frame(b"N", ERROR),
    wire.parameter_status("TimeZone", "UTC"), wire.parameter_status("search_path", "x"),
    wire.message(b"1", b""), wire.message(b"n", b""),
]  # fmt: skip


FAMILIES = [
    Family("clients", "a client's messages in any order, in any pieces", 60_000, clients),
    Family("damaged", "messages with wrong bytes and lengths", 50_000, damaged),
    Family("servers", "PostgreSQL fails, goes, says odd things", 50_000, servers),
    Family("handshakes", "start-up packets, TLS requests, passwords", 80_000, handshakes),
    Family("pieces", "frames cut anywhere", 50_000, pieces),
    Family("relays", "PostgreSQL's frames cut anywhere", 50_000, relays),
]
