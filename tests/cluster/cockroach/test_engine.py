"""The life of a node: start, again, stop, start, reset. The stand-in takes the program's place."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pexpect
import psutil
import psycopg2
import pytest

import cluster
from cluster.certificates import make
from cluster.cockroach import engine, node
from tests.cluster.lifecycle.conftest import ROOT, Place, wait_gone


def test_start_and_stop_say_what_is(place: Place) -> None:
    kind = r"\(cockroach: CockroachDB itself: one node on this machine, its data on disk\)\.\n"
    said = rf"on 127\.0\.0\.1:\d+ {kind}"
    assert re.fullmatch(f"The cluster now runs {said}", place.run("start").stdout)
    assert re.fullmatch(f"The cluster runs already {said}", place.run("start").stdout)
    assert place.run("stop").stdout == "The cluster is stopped. Its data is kept.\n"
    assert place.run("stop").stdout == "No cluster runs here.\n"


def test_start_twice_is_one_node(lasting: Place) -> None:
    pids = lasting.pids()
    again = lasting.start()
    assert (again.changed, lasting.pids()) == (False, pids)
    assert set(pids) == {"cockroach"}


def test_what_a_cluster_says_of_itself(lasting: Place) -> None:
    found = lasting.start()
    assert (found.engine, found.version, found.user) == ("cockroach", "v26.2.4", "demo")
    assert found.password not in repr(found)
    status = lasting.status()
    assert (status["running"], status["engine"], status["version"]) == (True, "cockroach", "v26.2.4")


def test_demo_may_make_databases(lasting: Place) -> None:
    """As an admin can: CREATE USER alone gives nobody that right."""
    lasting.query("CREATE DATABASE made_by_demo")
    lasting.query("DROP DATABASE made_by_demo CASCADE")


def test_stop_keeps_the_data_and_the_port(lasting: Place) -> None:
    before = lasting.start()
    pid = lasting.pids()["cockroach"]
    assert cluster.stop(lasting.home) is True
    wait_gone(pid)
    assert cluster.stop(lasting.home) is False
    assert cluster.status(lasting.home).running is False
    again = lasting.start()
    assert (again.changed, again.port, again.password) == (True, before.port, before.password)
    assert lasting.query("SELECT id FROM kept") == [(42,)]


def test_stop_drains(lasting: Place) -> None:
    """SIGTERM, not SIGKILL: the node says that it went the whole way."""
    cluster.stop(lasting.home)
    assert (lasting.home / "cockroach.log").read_text().endswith("server drained and shutdown completed\n")


def test_a_killed_node_comes_back_with_its_data(lasting: Place, kill) -> None:
    lasting.query("INSERT INTO kept VALUES (43)")
    kill(lasting.pids()["cockroach"])
    assert cluster.status(lasting.home).running is False
    assert lasting.start().changed is True
    assert lasting.query("SELECT id FROM kept ORDER BY id") == [(42,), (43,)]
    lasting.query("DELETE FROM kept WHERE id = 43")


def test_a_node_that_hangs_is_started_anew(lasting: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "HEALTHY", 0.3)
    monkeypatch.setattr(node, "END", ((signal.SIGTERM, 0.1), (signal.SIGKILL, 5.0)))
    hanging = lasting.pids()["cockroach"]
    os.kill(hanging, signal.SIGSTOP)
    said: list[str] = []
    assert lasting.start(progress=said.append).changed is True
    assert said[0] == "The cluster does not answer: restarting it"
    assert lasting.pids()["cockroach"] != hanging
    assert lasting.query("SELECT id FROM kept") == [(42,)]


@pytest.mark.parametrize("content", [None, "{", "[]", '{"node": "x", "port": 1}', '{"node": 1, "port": 1}'])
def test_a_node_that_nobody_wrote_down(lasting: Place, content: str | None) -> None:
    """Its store is in use: a second node on it could not start."""
    (lasting.home / "running.json").unlink()
    if content is not None:
        (lasting.home / "running.json").write_text(content)
    assert lasting.start().changed is True
    assert lasting.query("SELECT id FROM kept") == [(42,)]


def test_a_password_that_was_changed(lasting: Place) -> None:
    lasting.query("ALTER USER demo WITH PASSWORD 'another'")
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        lasting.query("SELECT 1")
    said: list[str] = []
    lasting.start(progress=said.append)
    assert "The password of the user demo was changed: setting it back" in said
    assert lasting.query("SELECT id FROM kept") == [(42,)]


def test_the_certificate_can_be_verified(lasting: Place, tmp_path: Path) -> None:
    found = lasting.start()
    url = found.url("defaultdb").replace("cockroachdb:", "postgresql:").replace("=require", "=verify-full")
    psycopg2.connect(url, sslrootcert=str(found.certificate)).close()
    make(tmp_path / "other.crt", tmp_path / "other.key")
    with pytest.raises(psycopg2.OperationalError, match="certificate verify failed"):
        psycopg2.connect(url, sslrootcert=str(tmp_path / "other.crt"))


def test_secrets_are_private(lasting: Place) -> None:
    for name in ("password", "running.json", "certs/node.key", "certs/client.root.key", "ca/ca.key"):
        assert stat.S_IMODE((lasting.home / name).stat().st_mode) == 0o600, name
    for name in ("certs", "ca"):
        assert stat.S_IMODE((lasting.home / name).stat().st_mode) == 0o700, name


def test_no_secret_in_a_command_line(lasting: Place) -> None:
    command = psutil.Process(lasting.pids()["cockroach"]).cmdline()
    assert lasting.start().password not in " ".join(command)


def test_only_the_loopback_interface(lasting: Place) -> None:
    found = psutil.Process(lasting.pids()["cockroach"]).net_connections("inet")
    ports = [each.laddr for each in found if each.status == psutil.CONN_LISTEN]
    assert [(each.ip, each.port) for each in ports] == [("127.0.0.1", lasting.start().port)]


def test_it_cannot_copy_databases(lasting: Place) -> None:
    running = lasting.start()
    assert cluster.keep(running, "defaultdb", "name") is False
    assert cluster.bring_back(running, "name", "defaultdb") is False


def test_the_logs(lasting: Place) -> None:
    """What the process printed, and the node's own log in its store."""
    said = lasting.run("logs").stdout
    assert "CockroachDB node starting" in said
    assert said.endswith("node startup completed\n")


