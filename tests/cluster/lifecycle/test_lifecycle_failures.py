"""When a start cannot succeed: one clear line, nothing left running, nothing half-made."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import cluster
from cluster import ports

from .conftest import Place, end


def a_file(home: Path) -> None:
    home.write_text("mine")


def somebody_elses(home: Path) -> None:
    home.mkdir()
    (home / "thesis.tex").write_text("mine")


def damaged_marker(home: Path) -> None:
    home.mkdir()
    (home / "cluster.json").write_text("{")


def newer_marker(home: Path) -> None:
    home.mkdir()
    (home / "cluster.json").write_text('{"format": 99}')


def other_user(home: Path) -> None:
    home.mkdir()
    (home / "cluster.json").write_text(json.dumps({"format": 1, "uid": os.geteuid() + 1}))


def lost_data(home: Path) -> None:
    home.mkdir()
    (home / "cluster.json").write_text(json.dumps({"format": 1, "uid": os.geteuid()}))
    (home / "content.json").write_text('{"complete": true}')


def damaged_content(home: Path) -> None:
    lost_data(home)
    (home / "content.json").write_text("nothing")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (a_file, "is not a directory. Choose another with CLUSTER_HOME."),
        (somebody_elses, "was not made by this cluster (it holds thesis.tex): it is left alone."),
        (damaged_marker, "cluster.json is damaged. `python -m cluster reset`"),
        (newer_marker, "was made by a newer version of this package."),
        (other_user, "belongs to another user"),
        (lost_data, "is gone. `python -m cluster reset`"),
        (damaged_content, "content.json is damaged. `python -m cluster reset`"),
    ],
)
def test_a_home_that_cannot_be_used(place: Place, make: Callable[[Path], None], message: str) -> None:
    make(place.home)
    before = contents(place.home)
    assert message in place.refused("start")
    assert place.processes() == []
    # What was there before is there after; a lock file may have come to a home of ours.
    assert contents(place.home) - {"lock", "alive"} == before


def contents(home: Path) -> set[str]:
    return {str(path.relative_to(home)) for path in home.rglob("*")}


@pytest.mark.parametrize("make", [a_file, somebody_elses])
def test_reset_deletes_no_other_directory(place: Place, make: Callable[[Path], None]) -> None:
    make(place.home)
    place.refused("reset", "--yes")
    assert place.home.exists()
    assert contents(place.home) == ({"thesis.tex"} if place.home.is_dir() else set())


@pytest.mark.parametrize("make", [damaged_marker, lost_data, damaged_content])
def test_reset_mends_what_start_cannot(place: Place, make: Callable[[Path], None]) -> None:
    make(place.home)
    place.run("reset", "--yes")
    assert not place.home.exists()


def test_damaged_data(place: Place) -> None:
    place.start()
    cluster.stop(place.home)
    (place.home / "server" / "data" / "global" / "pg_control").write_bytes(b"\0" * 8192)
    said = place.refused("start")
    assert said.startswith("PostgreSQL did not start: ")
    assert "`python -m cluster reset` makes a fresh start" in said
    assert place.processes() == []


def test_a_read_only_place(tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for an ordinary user in a directory of root's. (Root itself is stopped by no permission.)"""

    def refuse(self: Path, *arguments: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(cluster.ClusterError, match=r"Could not use .*home.*: Permission denied"):
        place.start()


def test_no_unprivileged_user(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: object) -> None:
        raise KeyError(name)

    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("pwd.getpwnam", unknown)
    with pytest.raises(cluster.ClusterError, match="has no user `nobody`"):
        place.start()
    assert not place.home.exists()


def test_a_user_without_a_name(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 12345678)
    with pytest.raises(cluster.ClusterError, match="user id 12345678 has no name"):
        place.start()


def test_no_postgresql(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cluster.embedded.postgres.find_spec", lambda name: None)
    with pytest.raises(cluster.ClusterError, match=r"PostgreSQL is not installed.*make setup"):
        place.start()
    assert not place.home.exists()
    assert place.processes() == []


def test_a_front_that_ends_at_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cluster.embedded.life.FRONT_MODULE", "no_such_module")
    with pytest.raises(cluster.ClusterError, match=r"front process ended: .*No module named no_such_module"):
        place.start()
    assert not place.home.exists()
    assert place.processes() == []


# -------------------------------------------------------------------- ports


def test_a_wanted_port_that_is_taken(place: Place, occupied: int) -> None:
    said = place.refused("start", "--port", str(occupied))
    assert said.startswith(f"Port {occupied} cannot be used: another program uses it.")
    assert not place.home.exists()
    assert place.processes() == []


def test_a_port_that_does_not_exist(place: Place) -> None:
    assert place.refused("start", "--port", "70000").startswith("Port 70000 does not exist")


def test_another_port_than_the_running_clusters(place: Place, occupied: int) -> None:
    port = place.start().port
    assert f"runs already, on port {port}" in place.refused("start", "--port", str(occupied))
    assert place.start(port=port).port == port


def test_the_default_port_is_taken(occupied: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "DEFAULT", occupied)
    said: list[str] = []
    with ports.listen(None, None, said.append) as listener:
        port = listener.getsockname()[1]
    assert port != occupied
    assert said == [f"Port {occupied} is taken by another program: using {port}"]


def test_no_port_is_free(occupied: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(port: int) -> None:
        raise OSError(98, "Address already in use")

    monkeypatch.setattr(ports, "_bind", taken)
    with pytest.raises(cluster.ClusterError, match="No port could be opened"):
        ports.listen(None, None, str)


# -------------------------------------------------------------------- a full disk


@pytest.fixture
def small_disk() -> Iterator[Callable[[int], Place]]:
    """Gives a home on a file system of so many MB; needs root and the right to mount."""
    parent = Path(tempfile.mkdtemp(prefix="disk-"))
    parent.chmod(0o755)
    made: list[Place] = []

    def make(megabytes: int) -> Place:
        command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(parent)]
        if not shutil.which("mount") or subprocess.run(command, capture_output=True).returncode != 0:
            pytest.skip("mounting a small disk needs root and CAP_SYS_ADMIN")
        made.append(Place(parent / "home"))
        return made[0]

    yield make
    for place in made:
        end(place)
        subprocess.run(["umount", "-l", str(parent)], check=True)
    parent.rmdir()


@pytest.mark.parametrize("megabytes", [1, 8, 40])
def test_a_disk_too_small_for_a_new_cluster(small_disk, megabytes: int) -> None:
    place = small_disk(megabytes)
    said = place.refused("start")
    assert re.search("No space left on device|The disk is full", said)
    assert place.processes() == []
    assert not place.home.exists()


def test_a_disk_that_filled_up_since(small_disk) -> None:
    place = small_disk(200)
    place.start()
    place.query("CREATE TABLE kept (id INT8 PRIMARY KEY)")
    place.query("INSERT INTO kept VALUES (42)")
    place.run("stop")
    filler = place.home.parent / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    assert "No space left" in place.refused("start")
    assert place.processes() == []
    filler.unlink()
    place.start()
    assert place.query("SELECT id FROM kept") == [(42,)]
