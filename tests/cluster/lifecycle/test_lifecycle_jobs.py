"""The jobs outlive the processes that ran them."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor

import psycopg2

from .conftest import Place, connect

JOBS = (
    "SELECT description, status, error FROM [SHOW JOBS] WHERE job_type <> 'SCHEMA CHANGE GC' ORDER BY job_id"
)


def test_jobs_are_there_after_a_restart_and_what_ran_does_not_run_for_ever(place: Place, kill) -> None:
    url = place.start().url("defaultdb")
    with contextlib.closing(connect(url)) as holder, contextlib.closing(connect(url)) as builder:
        for session in (holder, builder):
            session.autocommit = True
        with holder.cursor() as cursor:
            cursor.execute("CREATE TABLE t (k INT PRIMARY KEY, v INT)")
            cursor.execute("ALTER TABLE t ADD COLUMN w INT")
            cursor.execute("BEGIN")
            cursor.execute("INSERT INTO t VALUES (1, 1)")
            with ThreadPoolExecutor(1) as pool:
                index = pool.submit(builder.cursor().execute, "CREATE INDEX i ON t (v)")
                while len(place.query(JOBS)) < 2:
                    assert not index.done()
                kill(*place.pids().values())
                with contextlib.suppress(psycopg2.Error):
                    index.result(10)
    place.start()
    done, lost = place.query(JOBS)
    assert done == ("ALTER TABLE defaultdb.public.t ADD COLUMN w INT8", "succeeded", "")
    assert lost[:2] == ("CREATE INDEX i ON defaultdb.public.t (v)", "failed")
    assert "shows whether it took effect" in lost[2]
