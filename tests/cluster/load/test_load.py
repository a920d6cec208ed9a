"""A short run of the load and of the faults (`make load` is the long one); the audit sees what is wrong."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

import cluster
from tests.cluster.load import books, clients, faults


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cluster's home that survives a crash: fsync is on."""
    monkeypatch.delenv("CLUSTER_FSYNC", raising=False)
    yield tmp_path / "home"
    cluster.reset(tmp_path / "home")


def test_the_sum_never_changes(running: cluster.Cluster) -> None:
    url = faults.url_of(running)
    books.prepare(url("defaultdb"), "load_bank")
    report = asyncio.run(clients.Bank(lambda: url("load_bank")).run(30, 6))
    report.wrong += books.check(url("load_bank"), None, set())
    with psycopg.connect(url("defaultdb"), autocommit=True) as session:
        session.execute("DROP DATABASE load_bank CASCADE")
    assert report.sound(), report
    assert report.committed >= 10, report
    assert report.retries.total() and report.sums and report.migrations, report


def test_no_acknowledged_transfer_is_lost(home: Path, tmp_path: Path) -> None:
    report = asyncio.run(faults.rounds(home, tmp_path / "ledger", 15, 3, between=0.5))
    assert report.sound(), report
    assert report.reconnects, report


def test_the_audit_sees_a_loss_and_a_forgery(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    ledger.write_text("t1\nt2\n")
    rows = [("t1", 1, 2, 5), ("t3", 1, 2, 5), ("t4", 1, 2, 5)]
    assert books.audit(iter(rows), ledger, {"t4"}) == [
        "1 acknowledged transfers are lost: ['t2']",
        "1 transfers that nobody made: ['t3']",
    ]
    assert books.audit(iter(rows[:1]), ledger, set())[0].startswith("1 acknowledged")


def test_postgresql_that_stands_still_is_waited_for(running: cluster.Cluster) -> None:
    """SIGSTOP for a while: clients wait, nothing breaks, and a client of the front alone is served."""
    url = faults.url_of(running)("defaultdb")
    servers = psutil.Process(cluster.status(running.home).pids["postgres"])
    with psycopg.connect(url, autocommit=True) as session:
        stopped = [servers, *servers.children(recursive=True)]
        for each in stopped:
            each.send_signal(signal.SIGSTOP)
        try:
            session.pgconn.send_query(b"SELECT 'waited'")
            session.pgconn.flush()
            with pytest.raises(psycopg.OperationalError, match="SSL connection required"):
                psycopg.connect(url.replace("sslmode=require", "sslmode=disable"))
            assert session.pgconn.is_busy()
        finally:
            for each in reversed(stopped):
                each.send_signal(signal.SIGCONT)
        result = session.pgconn.get_result()
        assert result is not None and result.get_value(0, 0) == b"waited"
        assert session.pgconn.get_result() is None


def test_a_stop_under_load_leaves_nothing(home: Path) -> None:
    os.environ["CLUSTER_FSYNC"] = "off"
    url = faults.url_of(cluster.start(home))
    books.prepare(url("defaultdb"), "stopped")
    processes = [psutil.Process(pid) for pid in cluster.status(home).pids.values()]
    processes += [child for each in processes for child in each.children(recursive=True)]
    bank = clients.Bank(lambda: url("stopped"), faults=True)

    async def stop() -> None:
        while bank.report.committed < 5:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(cluster.stop, home)
        bank.stop.set()

    with pytest.raises(ExceptionGroup) as ended, pytest.MonkeyPatch.context() as patch:
        patch.setattr(clients, "PATIENCE", 1.0)  # nobody comes back
        asyncio.run(bank.run(10, 0, meanwhile=stop))
    assert all(isinstance(each, clients.Hangs) for each in ended.value.exceptions)
    assert not bank.report.errors, bank.report
    assert not [each for each in processes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
