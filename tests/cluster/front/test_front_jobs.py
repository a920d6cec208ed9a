"""Schema changes as jobs: what the log holds after each way in which a statement can end."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path

import pytest

from cluster.embedded.dialect import Notice
from cluster.embedded.front import backend, wire
from cluster.embedded.front.job_log import JobLog, Record
from cluster.embedded.front.port import Request

from .conftest import Rig, extended, told

TRUNCATE = "TRUNCATE TABLE defaultdb.public.t"
DUPLICATE = {"S": "ERROR", "V": "ERROR", "C": "23505", "M": 'could not create unique index "u"'}
MISSING = {"S": "ERROR", "V": "ERROR", "C": "42P01", "M": 'relation "t" does not exist'}
CANCELED = {"S": "ERROR", "V": "ERROR", "C": "57014", "M": "canceling statement due to user request"}
SQL = 'TRUNCATE TABLE "t"'


def states(rig: Rig) -> list[tuple[str, str, str]]:
    """The jobs that are no garbage collection: description, status, error."""
    found = sorted(rig.session.shared.jobs.known.values(), key=lambda each: int(each["id"]))
    return [
        (each["description"], each["status"], each["error"]) for each in found if "GC" not in each["kind"]
    ]


@pytest.mark.parametrize("simple", [True, False])
def test_a_schema_change_is_a_job_that_succeeds_and_leaves_garbage(rig: Rig, simple: bool) -> None:
    rig.query("TRUNCATE t") if simple else rig.extended("TRUNCATE t")
    assert states(rig) == [(TRUNCATE, "succeeded", "")]
    [garbage] = [each for each in rig.session.shared.jobs.known.values() if "GC" in each["kind"]]
    assert (garbage["description"], garbage["status"]) == (f"GC for {TRUNCATE}", "running")


@pytest.mark.parametrize("simple", [True, False])
def test_a_job_that_fails_says_why(rig: Rig, simple: bool) -> None:
    rig.postgres.fails[SQL] = DUPLICATE
    rig.query("TRUNCATE t") if simple else rig.extended("TRUNCATE t")
    why = 'failed to ingest index entries during backfill: duplicate key value violates unique constraint "u"'
    assert states(rig) == [(TRUNCATE, "failed", why)]


@pytest.mark.parametrize("simple", [True, False])
def test_the_client_is_told_the_jobs_number(rig: Rig, simple: bool) -> None:
    """docs v26.2, "Online schema changes"."""
    rig.query("TRUNCATE t") if simple else rig.extended("TRUNCATE t")
    [number] = [each["id"] for each in rig.session.shared.jobs.known.values() if "GC" not in each["kind"]]
    told = f"waiting for job(s) to complete: {number}\n"
    told += "If the statement is canceled, jobs will continue in the background."
    assert wire.notice(Notice(told)) in rig.received


def test_who_wants_no_notices_gets_none(rig: Rig) -> None:
    rig.query("SET client_min_messages = warning")
    assert rig.query("TRUNCATE t") == ["C TRUNCATE", "Z I"]


def test_a_statement_that_is_wrong_was_no_job(rig: Rig) -> None:
    rig.postgres.fails[SQL] = MISSING
    assert rig.query("TRUNCATE t") == ["E 42P01", "Z I"]
    assert states(rig) == []


def test_a_job_is_not_blamed_for_what_ran_before_it_in_the_batch(rig: Rig) -> None:
    rig.query("SET autocommit_before_ddl = off")
    rig.postgres.fails["INSERT INTO t (k) VALUES (1)"] = {**DUPLICATE, "M": "duplicate key value"}
    assert rig.query("INSERT INTO t (k) VALUES (1); TRUNCATE t") == ["E 23505", "Z I"]
    assert states(rig) == []


def test_what_an_implicit_transaction_rolls_back_has_not_succeeded(rig: Rig) -> None:
    rig.query("SET autocommit_before_ddl = off")
    rig.postgres.fails[" SELECT 1"] = MISSING
    assert rig.query("TRUNCATE t; SELECT 1") == ["C TRUNCATE", "E 42P01", "Z I"]
    assert states(rig) == []


def test_the_changes_of_a_transaction_are_jobs_at_its_commit(rig: Rig) -> None:
    rig.query("SET autocommit_before_ddl = off")
    rig.query("BEGIN; DROP SEQUENCE q; DROP SEQUENCE r")
    assert states(rig) == []
    rig.query("COMMIT")
    dropped = [f"DROP SEQUENCE defaultdb.public.{name}" for name in "qr"]
    assert states(rig) == [(each, "succeeded", "") for each in dropped]
    kinds = {each["kind"] for each in rig.session.shared.jobs.known.values() if "GC" not in each["kind"]}
    assert kinds == {"SCHEMA CHANGE"}


def test_what_a_transaction_does_to_its_own_tables_is_no_job(rig: Rig) -> None:
    rig.query("SET autocommit_before_ddl = off")
    rig.query("BEGIN; CREATE TABLE t (k INT); TRUNCATE t; COMMIT")
    assert states(rig) == []


def test_a_rolled_back_transaction_leaves_no_job(rig: Rig) -> None:
    rig.query("SET autocommit_before_ddl = off")
    rig.query("BEGIN; TRUNCATE t")
    rig.query("ROLLBACK")
    assert states(rig) == []


def running(rig: Rig) -> Record:
    """Send a schema change that PostgreSQL has not answered yet."""
    rig.session.feed_client(wire.query("TRUNCATE t"))
    [found] = rig.session.shared.jobs.running.values()
    return found.record


def test_a_job_is_seen_while_it_runs_and_may_be_canceled_by_another_session(rig: Rig) -> None:
    record = running(rig)
    assert states(rig) == [(TRUNCATE, "running", "")]
    other = Rig()
    other.session.shared = rig.session.shared
    other.postgres.run_rows = [[str(record["id"])]]
    assert other.query(f"CANCEL JOB {record['id']}") == ["C CANCEL JOBS 1", "Z I"]
    assert rig.canceled == 1
    assert states(rig) == [(TRUNCATE, "cancel-requested", "")]
    rig.postgres.fails[SQL] = CANCELED
    rig.received = b""
    rig.settle()
    assert b"job canceled by user" in rig.received
    assert states(rig) == [(TRUNCATE, "canceled", "job canceled by user")]


def test_cancel_job_is_answered_when_postgresql_has_been_told(rig: Rig) -> None:
    """Else what the job waits for might come to its end first, and the job succeed."""
    record = running(rig)
    other = Rig()
    other.session.shared = rig.session.shared
    other.postgres.run_rows = [[str(record["id"])]]
    works: list[Request] = []
    other.work = works.append
    assert other.query(f"CANCEL JOB {record['id']}") == []
    [request] = works
    assert request.work is not None
    request.work()
    assert rig.canceled == 1
    other.session.worked(request)
    other.settle()
    assert told(other.received) == ["C CANCEL JOBS 1", "Z I"]


def test_a_cancellation_comes_back_when_postgresql_closes_its_connection(tmp_path: Path) -> None:
    path = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as postgres:
        postgres.bind(path)
        postgres.listen()
        caller = threading.Thread(target=backend.cancel, args=(path, (7, b"secret")))
        caller.start()
        told_of, _ = postgres.accept()
        with told_of:
            assert told_of.recv(100) == bytes((0, 0, 0, 18, 4, 210, 22, 46, 0, 0, 0, 7)) + b"secret"
            caller.join(0.2)
            assert caller.is_alive()
        caller.join()


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("CANCEL", ": not cancelable"),
        ("PAUSE", "job with state succeeded cannot be requested to be paused"),
        ("RESUME", "job with state succeeded cannot be resumed"),
    ],
)
@pytest.mark.parametrize("simple", [True, False])
def test_a_job_that_is_done_cannot_be_told_anything(
    rig: Rig, command: str, message: str, simple: bool
) -> None:
    """pkg/jobs/update.go."""
    rig.query("TRUNCATE t")
    [number] = [each["id"] for each in rig.session.shared.jobs.known.values() if "GC" not in each["kind"]]
    rig.postgres.run_rows = [[str(number)]]
    rig.received = b""
    sql = f"{command} JOB {number}"
    lines = rig.query(sql) if simple else rig.send(*extended(sql), wire.SYNC)
    assert lines[-2:] == ["E XXUUU", "Z I"]
    assert message.encode() in rig.received


def test_a_job_of_a_lost_session_does_not_run_for_ever(rig: Rig) -> None:
    running(rig)
    rig.session.end()
    [(_, status, why)] = states(rig)
    assert status == "failed"
    assert "the table shows whether it took effect" in why


def test_the_log_outlives_the_front_and_a_torn_line(tmp_path: Path, rig: Rig) -> None:
    path = tmp_path / "jobs"
    first = JobLog(str(path))
    first.open()
    rig.session.shared.jobs = first
    record = running(rig)
    first.close()
    with path.open("ab") as file:
        file.write(b'{"id": 1, "kind"')
    second = JobLog(str(path))
    second.open()
    assert second.known[record["id"]]["status"] == "failed"
    second.close()
    last = path.read_text().splitlines()[-1]
    assert json.loads(last)["id"] == record["id"]


def test_the_log_stays_small_and_keeps_the_newest(tmp_path: Path) -> None:
    path = tmp_path / "jobs"
    log = JobLog(str(path))
    log.open()
    record: Record = {"kind": "SCHEMA CHANGE", "description": "x" * 500, "status": "succeeded", "error": ""}
    for number in range(10_000):
        log.write({**record, "id": number})
    log.close()
    assert path.stat().st_size < 4 * 2**20
    again = JobLog(str(path))
    again.open()
    assert max(again.known) == 9999
    again.close()
