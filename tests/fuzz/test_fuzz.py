"""A short run of every family (`make fuzz` is the long one), and that the fuzzer can find anything at all."""

from __future__ import annotations

import pytest

from cluster.embedded.dialect import functions, scanner
from cluster.embedded.front import relay, wire
from tests.fuzz.__main__ import FAMILIES
from tests.fuzz.rewriter import FAMILIES as REWRITER
from tests.fuzz.run import Finding, stretch

SEED = 26
INPUTS = 10_000


def findings(name: str, count: int) -> list[Finding]:
    return stretch(FAMILIES[name], SEED, 0, count)


@pytest.mark.parametrize("name", FAMILIES)
def test_nothing_breaks(name: str) -> None:
    shares = sum(family.share for family in FAMILIES.values())
    found = findings(name, max(10, INPUTS * FAMILIES[name].share // shares))
    assert not found, "\n".join(map(str, found))


def test_a_literal_that_postgresql_reads_on_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it was once: behind e'a' and a new line, '\\'' was a literal without escapes."""
    monkeypatch.setattr(scanner, "_GOES_ON", scanner.re.compile("(?!)"))
    monkeypatch.setattr(scanner, "_GOES_ON_IN_POSTGRES", scanner.re.compile("(?!)"))
    assert findings("literals", 3000)


def test_a_rule_that_fails_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(functions, "_if", lambda name, inner, close: [][0])
    assert findings("words", 2000) or findings("mutated", 2000)


def test_a_forgotten_answer_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "ready", lambda status: b"")
    assert findings("clients", 100)


def test_frames_torn_wrongly_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    feed = relay.Relay.feed
    monkeypatch.setattr(
        relay.Relay, "feed", lambda self, data: feed(self, data[: len(data) - (len(data) == 7)])
    )
    assert findings("relays", 500)


def test_what_never_ends_would_be_found() -> None:
    """Each family has its limit of time."""
    assert all(family.seconds <= 10 for family in REWRITER)
