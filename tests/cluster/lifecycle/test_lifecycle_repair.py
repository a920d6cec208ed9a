"""A cluster that was killed in any way starts again with everything that was committed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from cluster.embedded import account, life

from .conftest import Place, connect, wait_gone


def everything(place: Place) -> list[int]:
    return [process.pid for process in place.processes()]


def backend(place: Place) -> list[int]:
    """The PostgreSQL process that serves the client who waits in a transaction."""
    children = psutil.Process(place.pids()["postgres"]).children()
    return [child.pid for child in children if "idle in transaction" in " ".join(child.cmdline())]


@contextlib.contextmanager
def client_in_transaction(place: Place) -> Iterator[None]:
    with contextlib.closing(connect(place.start().url("defaultdb"))) as session:
        session.cursor().execute("SELECT 1")
        yield


@pytest.mark.parametrize(
    "victims",
    [
        pytest.param(lambda place: [place.pids()["postgres"]], id="postgres"),
        pytest.param(lambda place: [place.pids()["front"]], id="front"),
        pytest.param(lambda place: list(place.pids().values()), id="both"),
        pytest.param(backend, id="a backend"),
        pytest.param(everything, id="all at once"),
    ],
)
def test_killed(lasting: Place, kill, victims) -> None:
    with client_in_transaction(lasting):
        doomed = victims(lasting)
        assert doomed
        kill(*doomed)
    lasting.start()
    assert lasting.query("SELECT id FROM kept") == [(42,)]
    assert set(lasting.pids()) == {"postgres", "front"}


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells what files a process has mapped")
def test_what_a_killed_server_would_leave_lies_in_its_home(lasting: Place) -> None:
    lasting.start()
    mapped = {each.path for each in psutil.Process(lasting.pids()["postgres"]).memory_maps()}
    assert [path for path in mapped if path.startswith("/dev/shm/PostgreSQL")] == []
    assert any("/pg_dynshmem/" in path for path in mapped)


def test_the_port_stays_the_same(lasting: Place, kill) -> None:
    before = lasting.start().port
    kill(*everything(lasting))
    assert lasting.start().port == before


def test_an_orphan_that_holds_the_shared_memory(lasting: Place, kill) -> None:
    """PostgreSQL itself refuses to start beside it: "pre-existing shared memory block is still in use"."""
    with client_in_transaction(lasting):
        orphan = backend(lasting)[0]
        os.kill(orphan, signal.SIGSTOP)  # it cannot notice that its parent dies
        kill(lasting.pids()["postgres"])
    lasting.start()
    wait_gone(orphan)
    assert lasting.query("SELECT id FROM kept") == [(42,)]


def test_a_process_id_that_another_program_has_now(lasting: Place, kill) -> None:
    lasting.start()
    written = lasting.running()
    data = (lasting.home / "server" / "data").resolve()
    lock = (data / "postmaster.pid").read_text().splitlines()
    kill(*everything(lasting))
    stranger = subprocess.Popen(["sleep", "300"], **account.current().popen())
    try:
        # Both PostgreSQL's lock file and our own notes name the stranger now.
        (data / "postmaster.pid").write_text("\n".join([str(stranger.pid), *lock[1:]]) + "\n")
        written |= {"postgres": stranger.pid, "front": stranger.pid}
        (lasting.home / "running.json").write_text(json.dumps(written))
        assert lasting.status()["running"] is False
        lasting.run("stop")
        lasting.start()
        assert lasting.query("SELECT id FROM kept") == [(42,)]
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"port": "x"}', "\0\0\0"])
def test_damaged_notes_about_what_runs(lasting: Place, content: str) -> None:
    before = set(lasting.start().home.parent.glob("*")) and everything(lasting)
    (lasting.home / "running.json").write_text(content)
    lasting.start()
    assert not {pid for pid in before if psutil.pid_exists(pid)} & set(everything(lasting))
    assert lasting.query("SELECT id FROM kept") == [(42,)]


def test_stop_with_damaged_notes(lasting: Place) -> None:
    lasting.start()
    (lasting.home / "running.json").unlink()
    assert "stopped" in lasting.run("stop").stdout
    assert everything(lasting) == []


def test_a_front_that_hangs(lasting: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cluster.embedded.engine.HEALTHY", 0.3)
    monkeypatch.setattr(life, "END_FRONT", ((signal.SIGTERM, 0.1), (signal.SIGKILL, 2.0)))
    lasting.start()
    hung = lasting.pids()["front"]
    os.kill(hung, signal.SIGSTOP)
    said: list[str] = []
    lasting.start(progress=said.append)
    assert said == ["The cluster does not answer: restarting it"]
    assert lasting.pids()["front"] != hung
    assert lasting.query("SELECT id FROM kept") == [(42,)]


def test_a_start_that_was_killed(place: Place) -> None:
    """kill -9 on the first start while it makes the data: the next one begins anew."""
    begun = subprocess.Popen(
        [sys.executable, "-m", "cluster", "start"],
        env=os.environ | {"CLUSTER_HOME": str(place.home)},
        stderr=subprocess.PIPE,
    )
    assert begun.stderr is not None
    begun.stderr.readline()  # "Making a new cluster in …"
    begun.kill()
    begun.wait()
    begun.stderr.close()
    place.start()
    assert place.query("SELECT 1") == [(1,)]
    place.run("stop")
    assert everything(place) == []


def test_an_interrupted_start_leaves_nothing(place: Place) -> None:
    begun = subprocess.Popen(
        [sys.executable, "-m", "cluster", "start"],
        env=os.environ | {"CLUSTER_HOME": str(place.home)},
        stderr=subprocess.PIPE,
    )
    assert begun.stderr is not None
    begun.stderr.readline()
    begun.terminate()
    assert begun.wait(timeout=30) != 0
    begun.stderr.close()
    assert everything(place) == []
    assert not place.home.exists()


def test_the_password_was_changed_by_a_user(lasting: Place) -> None:
    lasting.start()
    lasting.superuser("ALTER ROLE demo PASSWORD 'other'")
    said: list[str] = []
    lasting.start(progress=said.append)
    assert any("setting it back" in line for line in said)
    assert lasting.query("SELECT id FROM kept") == [(42,)]


def test_newer_code_reaches_every_database(lasting: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    from cluster.embedded import dialect

    lasting.start()
    newer = (
        dialect.bootstrap_sql()
        + "\n;CREATE OR REPLACE FUNCTION public.newer() RETURNS INT8 LANGUAGE SQL AS 'SELECT 7'"
    )
    monkeypatch.setattr("cluster.embedded.state.code", lambda: "newer")
    monkeypatch.setattr("cluster.embedded.engine._dialect", lambda: newer)
    said: list[str] = []
    lasting.start(progress=said.append)
    assert said[0].startswith("The cluster's code has changed")
    assert lasting.query("SELECT public.newer()", "defaultdb") == [(7,)]
    assert lasting.query("SELECT public.newer()", "postgres") == [(7,)]
    assert lasting.query("SELECT id FROM kept") == [(42,)]


def test_a_database_that_was_half_dropped_is_cleared_away(
    lasting: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL marks one whose DROP was cut short, and lets nobody in."""
    lasting.query("CREATE DATABASE half", "defaultdb")
    lasting.superuser("UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'half'")
    assert ("half",) not in lasting.query("SELECT database_name FROM [SHOW DATABASES]", "defaultdb")
    from cluster.embedded import dialect

    newest = dialect.bootstrap_sql() + "\n-- newest"
    monkeypatch.setattr("cluster.embedded.state.code", lambda: "newest")
    monkeypatch.setattr("cluster.embedded.engine._dialect", lambda: newest)
    lasting.start()
    lasting.query("CREATE DATABASE half", "defaultdb")
    lasting.query("DROP DATABASE half", "defaultdb")