def test_sql_from_the_command_line(lasting: Place) -> None:
    assert "| 42 |" in lasting.run("sql", "-e", "SELECT id FROM kept").stdout


def test_the_shell_in_a_terminal_is_cockroachdbs(lasting: Place) -> None:
    environment = os.environ | {"CLUSTER_HOME": str(lasting.home), "TERM": "dumb"}
    shell = pexpect.spawn(
        sys.executable, ["-m", "cluster", "sql"], cwd=ROOT, env=environment, encoding="utf-8", timeout=20
    )
    try:
        shell.expect_exact("Welcome to the CockroachDB SQL shell.")
        shell.expect_exact(f"demo@127.0.0.1:{lasting.start().port}/defaultdb> ")
        [child] = psutil.Process(shell.pid).children()
        assert lasting.start().password not in " ".join(child.cmdline())
        shell.sendline("SELECT id + 1 FROM kept;")
        shell.expect_exact("43")
        shell.sendline("\\q")
        shell.expect(pexpect.EOF)
    finally:
        shell.close()
    assert shell.exitstatus == 0


def test_two_starts_at_once(place: Place) -> None:
    command = [sys.executable, "-m", "cluster", "start"]
    environment = os.environ | {"CLUSTER_HOME": str(place.home)}
    both = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = sorted(each.communicate(timeout=60)[0].split(" on ")[0] for each in both)
    assert [each.returncode for each in both] == [0, 0]
    assert said == ["The cluster now runs", "The cluster runs already"]


def test_reset_deletes_what_it_made_and_nothing_else(place: Place) -> None:
    place.start()
    pid = place.pids()["cockroach"]
    (place.home / "notes.txt").write_text("a learner's")
    assert cluster.reset(place.home) is True
    assert [entry.name for entry in place.home.iterdir()] == ["notes.txt"]
    wait_gone(pid)
    (place.home / "notes.txt").unlink()
    assert cluster.reset(place.home) is False


def test_any_path_will_do(tmp_path: Path, place: Place) -> None:
    """Commas separate the fields of --store."""
    place.home = tmp_path / "with spaces, commas=ümlauts & 'quotes'"
    place.start()
    assert place.query("SELECT 1") == [(1,)]
    assert cluster.reset(place.home) is True


def test_a_users_own_variables_do_not_matter(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "COCKROACH_URL": "postgresql://root@192.0.2.1:26257/defaultdb",
        "COCKROACH_HOST": "192.0.2.1",
        "COCKROACH_INSECURE": "true",
        "COCKROACH_CERTS_DIR": "/nowhere",
        "COCKROACH_CA_KEY": "/nowhere/ca.key",
        "COCKROACH_USER": "nobody",
        "PGHOST": "192.0.2.1",
        "PGSSLMODE": "disable",
    }.items():
        monkeypatch.setenv(name, value)
    place.start()
    monkeypatch.delenv("PGSSLMODE")
    assert place.query("SELECT 1") == [(1,)]
