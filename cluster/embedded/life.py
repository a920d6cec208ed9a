"""The processes of one home: recognized, watched, ended.

Two locks. The home's keeps two starts apart. The lock on the file `alive` is inherited by every process of
the cluster and held as long as any of them lives, orphans of a killed server among them: whoever gets it
knows that nobody uses the data, better than any process id could tell.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from .. import processes
from ..errors import ClusterError, explain
from ..home import Home
from . import postgres, room, state
from .state import Running

FRONT_MODULE = "cluster.embedded.front"
END_FRONT = ((signal.SIGTERM, 2.0), (signal.SIGKILL, 2.0))
END_POSTGRES = ((signal.SIGINT, 15.0), (signal.SIGQUIT, 3.0), (signal.SIGKILL, 3.0))
"""Fast, then immediate shutdown: postgresql.org/docs/18/server-shutdown.html."""
END_ORPHANS = ((signal.SIGQUIT, 1.0), (signal.SIGKILL, 3.0))


def signs(home: Home, name: str) -> tuple[str, ...]:
    """The arguments by which a process of this home is known."""
    if name == "front":
        return (FRONT_MODULE, str(home / state.FRONT))
    with contextlib.suppress(ClusterError):
        if place := room.find(home):
            return ("-D", str(place / "data"))
    return ("-D", str(home / room.SERVER / "data"))


def living(home: Home, running: Running) -> dict[str, int]:
    """The ids of the processes that live and are verified to be ours; 0 for one that does not."""
    known = {"postgres": running.postgres, "front": running.front}
    return {name: pid if processes.alive(pid, *signs(home, name)) else 0 for name, pid in known.items()}


def lives(home: Home, running: Running) -> bool:
    """Whether all processes live."""
    return all(living(home, running).values())


def watch(home: Home, running: Running) -> Callable[[], None]:
    """A function that raises, with the reason, when a process of the cluster is gone."""

    def watch() -> None:
        for name, pid in living(home, running).items():
            if not pid:
                with contextlib.suppress(OSError):
                    lines = (home / state.LOGS[name]).read_text(errors="replace").strip().splitlines()
                    if lines:
                        raise ClusterError(f"The cluster's {name} process ended: {lines[-1]}")
                raise ClusterError(f"The cluster's {name} process ended without a word.")

    return watch


@contextlib.contextmanager
def nobody_alive(home: Home) -> Iterator[tuple[int, bool]]:
    """Make sure that no process of this home lives, ending those that do. Gives the descriptor of the
    lock that proves it, for new processes to inherit, and whether anything had to be ended."""
    try:
        descriptor = os.open(home / state.ALIVE, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise explain(error, f"write to {home.path}") from error
    try:
        ended = False
        deadline = time.monotonic() + 5.0
        while not _free(descriptor):
            ended = halt(home, Running.read(home), thorough=True) or ended
            if time.monotonic() > deadline:
                raise ClusterError(
                    f"A process that cannot be seen from here uses the cluster in {home.path} (another "
                    f"container, another user?). Stop it there, or choose another CLUSTER_HOME."
                )
        tidy(home, {Path(Running.read(home).sockets)})
        yield descriptor, ended
    finally:
        os.close(descriptor)


def _free(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise explain(error, "lock the cluster's home") from error
    return True


def halt(home: Home, running: Running, *, thorough: bool = False, hurry: bool = False) -> bool:
    """End these processes; `thorough` also looks for those that nobody wrote down; in a `hurry` PostgreSQL
    does not write out what its log holds already.

    Gives whether any lived.
    """
    data = Path(signs(home, "postgres")[1])
    sockets = {Path(running.sockets), postgres.socket_directory(data) or Path()}
    pids = living(home, running)
    fronts, servers = {pids["front"]} - {0}, {pids["postgres"]} - {0}
    if thorough and not (fronts and servers):
        fronts.update(processes.find(*signs(home, "front")))
        servers.update(processes.find(*signs(home, "postgres")))
    processes.end(fronts, *END_FRONT)
    processes.end(servers, *(END_POSTGRES[1:] if hurry else END_POSTGRES))
    orphans = []
    if thorough and not servers:
        orphans = processes.inside(data, "postgres")
        processes.end(orphans, *END_ORPHANS)
    tidy(home, sockets)
    return bool(fronts or servers or orphans)


def end_forgotten(home: Home) -> None:
    """End what still runs of an earlier home at this path whose directory was deleted by hand, and delete
    what it left elsewhere."""
    rooms = room.forgotten(home)
    places = [home / room.SERVER, *rooms]
    fronts = processes.find(*signs(home, "front"))
    servers = [pid for place in places for pid in processes.find("-D", str(place / "data"))]
    sockets = {postgres.socket_directory(place / "data") or Path() for place in rooms}
    processes.end(fronts, *END_FRONT)
    processes.end(servers, *END_POSTGRES[1:])
    tidy(home, sockets)
    for place in rooms:
        shutil.rmtree(place, ignore_errors=True)


def tidy(home: Home, sockets: set[Path]) -> None:
    """Take away what only running processes need, of these socket directories those that are ours."""
    for directory in sockets:
        if directory.name.startswith(room.PREFIX):
            with contextlib.suppress(OSError):
                for name in (f".s.PGSQL.{postgres.SOCKET_PORT}", f".s.PGSQL.{postgres.SOCKET_PORT}.lock"):
                    (directory / name).unlink(missing_ok=True)
                directory.rmdir()
    with contextlib.suppress(OSError):
        home.delete(state.RUNNING, state.FRONT)
