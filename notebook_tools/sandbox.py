"""A cluster home and a workspace of one's own, so that no run meets a learner's files or another run."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNS = ROOT / "_build" / "runs"
MEMORY = Path("/dev/shm")  # noqa: S108 (the names in it are made at random)
"""Where Linux keeps files in memory. A lesson makes and drops databases of 300 files each: on some disks
(ext4 without a journal passes over the inodes of files deleted in the last minute, one by one) that is most
of the time that its starting state takes."""
ENOUGH = 4 * 2**30
"""Bytes that must be free there. A run of all lessons takes some 0.3 GB for each worker."""


# Settings of a person's (or a container's) own Python. With one of them a lesson may print what it does not
# print without: PYTHONUNBUFFERED, for example, hides every forgotten flush.
_OF_A_PERSON = (
    "PYTHONUNBUFFERED",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONIOENCODING",
    "PYTHONSTARTUP",
    "PYTHONWARNINGS",
)


# Which cluster a person works on. A test or a refresh on that one must be asked for: it may be production's.
_CLUSTER_OF_A_PERSON = ("CLUSTER_URL", "CLUSTER_ENGINE", "COCKROACH_BINARY")


def forget_persons_cluster() -> list[str]:
    """From here on this process and those that it starts work on embedded clusters; gives what was set."""
    found = [name for name in _CLUSTER_OF_A_PERSON if os.environ.pop(name, "").strip()]
    os.environ["CLUSTER_ENGINE"] = "embedded"
    return found


def forget_persons_python() -> None:
    """Take the settings of a person's own Python out of this process's environment."""
    for name in _OF_A_PERSON:
        os.environ.pop(name, None)


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A directory that holds the state of one run: cluster/, workspace/ and the IPython profile."""

    path: Path

    @property
    def cluster_home(self) -> Path:
        """The CLUSTER_HOME of this run."""
        return self.path / "cluster"

    @property
    def facts_home(self) -> Path:
        """The home of a second cluster, for tests whose databases no lesson may meet."""
        return self.path / "facts"

    @property
    def workspace(self) -> Path:
        """The COURSE_WORKSPACE of this run."""
        return self.path / "workspace"

    def make(self) -> None:
        """Make the directory, and the cluster's home in memory if there is room: nothing in it must last."""
        self.path.mkdir(parents=True, exist_ok=True)
        if not os.path.lexists(self.cluster_home) and _free(MEMORY) >= ENOUGH:
            # The cluster itself makes its home, with the mode that it needs.
            self.cluster_home.symlink_to(MEMORY / f"course-{os.getpid()}-{secrets.token_hex(8)}")

    def environment(self) -> dict[str, str]:
        """What a process must have in its environment to work in here and nowhere else."""
        return {
            "CLUSTER_HOME": str(self.cluster_home),
            "COURSE_WORKSPACE": str(self.workspace),
            # A person's own IPython profile must not change what a cell prints.
            "IPYTHONDIR": str(self.path / "ipython"),
        }

    def port(self) -> int | None:
        """The port of this run's cluster; None where none runs."""
        import cluster

        with contextlib.suppress(cluster.ClusterError):
            return cluster.status(self.cluster_home).port
        return None

    def empty_workspace(self) -> None:
        """Let the next notebook begin as on a first day, whatever the one before left."""
        shutil.rmtree(self.workspace, ignore_errors=True)

    def close(self) -> None:
        """Stop the cluster and remove everything. Nothing happens if there is nothing."""
        for home in (self.cluster_home, self.facts_home):
            if home.exists():
                import cluster

                # What was made on a cluster elsewhere, and what runs here. The one does not hinder the other.
                for here in (False, True):
                    with contextlib.suppress(cluster.ClusterError):
                        cluster.reset(home, here=here)
        if self.cluster_home.is_symlink():
            shutil.rmtree(self.cluster_home.readlink(), ignore_errors=True)
        shutil.rmtree(self.path, ignore_errors=True)


def new_run(*, persons_cluster: bool = False) -> Path:
    """Give a directory for the sandboxes of this process; remove those of processes that have died.

    From here on this process and those that it starts do without a person's settings for Python, and
    work on embedded clusters; persons_cluster: on the cluster that the environment names.
    """
    if not persons_cluster:
        forget_persons_cluster()
    RUNS.mkdir(parents=True, exist_ok=True)
    for run in RUNS.iterdir():
        if run.name.isdigit() and not _alive(int(run.name)):
            close_run(run)
    forget_persons_python()
    run = RUNS / str(os.getpid())
    run.mkdir(exist_ok=True)
    return run


def close_run(run: Path) -> None:
    """Close every sandbox of a run, and remove its directory."""
    for path in sorted(run.iterdir()):
        Sandbox(path).close()
    shutil.rmtree(run, ignore_errors=True)


@contextlib.contextmanager
def fresh_sandbox() -> Iterator[Sandbox]:
    """A sandbox for the time of a `with`, closed however that ends."""
    run = new_run()
    try:
        sandbox = Sandbox(run / "main")
        sandbox.make()
        yield sandbox
    finally:
        close_run(run)


def _free(folder: Path) -> int:
    """Bytes free for this user; 0 where there is no such folder, or nothing may be written there."""
    try:
        return shutil.disk_usage(folder).free if os.access(folder, os.W_OK | os.X_OK) else 0
    except OSError:
        return 0


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
