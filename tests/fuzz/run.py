"""Families of inputs, and how they are tried: counted, timed, and repeatable."""

from __future__ import annotations

import random
import signal
import time
import traceback
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

HANGS = 60
"""Seconds after which an input counts as one that never ends."""


class Dice(random.Random):
    """What an input is made from. shown: the input itself, for whom it breaks."""

    def __init__(self, seed: int, family: str, number: int) -> None:
        super().__init__((seed << 64) ^ (zlib.crc32(family.encode()) << 32) ^ number)
        self.shown: Any = None

    def one_in(self, count: int) -> bool:
        """True once in so many."""
        return self.random() * count < 1


@dataclass(frozen=True)
class Family:
    """One kind of input. share: how many of a million. seconds: of processor time that one may take."""

    name: str
    about: str
    share: int
    attempt: Callable[[Dice], None]
    seconds: float = 3.0


@dataclass(frozen=True)
class Finding:
    """An input that broke something."""

    family: str
    seed: int
    number: int
    shown: str
    trace: str

    def __str__(self) -> str:
        again = f"python -m tests.fuzz {self.family} --seed {self.seed} --only {self.number}"
        return f"{self.trace}\ninput: {self.shown}\nagain: {again}"


class Hang(Exception):
    """An input did not end."""


@contextmanager
def _watched() -> Iterator[None]:
    def hang(number: int, frame: object) -> None:
        raise Hang

    before = signal.signal(signal.SIGALRM, hang)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def attempt(family: Family, seed: int, number: int) -> Finding | None:
    """Make one input and try it. Gives what it broke."""
    dice = Dice(seed, family.name, number)
    signal.setitimer(signal.ITIMER_REAL, HANGS)
    started = time.process_time()
    try:
        family.attempt(dice)
        took = time.process_time() - started
        assert took < family.seconds, f"took {took:.1f} s of processor time"
    except Exception:
        return Finding(family.name, seed, number, repr(dice.shown)[:5000], traceback.format_exc(limit=-12))
    return None


def stretch(family: Family, seed: int, first: int, count: int, most: int = 3) -> list[Finding]:
    """Try count inputs from number first on; stops after so many findings."""
    found: list[Finding] = []
    with _watched():
        for number in range(first, first + count):
            if (finding := attempt(family, seed, number)) is not None:
                found.append(finding)
                if len(found) == most:
                    break
    return found
