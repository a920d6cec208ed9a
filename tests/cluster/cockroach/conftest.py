"""Homes of the engine `cockroach`, with the stand-in in the place of the program."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from cluster.embedded import room
from tests.cluster.lifecycle.conftest import Place, kill

__all__ = ["kill"]

STANDIN = Path(__file__).resolve().parents[1] / "standin" / "cockroach.py"


def program(directory: Path, version: str = "v26.2.4", refuses: str = "") -> Path:
    """A `cockroach` in this directory: the stand-in, of this version; `refuses`: a command that fails."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "cockroach"
    lines = [f"export STANDIN_VERSION={version}"]
    if refuses:
        lines.append(f'if [ "$1" = {refuses} ]; then echo "ERROR: {refuses} is broken" >&2; exit 1; fi')
    lines.append(f'exec {sys.executable} {STANDIN} "$@"')
    path.write_text("#!/bin/sh\n" + "\n".join(lines) + "\n")
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The engine is asked for by name, and no cache of this machine's is looked at."""
    monkeypatch.setenv("CLUSTER_ENGINE", "cockroach")
    monkeypatch.setenv("CLUSTER_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("CLUSTER_URL", raising=False)


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Path]:
    """Name a program with these properties in COCKROACH_BINARY; gives its path."""

    def use(version: str = "v26.2.4", refuses: str = "") -> Path:
        path = program(tmp_path / f"bin-{version}-{refuses}", version, refuses)
        monkeypatch.setenv("COCKROACH_BINARY", str(path))
        return path

    return use


@pytest.fixture
def place(tmp_path: Path, use: Callable[..., Path]) -> Iterator[Place]:
    """A home that is not there yet; whatever runs in it is ended after the test."""
    use()
    yield Place(tmp_path / "home")
    sweep(tmp_path)


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="lasting-"))
    yield made
    sweep(made)
    shutil.rmtree(made)


@pytest.fixture
def lasting(directory: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A cluster for all tests of a file, with a committed row in it. A test may break it if it mends it."""
    monkeypatch.setenv("COCKROACH_BINARY", str(program(directory / "bin")))
    made = Place(directory / "home")
    if not made.home.exists():
        made.start()
        made.query("CREATE TABLE kept (id INT8 PRIMARY KEY)")
        made.query("INSERT INTO kept VALUES (42)")
    made.start()
    return made


def sweep(directory: Path) -> None:
    """End the stand-ins below a directory, and take away their PostgreSQLs' rooms, wherever these are."""
    nodes = [process for process in psutil.process_iter() if _named(process, directory)]
    for process in nodes:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(nodes, timeout=5)
    for parent in room.SHARED:
        for path in Path(parent).glob(f"{room.PREFIX}*"):
            with contextlib.suppress(OSError):
                if directory in Path((path / room.NAMEPLATE).read_text()).parents:
                    _end_postgres(path)
                    shutil.rmtree(path)
    _end_postgres(directory)


def _end_postgres(directory: Path) -> None:
    left = [process for process in psutil.process_iter() if _works_in(process, directory)]
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(left, timeout=5)


def _named(process: psutil.Process, directory: Path) -> bool:
    with contextlib.suppress(psutil.Error):
        return any(f"{directory}/" in part for part in process.cmdline())
    return False


def _works_in(process: psutil.Process, directory: Path) -> bool:
    with contextlib.suppress(psutil.Error):
        return directory in Path(process.cwd()).parents and process.name().startswith("postgres")
    return False
