"""Our front beside a bare relay of bytes and PostgreSQL itself, in one run, turn by turn.

What a table shows: the median time that one action takes a client, over the rounds, and the front's time
divided by the relay's: the median of the rounds' own ratios, so that what disturbs the machine for a while
disturbs both sides of a ratio. Clients and servers share the cores, so with 10 and 50 clients the times say
how much work the machine does for each action, all told; with one they say how long an answer takes.
"""

from __future__ import annotations

import contextlib
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

import psycopg2

from scripts.bench.load import Clients
from scripts.bench.servers import Way, ways
from scripts.bench.upgrade import REVISIONS, upgrades
from scripts.bench.workloads import TABLES, WORKLOADS

CLIENTS = (1, 10, 50)
SECONDS = 0.1
"""How long clients act in one turn."""
TURNS = 3
"""Of short turns there are so many in a round."""
UPGRADE_TARGET = 1.2
UPGRADE_ROUNDS = 5
_HEAD = f"{'':28} clients    direct     relay     front   front/relay          target"


def measure(rounds: int) -> None:
    """Print the table. Raises RuntimeError if a client fails."""
    print(f"{'':28}         PostgreSQL   TLS relay  our front")
    print(_HEAD, flush=True)
    with contextlib.ExitStack() as closing:
        directory = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        clients = closing.enter_context(Clients(max(CLIENTS)))
        three = closing.enter_context(ways())
        for way in three:
            _fill(way)
        for workload, (_, target) in WORKLOADS.items():
            for number in CLIENTS:
                times: list[list[float]] = [[] for _ in three]
                for turn in range(TURNS * rounds):
                    order = list(zip(three, times, strict=True))
                    for way, spent in order if turn % 2 == 0 else reversed(order):
                        spent.append(clients.run(number, workload, way.parameters(), SECONDS))
                _print(workload, number, times, target)
        for number in CLIENTS:
            times = upgrades(clients, three, number, UPGRADE_ROUNDS, directory)
            _print(f"alembic, {REVISIONS:,} revisions", number, times, UPGRADE_TARGET)


def _fill(way: Way) -> None:
    session = psycopg2.connect(**way.parameters())
    session.autocommit = True
    with session.cursor() as cursor:
        for statement in TABLES:
            cursor.execute(statement)
    session.close()


def _print(name: str, clients: int, times: Sequence[Sequence[float]], target: float) -> None:
    direct, relay, front = (statistics.median(each) for each in times)
    ratios = [ours / floor for ours, floor in zip(times[2], times[1], strict=True)]
    ratio = statistics.median(ratios)
    held = "holds" if ratio <= target else "missed"
    print(
        f"{name:28} {clients:7} {_time(direct):>9} {_time(relay):>9} {_time(front):>9}"
        f"   {ratio:5.2f} [{min(ratios):.2f} … {max(ratios):.2f}]   {target:.2f} {held}",
        flush=True,
    )


def _time(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1e3:.2f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f} µs"
