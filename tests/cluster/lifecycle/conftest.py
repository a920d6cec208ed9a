"""What the tests of the cluster's life share: homes of their own, the command line, processes."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg2
import pytest

import cluster as cluster_package

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Place:
    """A home that a test may do anything to."""

    home: Path
    python: str = sys.executable

    def run(self, *arguments: str, code: int | None = 0, **options) -> subprocess.CompletedProcess[str]:
        """`python -m cluster …` on this home; checks the exit code unless it is None."""
        done = subprocess.run(
            [self.python, "-m", "cluster", *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            cwd=options.pop("cwd", ROOT),
            env=os.environ | {"CLUSTER_HOME": str(self.home)} | options.pop("env", {}),
            **options,
        )
        assert code is None or done.returncode == code, (done.stdout, done.stderr)
        return done

    def refused(self, *arguments: str, **options) -> str:
        """The one line on stderr with which the command fails, and only there."""
        done = self.run(*arguments, code=1, **options)
        lines = [line for line in done.stderr.splitlines() if not line.endswith("…")]
        assert len(lines) == 1, done.stderr
        assert "Traceback" not in done.stderr
        assert done.stdout == ""
        return lines[0]

    def start(self, **options) -> cluster_package.Cluster:
        return cluster_package.start(self.home, **options)

    def status(self) -> dict:
        return json.loads(self.run("status", "--json").stdout)

    def pids(self) -> dict[str, int]:
        return cluster_package.status(self.home).pids

    def running(self) -> dict:
        return json.loads((self.home / "running.json").read_text())

    def query(self, sql: str, database: str = "defaultdb") -> list[tuple]:
        """What the running cluster answers through its front, as user demo."""
        found = cluster_package.status(self.home).cluster
        assert found is not None
        with contextlib.closing(connect(found.url(database))) as session, session, session.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def superuser(self, sql: str) -> None:
        """Run `sql` behind the front's back."""
        session = psycopg2.connect(host=self.running()["sockets"], port=5432, user="root", dbname="defaultdb")
        with contextlib.closing(session), session, session.cursor() as cursor:
            cursor.execute(sql)

    def processes(self) -> list[psutil.Process]:
        """Every living process that has to do with this home: by command line, or working in its data."""
        data = (self.home / "server" / "data").resolve()
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                inside = Path(process.cwd()) == data
                named = any(str(self.home) in part or str(data) in part for part in process.cmdline())
                if (
                    (inside or named)
                    and process.status() != psutil.STATUS_ZOMBIE
                    and process.pid != os.getpid()
                ):
                    found.append(process)
        return found


def connect(url: str):
    return psycopg2.connect(url.replace("cockroachdb://", "postgresql://"))


@pytest.fixture(autouse=True)
def fast_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Survives every kill -9; only a crash of the machine would need fsync. And it is the embedded engine,
    whichever the notebooks are run on."""
    monkeypatch.setenv("CLUSTER_FSYNC", "off")
    monkeypatch.setenv("CLUSTER_ENGINE", "embedded")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A home that is not there yet; whatever runs in it is ended after the test."""
    made = Place(tmp_path / "home")
    yield made
    end(made)


@pytest.fixture(scope="module")
def lasting() -> Iterator[Place]:
    """A cluster for all tests of a file, with a committed row in it. A test may break it if it mends it."""
    os.environ["CLUSTER_FSYNC"] = "off"
    directory = Path(tempfile.mkdtemp(prefix="lasting-"))
    made = Place(directory / "home")
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CLUSTER_ENGINE", "embedded")
            made.start()
        made.query("CREATE TABLE kept (id INT8 PRIMARY KEY)")
        made.query("INSERT INTO kept VALUES (42)")
        yield made
    finally:
        end(made)
        shutil.rmtree(directory)


def end(made: Place) -> None:
    """Take away what a test left behind, with no help from the code that is tested."""
    for process in made.processes():
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(made.processes(), timeout=5)
    link = made.home / "server"
    with contextlib.suppress(OSError):
        if link.is_symlink():
            shutil.rmtree(link.resolve())
    with contextlib.suppress(OSError, ValueError, KeyError):
        shutil.rmtree(made.running()["sockets"])


@pytest.fixture
def kill() -> Callable[..., None]:
    """kill -9, and wait until it has worked."""

    def kill(*pids: int) -> None:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):  # one that was just ending by itself
                os.kill(pid, signal.SIGKILL)
        wait_gone(*pids)

    return kill


def wait_gone(*pids: int) -> None:
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                with contextlib.suppress(psutil.TimeoutExpired):
                    process.wait(0.01)
