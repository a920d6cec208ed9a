"""Root and ordinary users: PostgreSQL refuses root, and `nobody` cannot enter everything that root can."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

import cluster
from cluster.embedded import account, postgres, room

from .conftest import ROOT, Place, end

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: it is about root and other users")


@pytest.fixture
def open_place() -> Iterator[Place]:
    """A home that every user could enter."""
    directory = Path(tempfile.mkdtemp(prefix="open-"))
    directory.chmod(0o755)
    made = Place(directory / "home")
    yield made
    end(made)
    shutil.rmtree(directory)


def permissions(directory: Path) -> dict[Path, tuple[int, int, int]]:
    chain = [directory, *directory.parents]
    return {path: (path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in chain}


@as_root
def test_root_in_a_place_that_all_can_enter(open_place: Place) -> None:
    open_place.start()
    assert not (open_place.home / "server").is_symlink()
    server = psutil.Process(open_place.pids()["postgres"])
    assert server.username() == "nobody"
    assert open_place.query("SELECT 1") == [(1,)]


@as_root
def test_root_in_a_place_that_only_root_can_enter(tmp_path: Path) -> None:
    """The data lies elsewhere, and nothing around the home is changed for that."""
    (tmp_path / "closed").mkdir(mode=0o700)
    place = Place(tmp_path / "closed" / "home")
    before = permissions(tmp_path / "closed")
    try:
        place.start()
        server = (place.home / "server").readlink()
        assert stat.S_IMODE((server / "data").stat().st_mode) == 0o700
        assert place.query("SELECT 1") == [(1,)]
        assert permissions(tmp_path / "closed") == before
        cluster.stop(place.home)
        place.start()
        cluster.reset(place.home)
        assert not server.exists()
    finally:
        end(place)


@as_root
def test_programs_that_nobody_can_reach(tmp_path: Path, place: Place, monkeypatch) -> None:
    """As with a virtual environment under /root: a copy of the programs runs."""
    package = postgres.installed().parents[1]
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    shutil.copytree(package / "pginstall", closed / package.name / "pginstall", symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, closed / libraries.name)
    monkeypatch.setattr(postgres, "installed", lambda: closed / package.name / "pginstall" / "bin")
    before = os.umask(0o077)
    try:
        place.start()
    finally:
        os.umask(before)
    program = Path(psutil.Process(place.pids()["postgres"]).exe())
    assert program.is_relative_to((place.home / "server").resolve() / "programs" / postgres.release())
    assert place.query("SELECT 1") == [(1,)]


@pytest.fixture
def ordinary(open_place: Place) -> dict:
    """Options for Place.run: a user who is not root. Skips where no such user can run this."""
    nobody = pwd.getpwnam("nobody")
    who = account.Account(nobody.pw_uid, nobody.pw_gid)
    libraries = str(Path(psutil.__file__).parents[1])
    # The virtual environment may rest on a Python under /root: then the system's own with the same libraries.
    for python in (sys.executable, f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"):
        script = f"import sys; sys.path[:0] = {[str(ROOT), libraries]}; import cluster, psutil, psycopg2"
        if who.runs(python, "-c", script):
            open_place.python = python
            path = os.pathsep.join([str(ROOT), libraries])
            return {**who.popen(), "cwd": "/", "env": {"PYTHONPATH": path, "HOME": "/nonexistent"}}
    pytest.skip("an ordinary user can reach neither this Python nor one like it, or not this repository")


@as_root
def test_an_ordinary_user(open_place: Place, ordinary: dict) -> None:
    """Everything in a directory of that user, run by that user, with no root in it."""
    os.chown(open_place.home.parent, ordinary["user"], ordinary["group"])
    open_place.run("start", **ordinary)
    assert {process.username() for process in open_place.processes()} == {"nobody"}
    assert open_place.run("url", **ordinary).stdout.startswith("cockroachdb://demo:")
    assert "| 42 " in open_place.run("sql", "-e", "SELECT 42", **ordinary).stdout
    assert "belongs to another user" in open_place.refused("start", env=ordinary["env"])
    open_place.run("stop", **ordinary)
    open_place.run("reset", "--yes", **ordinary)
    assert not open_place.home.exists()


@as_root
def test_an_ordinary_user_in_a_place_of_roots(open_place: Place, ordinary: dict) -> None:
    said = open_place.refused("start", **ordinary)
    assert said.startswith("Could not use")
    assert "Permission denied" in said


@as_root
def test_a_copy_of_a_home_does_not_share_its_data(tmp_path: Path, place: Place) -> None:
    """In a closed place the data lies elsewhere: a copied home would lead to the same data."""
    place.start()
    if not (place.home / "server").is_symlink():
        pytest.skip("this temporary directory can be entered by all")
    cluster.stop(place.home)
    copied = Place(tmp_path / "copied")
    shutil.copytree(place.home, copied.home, symlinks=True)
    assert "is a copy of" in copied.refused("start")
    copied.run("reset", "--yes")
    place.start()
    assert place.query("SELECT 1") == [(1,)]


@as_root
def test_a_home_that_was_moved(tmp_path: Path, place: Place) -> None:
    place.start()
    place.query("CREATE TABLE kept (id INT8 PRIMARY KEY)")
    cluster.stop(place.home)
    place.home = place.home.rename(tmp_path / "moved")
    place.start()
    assert place.query("SELECT * FROM kept") == []
    data = (place.home / "server").resolve()
    cluster.reset(place.home)
    assert not data.exists()


def test_a_socket_path_that_is_too_long_is_avoided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = tmp_path / ("x" * 120)
    long.mkdir()
    monkeypatch.setenv("TMPDIR", str(long))
    made = room.sockets(account.current())
    try:
        assert len(f"{made}/.s.PGSQL.65535.lock") <= room.SOCKET_LIMIT
    finally:
        made.rmdir()


def test_no_user_can_be_changed_to(place: Place) -> None:
    """A container may have root without the right to become another user."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("needs root and setpriv to drop capabilities")
    command = ["setpriv", "--bounding-set", "-setuid,-setgid", "--inh-caps", "-setuid,-setgid"]
    done = subprocess.run(
        [*command, sys.executable, "-m", "cluster", "start"],
        env=os.environ | {"CLUSTER_HOME": str(place.home)},
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 1
    assert "Could not run as the user nobody" in done.stderr
    assert "Traceback" not in done.stderr
    assert not place.home.exists()
