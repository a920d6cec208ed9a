"""When a start cannot succeed: one clear line, nothing left running, no data touched."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest

import cluster
from cluster import choice, ports
from cluster.cockroach import binary
from cluster.home import Home
from tests.cluster.lifecycle.conftest import Place, wait_gone

from .conftest import program


def contents(home: Path) -> dict[str, bytes]:
    """All that is in the home but locks."""
    return {
        str(path.relative_to(home)): path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and path.name not in ("lock", "LOCK")
    }


# -------------------------------------------------------------------- the program


def test_where_it_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable, then PATH, then the newest in the cache."""
    monkeypatch.delenv("COCKROACH_BINARY", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    assert binary.find() is None
    program(tmp_path / "cache" / "cockroach-v25.4.13.linux-amd64")
    newest = program(tmp_path / "cache" / "cockroach-v25.10.2.linux-amd64")
    assert binary.find() == newest
    on_path = program(tmp_path / "path")
    assert binary.find() == on_path
    named = program(tmp_path / "named")
    monkeypatch.setenv("COCKROACH_BINARY", str(named))
    assert binary.find() == named


def test_there_is_none(place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("COCKROACH_BINARY")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(cluster.ClusterError, match=r"no `cockroach` here.*`python -m cluster install`"):
        place.start()
    assert not place.home.exists()


def test_a_program_makes_it_the_engine(place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a name, and for a home without data."""
    monkeypatch.delenv("CLUSTER_ENGINE")
    assert type(choice.choose(Home(place.home))).__name__ == "Cockroach"
    monkeypatch.delenv("COCKROACH_BINARY")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert type(choice.choose(Home(place.home))).__name__ == "Embedded"


def test_embedded_data_stays_in_sight(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that comes later takes nothing away."""
    monkeypatch.delenv("CLUSTER_ENGINE")
    place.home.mkdir()
    Home(place.home).claim("embedded")
    assert type(choice.choose(Home(place.home))).__name__ == "Embedded"


def test_a_home_of_the_embedded_engine(place: Place) -> None:
    place.home.mkdir()
    Home(place.home).claim("embedded")
    before = contents(place.home)
    assert "is of the engine embedded, and cockroach is asked for" in place.refused("start")
    assert contents(place.home) == before


@pytest.mark.parametrize("version", ["v24.3.9", "v25.1.10"])
def test_too_old(place: Place, use: Callable[..., Path], version: str) -> None:
    path = use(version)
    said = place.refused("start")
    assert said.startswith(f"{path} is CockroachDB {version}: too old, the course needs v25.2 or newer.")
    assert not place.home.exists()


@pytest.mark.parametrize("version", ["v25.2.0", "v25.4.13", "v26.2.4", "v26.3.0-alpha.1"])
def test_new_enough(use: Callable[..., Path], version: str) -> None:
    assert binary.usable() == binary.Binary(use(version), version) if use(version) else False


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("#!/bin/sh\necho 'it broke' >&2\nexit 1\n", "`{path} version` failed: it broke."),
        ("#!/bin/sh\nexit 7\n", "`{path} version` failed: it gave no reason."),
        ("#!/bin/sh\necho hello\n", "{path} does not say which CockroachDB it is: 'hello'."),
        ("\x7fELF garbage", "{path} cannot be run: Exec format error."),
        ("#!/no/such/loader\n", "{path} cannot be run: the system does not find what it needs."),
    ],
)
def test_a_broken_program(place: Place, monkeypatch, tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "broken"
    path.write_text(content)
    path.chmod(0o755)
    monkeypatch.setenv("COCKROACH_BINARY", str(path))
    assert place.refused("start").startswith(message.format(path=path))
    assert not place.home.exists()


@pytest.mark.parametrize("mode", [None, 0o644])
def test_a_name_of_no_program(place: Place, monkeypatch, tmp_path: Path, mode: int | None) -> None:
    path = tmp_path / "cockroach"
    if mode is not None:
        path.write_text("text")
        path.chmod(mode)
    monkeypatch.setenv("COCKROACH_BINARY", str(path))
    assert place.refused("start") == f"COCKROACH_BINARY is {path}, and that is no program that can be run."


def test_a_program_that_hangs(place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "slow"
    path.write_text("#!/bin/sh\nexec sleep 60\n")
    path.chmod(0o755)
    monkeypatch.setenv("COCKROACH_BINARY", str(path))
    monkeypatch.setattr(binary, "PATIENCE", 0.2)
    with pytest.raises(cluster.ClusterError, match=r"slow version` had not ended after 0 s"):
        place.start()


@pytest.mark.parametrize("command", ["cert", "start-single-node", "sql"])
def test_a_step_that_fails(place: Place, use: Callable[..., Path], command: str) -> None:
    use(refuses=command)
    assert f"{command} is broken." in place.refused("start")
    assert not place.home.exists()
    use()
    assert place.start().changed is True


def test_a_node_that_fails_on_old_data(place: Place, use: Callable[..., Path]) -> None:
    place.start()
    place.query("CREATE TABLE kept (id INT8 PRIMARY KEY)")
    cluster.stop(place.home)
    use(refuses="start-single-node")
    assert "start-single-node is broken." in place.refused("start")
    use()
    place.start()
    assert place.query("SELECT count(*) FROM kept") == [(0,)]


# -------------------------------------------------------------------- versions


def test_an_older_program_than_the_data(place: Place, use: Callable[..., Path]) -> None:
    place.start()
    cluster.stop(place.home)
    before = contents(place.home)
    older = use("v25.4.13")
    assert place.refused("start") == (
        f"The data in {place.home} is of CockroachDB v26.2.4, and {older} is v25.4.13, which cannot read it. "
        f"Name a newer one in COCKROACH_BINARY."
    )
    assert contents(place.home) == before


def test_a_newer_program_takes_over(place: Place, use: Callable[..., Path]) -> None:
    use("v25.4.13")
    assert place.start().version == "v25.4.13"
    place.query("CREATE TABLE kept (id INT8 PRIMARY KEY)")
    use("v26.2.4")
    said: list[str] = []
    assert place.start(progress=said.append).version == "v26.2.4"
    assert said[0] == "CockroachDB is v26.2.4 now and the node is v25.4.13: restarting it"
    assert place.query("SELECT count(*) FROM kept") == [(0,)]


# -------------------------------------------------------------------- ports, files


def test_a_wanted_port_that_is_taken(place: Place, occupied: int) -> None:
    said = place.refused("start", "--port", str(occupied))
    assert said.startswith(f"Port {occupied} cannot be used: another program uses it.")
    assert not place.home.exists()


@pytest.fixture
def quicker(occupied: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """A port that is free when it is chosen, and another program's when the node opens it."""

    class Free:
        def getsockname(self) -> tuple[str, int]:
            return ("127.0.0.1", occupied)

    monkeypatch.setattr(ports, "listen", lambda *given: contextlib.nullcontext(Free()))
    return occupied


def test_a_port_that_is_taken_at_the_last_moment(place: Place, quicker: int) -> None:
    said: list[str] = []
    port = place.start(progress=said.append).port
    assert said[-1] == f"Port {quicker} is taken by another program: using {port}"
    assert place.query("SELECT 1") == [(1,)]


def test_a_wanted_port_that_is_taken_at_the_last_moment(place: Place, quicker: int) -> None:
    with pytest.raises(cluster.ClusterError, match=r"CockroachDB ended: .*bind: address already in use"):
        place.start(port=quicker)
    assert not place.home.exists()


def test_another_port_than_the_running_nodes(place: Place, occupied: int) -> None:
    port = place.start().port
    assert f"runs already, on port {port}" in place.refused("start", "--port", str(occupied))


def test_a_start_that_was_cut_short(place: Place) -> None:
    """Half the certificates, and a store that nobody was ever served from."""
    place.home.mkdir()
    Home(place.home).claim("cockroach")
    (place.home / "certs.new").mkdir()
    (place.home / "certs.new" / "ca.crt").write_text("half")
    (place.home / "ca").mkdir()
    (place.home / "ca" / "ca.key").write_text("half")
    (place.home / "store").mkdir()
    (place.home / "store" / "half").write_text("half")
    place.start()
    assert place.query("SELECT 1") == [(1,)]
    assert not (place.home / "store" / "half").exists()


def test_data_that_is_gone(place: Place) -> None:
    place.home.mkdir()
    home = Home(place.home)
    home.claim("cockroach")
    home.write("content.json", {"complete": True, "version": "v26.2.4", "port": 26257})
    assert "is gone. `python -m cluster reset`" in place.refused("start")
    place.run("reset", "--yes")
    assert not place.home.exists()


def test_reset_mends_damaged_files(place: Place) -> None:
    place.start()
    cluster.stop(place.home)
    (place.home / "content.json").write_text("nothing")
    assert "content.json is damaged. `python -m cluster reset`" in place.refused("start")
    place.run("reset", "--yes")
    assert not place.home.exists()


def test_the_owner_of_a_home_with_a_damaged_marker(place: Place) -> None:
    """`reset` must find the node and its data although the marker no longer says whose they are."""
    place.start()
    pid = place.pids()["cockroach"]
    (place.home / "cluster.json").write_text("{")
    place.run("reset", "--yes", env={"CLUSTER_ENGINE": ""})
    assert not place.home.exists()
    wait_gone(pid)
