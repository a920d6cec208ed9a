"""python -m tests.cluster.load: a minute of load, then some rounds of kill -9, on a cluster of its own."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import shutil
import sys
import tempfile
from pathlib import Path

import cluster
from notebook_tools.sandbox import forget_persons_cluster
from tests.cluster.load import books, clients, faults


def main() -> int:
    """Gives 1 when something was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.cluster.load")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=6, help="of kill -9")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    forget_persons_cluster()  # kill -9 is for our own alone
    home = Path(tempfile.mkdtemp(prefix="cluster-load-"))
    try:
        sound = load(home, arguments.clients, arguments.seconds, arguments.seed)
        sound &= kills(home, arguments.clients, arguments.rounds, arguments.seed)
    finally:
        with contextlib.suppress(cluster.ClusterError):
            cluster.reset(home)
        shutil.rmtree(home, ignore_errors=True)
    return 0 if sound else 1


def load(home: Path, count: int, seconds: float, seed: int) -> bool:
    """Transfers with schema changes in between."""
    url = faults.url_of(cluster.start(home))
    books.prepare(url("defaultdb"), "bank")
    print(f"{count} clients, {seconds:.0f} s, schema changes in between:")
    report = asyncio.run(clients.Bank(lambda: url("bank")).run(count, seconds, seed=seed))
    report.wrong += books.check(url("bank"), None, set())
    print(report, flush=True)
    return report.sound()


def kills(home: Path, count: int, rounds: int, seed: int) -> bool:
    """kill -9 of the front, of PostgreSQL, and of both, in turns; and a start each time."""
    print(f"{count} clients, {rounds} rounds of kill -9:")
    with tempfile.TemporaryDirectory() as directory:
        report = asyncio.run(faults.rounds(home, Path(directory) / "ledger", count, rounds, seed))
    print(report, flush=True)
    return report.sound()


if __name__ == "__main__":
    sys.exit(main())
