"""kill -9 in the middle of the load, a start, and no acknowledged transfer is lost."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import Callable
from pathlib import Path

import cluster
from tests.cluster.load import books, clients

VICTIMS = (("front",), ("postgres",), ("front", "postgres"))


def url_of(running: cluster.Cluster) -> Callable[[str], str]:
    """The URL of a database of this cluster, as libpq takes it."""
    return lambda database: running.url(database).replace("cockroachdb://", "postgresql://")


async def rounds(
    home: Path, ledger: Path, count: int, times: int, seed: int = 1, between: float = 2.0
) -> clients.Report:
    """So many times: load (for about `between` seconds), kill -9, start. Gives the report, books and all."""
    ledger.touch()
    # After a kill another program may have taken the port: the clients ask for the URL each time.
    url = url_of(await asyncio.to_thread(cluster.start, home))
    await asyncio.to_thread(books.prepare, url("defaultdb"), "ledger")
    bank = clients.Bank(lambda: url("ledger"), faults=True, ledger=ledger)
    dice = random.Random(seed)

    async def kill() -> None:
        nonlocal url
        for number in range(times):
            before = bank.report.committed
            await asyncio.sleep(between * (0.5 + dice.random()))
            while bank.report.committed == before:
                await asyncio.sleep(0.01)
            pids = cluster.status(home).pids
            for victim in VICTIMS[number % len(VICTIMS)]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pids[victim], signal.SIGKILL)
            url = url_of(await asyncio.to_thread(cluster.start, home))

    report = await bank.run(count, between, seed=seed, meanwhile=kill)
    report.wrong += await asyncio.to_thread(books.check, url("ledger"), ledger, report.unknown)
    return report
