"""The ordinary life of a cluster: start, again, stop, start, reset."""

from __future__ import annotations

import os
import socket
import ssl
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

import cluster

from .conftest import ROOT, Place


def test_start_twice_is_one_cluster(lasting: Place) -> None:
    first = lasting.start()
    pids = lasting.pids()
    second = lasting.start()
    assert (second.port, second.password, lasting.pids()) == (first.port, first.password, pids)
    assert second.changed is False


def test_what_a_cluster_says_of_itself(lasting: Place) -> None:
    found = lasting.start()
    assert (found.engine, found.version, found.host) == ("embedded", "v26.2.4", "127.0.0.1")
    assert found.home == lasting.home
    assert found.password not in repr(found)


def test_one_version_everywhere(lasting: Place) -> None:
    lasting.start()
    assert f" {cluster.COCKROACHDB} " in lasting.query("SELECT version()")[0][0]


def test_the_databases_of_a_new_cluster(lasting: Place) -> None:
    lasting.start()
    for database in ("defaultdb", "postgres"):
        assert lasting.query("SELECT current_database()", database) == [(database,)]


def test_stop_keeps_the_data(lasting: Place) -> None:
    lasting.start()
    pids = lasting.pids().values()
    assert cluster.stop(lasting.home) is True
    assert [pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"] == []
    assert cluster.stop(lasting.home) is False
    assert lasting.start().changed is True
    assert lasting.query("SELECT id FROM kept") == [(42,)]


def test_a_stopped_cluster_comes_back_on_its_port(lasting: Place) -> None:
    lasting.start()
    cluster.stop(lasting.home)
    with socket.socket() as chosen:  # a port of the system's choice, not the first free one from 26257 on
        chosen.bind(("127.0.0.1", 0))
        port = chosen.getsockname()[1]
    assert lasting.start(port=port).port == port
    cluster.stop(lasting.home)
    assert lasting.start().port == port


def test_secrets_are_private(lasting: Place) -> None:
    lasting.start()
    sockets = Path(lasting.running()["sockets"])
    data = (lasting.home / "server" / "data").resolve()
    for path in [lasting.home / name for name in ("password", "key.pem", "running.json", "front.json")]:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    for path in (sockets, data):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700, path


def test_only_the_loopback_interface(lasting: Place) -> None:
    lasting.start()
    ports = []
    for process in lasting.processes():
        ports += [each.laddr for each in process.net_connections("inet") if each.status == psutil.CONN_LISTEN]
    assert {each.ip for each in ports} == {"127.0.0.1"}
    assert {each.port for each in ports} == {lasting.running()["port"]}


def test_the_certificate_can_be_verified(lasting: Place) -> None:
    found = lasting.start()
    context = ssl.create_default_context(cafile=found.certificate)
    with socket.create_connection((found.host, found.port)) as raw:
        raw.sendall(b"\x00\x00\x00\x08\x04\xd2\x16\x2f")  # SSLRequest
        assert raw.recv(1) == b"S"
        with context.wrap_socket(raw, server_hostname="127.0.0.1") as secure:
            assert secure.version() == "TLSv1.3"


def test_two_starts_at_once(place: Place) -> None:
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "cluster", "start"],
            env=os.environ | {"CLUSTER_HOME": str(place.home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = sorted(each.communicate(timeout=60)[0].split(" (")[0] for each in both)
    assert [each.returncode for each in both] == [0, 0]
    port = place.running()["port"]
    assert said == [
        f"The cluster now runs on 127.0.0.1:{port}",
        f"The cluster runs already on 127.0.0.1:{port}",
    ]
    fronts = [each for each in place.processes() if "cluster.embedded.front" in each.cmdline()]
    assert len(fronts) == 1


def test_reset_deletes_what_it_made_and_nothing_else(place: Place) -> None:
    place.start()
    room = (place.home / "server").resolve()
    (place.home / "notes.txt").write_text("a learner's")
    assert cluster.reset(place.home) is True
    assert [entry.name for entry in place.home.iterdir()] == ["notes.txt"]
    assert not room.exists()
    assert place.processes() == []
    (place.home / "notes.txt").unlink()
    assert cluster.reset(place.home) is False


@pytest.mark.parametrize(
    "home",
    [
        pytest.param("with spaces, ümlauts & 'quotes'", id="odd characters"),
        pytest.param(
            "/".join(["a-very-long-directory-name"] * 8), id="far longer than a socket's path may be"
        ),
    ],
)
def test_any_path_will_do(tmp_path: Path, place: Place, home: str) -> None:
    place.home = tmp_path / home
    place.start()
    assert place.query("SELECT 1") == [(1,)]
    assert cluster.reset(place.home) is True


def test_a_relative_home(tmp_path: Path, place: Place) -> None:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    environment = {"CLUSTER_HOME": "sub/home", "PYTHONPATH": path}
    place.home = tmp_path / "sub" / "home"
    place.run("start", cwd=tmp_path, env=environment)
    assert place.query("SELECT 1") == [(1,)]
    place.run("stop", cwd=tmp_path, env=environment)


def test_importing_is_light() -> None:
    heavy = "psycopg2 psycopg cryptography sqlalchemy psutil asyncio subprocess"
    script = f"import cluster, sys; print([name for name in {heavy.split()} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_users_own_settings_of_libpq_do_not_matter(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PGOPTIONS": "-c search_path=nowhere -c statement_timeout=1",
        "PGHOST": "192.0.2.1",
        "PGSSLMODE": "disable",
        "PGCHANNELBINDING": "require",
        "PGDATA": "/nowhere",
        "LC_ALL": "de_DE.UTF-8",
    }.items():
        monkeypatch.setenv(name, value)
    place.start()
