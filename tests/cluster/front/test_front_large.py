"""Messages of more than 16 MiB: refused in CockroachDB's words, and the session goes on."""

from __future__ import annotations

import pytest

from cluster.embedded.front import wire

from .conftest import Rig, extended, told

LIMIT = 64
LONG = "SELECT '" + "x" * LIMIT + "'"


@pytest.fixture(autouse=True)
def _limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MAX_MESSAGE", LIMIT)


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (16 * 2**20 + 1, "16 MiB"),
        (18 * 2**20, "18 MiB"),
        (2**20, "1.0 MiB"),
        (3 * 2**29, "1.5 GiB"),
    ],
)
def test_the_words(size: int, shown: str) -> None:
    assert str(wire.TooLarge(0, size)) == (
        f"message size {shown} bigger than maximum allowed message size 16 MiB"
    )


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_what_follows_is_taken(rig: Rig, size: int) -> None:
    sent = (
        wire.query(LONG)
        + wire.query("SELECT 1")
        + b"".join(extended(LONG))
        + wire.SYNC
        + wire.query("SELECT 1")
    )
    rig.received = b""
    for at in range(0, len(sent), size):
        rig.session.feed_client(sent[at : at + size])
    rig.settle()
    answer = ["C SELECT 0", "Z I"]
    assert told(rig.received) == ["E 08P01", "Z I", *answer, "E 08P01", "Z I", *answer]
    assert rig.postgres.ran == ["refused", "SELECT 1", "refused", "SELECT 1"]
    assert not len(rig.session.client)


def test_it_aborts_the_transaction(rig: Rig) -> None:
    rig.query("BEGIN")
    assert rig.query(LONG) == ["E 08P01", "Z E"]


def test_in_a_copy_it_fails_the_copy(rig: Rig) -> None:
    rig.session.feed_client(wire.query("COPY t (a) FROM STDIN"))
    rig.session.feed_backend(wire.message(b"G", bytes(3)))
    rig.received = b""
    rig.session.feed_client(wire.message(b"d", b"x" * 2 * LIMIT))
    rig.session.feed_backend(wire.error("57014", "COPY from stdin failed") + wire.ready(ord("I")))
    assert told(rig.received) == ["E 08P01", "Z I"]
