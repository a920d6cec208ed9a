"""A session whose client and PostgreSQL do anything: it speaks well, stays small, and goes on."""

from __future__ import annotations

from cluster.embedded.front import wire
from tests.fuzz.messages import conversation, message
from tests.fuzz.postgres import CRASHED, TERMINATED
from tests.fuzz.run import Dice
from tests.fuzz.world import World

BACKLOG = 4 << 20


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