def test_newer_code_that_does_not_fit_the_data(lasting: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    import cluster

    with monkeypatch.context() as patch:
        patch.setattr("cluster.embedded.state.code", lambda: "broken")
        patch.setattr("cluster.embedded.engine._dialect", lambda: "CREATE TABLE pg_catalog.pg_class ()")
        with pytest.raises(cluster.ClusterError, match=r"refused the dialect's SQL.*python -m cluster reset"):
            lasting.start()
        assert everything(lasting) == []
    lasting.start()
    assert lasting.query("SELECT id FROM kept") == [(42,)]


def test_sockets_leave_no_litter(lasting: Place, kill) -> None:
    lasting.start()
    sockets = [Path(lasting.running()["sockets"])]
    kill(*everything(lasting))
    lasting.start()
    sockets.append(Path(lasting.running()["sockets"]))
    lasting.run("stop")
    assert [path for path in sockets if path.exists()] == []


def test_a_home_that_was_deleted_by_hand(place: Place) -> None:
    """`rm -rf .cluster` while it runs: the next start is a new cluster; nothing of the old one stays."""
    port = place.start().port
    before = everything(place)
    room = (place.home / "server").resolve()
    shutil.rmtree(place.home)
    place.start(port=port)  # raises as long as the old front is there
    wait_gone(*before)
    assert not room.exists() or room == (place.home / "server").resolve()
    assert place.query("SELECT 1") == [(1,)]
