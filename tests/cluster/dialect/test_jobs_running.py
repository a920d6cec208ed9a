"""A job that runs: seen by other sessions, canceled by them, awaited by them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import psycopg2
import pytest

from ..conftest import Client

INDEX = "SELECT {} FROM [SHOW JOBS] WHERE description LIKE 'CREATE INDEX held%'"


@pytest.fixture
def held(client: Client) -> Iterator[tuple[Client, Future[list]]]:
    """The session whose transaction holds up CREATE INDEX in another one, and that statement's end."""
    client.rows("CREATE TABLE busy (k INT PRIMARY KEY, v INT)")
    holder, builder = Client(client.url), Client(client.url)
    holder.rows("BEGIN")
    holder.rows("INSERT INTO busy VALUES (1, 1)")
    with ThreadPoolExecutor(1) as pool:
        index = pool.submit(builder.rows, "CREATE INDEX held_up ON busy (v)")
        try:
            deadline = time.monotonic() + 10
            while client.column(INDEX.format("status"))[:1] != ["running"]:
                assert time.monotonic() < deadline and not index.done()
            yield holder, index
        finally:
            holder.connection.close()
            builder.connection.close()
    client.rows("DROP TABLE busy")


def test_a_running_job_is_seen_and_awaited(client: Client, held: tuple[Client, Future[list]]) -> None:
    holder, index = held
    [(status, finished, fraction)] = client.rows(
        INDEX.format("status, finished, fraction_completed") + " LIMIT 1"
    )
    assert (status, finished, fraction) == ("running", None, 0)
    number = client.one(INDEX.format("job_id") + " LIMIT 1")
    waiter = Client(client.url)
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(waiter.rows, f"SELECT status FROM [SHOW JOB WHEN COMPLETE {number}]")
        assert not index.done()
        assert not done.done()
        holder.rows("COMMIT")
        index.result(10)
        assert done.result(10) == [("succeeded",)]
    waiter.connection.close()


def test_a_canceled_job_undoes_the_change(client: Client, held: tuple[Client, Future[list]]) -> None:
    """pkg/jobs/registry.go, errJobCanceled; docs, "CANCEL JOB"."""
    number = client.one(INDEX.format("job_id") + " LIMIT 1")
    client.rows(f"CANCEL JOB {number}")
    assert client.tag == "CANCEL JOBS 1"
    with pytest.raises(psycopg2.Error) as caught:
        held[1].result(10)
    assert (caught.value.pgcode, caught.value.diag.message_primary) == ("XXUUU", "job canceled by user")
    [(status, error)] = client.rows(f"SELECT status, error FROM [SHOW JOB WHEN COMPLETE {number}]")
    assert (status, error) == ("canceled", "job canceled by user")
    assert client.one("SELECT count(*) FROM [SHOW INDEXES FROM busy] WHERE index_name = 'held_up'") == 0
    assert client.error(f"CANCEL JOB {number}").message == f"job {number}: not cancelable"


def test_pausing_it_is_refused(client: Client, held: tuple[Client, Future[list]]) -> None:
    number = client.one(INDEX.format("job_id") + " LIMIT 1")
    assert client.error(f"PAUSE JOB {number}").sqlstate == "0A000"
    client.rows(f"RESUME JOB {number}")
    held[0].rows("ROLLBACK")
    held[1].result(10)
