"""The local demo cluster: `start`, `stop`, `status`, `reset`, also as `python -m cluster`.

Importing this is cheap: what an engine needs is imported when it is used.
"""

from __future__ import annotations

from pathlib import Path

from .choice import choose, elsewhere, named, of
from .engine import COCKROACHDB, Cluster, Engine, Progress, Status
from .errors import ClusterError
from .home import Home

__all__ = [
    "COCKROACHDB",
    "Cluster",
    "ClusterError",
    "Engine",
    "Status",
    "bring_back",
    "keep",
    "reset",
    "start",
    "status",
    "stop",
]


def _quiet(line: str) -> None:
    """The progress of a caller who wants none."""


def start(
    home: Path | str | None = None, *, port: int | None = None, progress: Progress | None = None
) -> Cluster:
    """Make sure that the cluster runs and answers, and give it back; called twice, the same cluster.

    home: where its state lies (default: $CLUSTER_HOME, else `.cluster` beside this package).
    port: exactly this one, or fail; without it 26257, and the next free one where that is taken.
    progress: gets a line for a person at each slow or surprising step.
    Raises ClusterError; then nothing that this call began is left behind.
    """
    place = Home.find(home)
    if elsewhere(place):
        return choose(place).start(place, port, progress or _quiet)
    choose(place)  # before anything is made; another start may make the home before we hold the lock
    with place.locked(progress or _quiet):
        return choose(place).start(place, port, progress or _quiet)


def stop(home: Path | str | None = None) -> bool:
    """Stop what `start` started in this home, and nothing else. False: nothing ran. The data stays.

    A cluster that someone else runs is never stopped; a local one, started before, is.
    """
    place = Home.find(home)
    if not place.path.is_dir() or (elsewhere(place) and not place.exists()):
        return False
    with place.locked(_quiet):
        return of(place).stop(place)


def status(home: Path | str | None = None) -> Status:
    """What runs now, without waiting for a `start` that is at work. Only a cluster elsewhere is asked."""
    place = Home.find(home)
    return choose(place).status(place)


def keep(running: Cluster, database: str, name: str) -> bool:
    """Keep a copy of a database, as it is now, under a name; an older copy of that name goes.

    False, and nothing is kept, where the engine cannot do that, there is no such database, or it is in use.
    The engine keeps the last few copies only. What belongs to a copy may be put into the home's folder KEPT.
    """
    place = Home.find(running.home)
    return named(running.engine).keep(place, database, name)


def bring_back(running: Cluster, name: str, database: str) -> bool:
    """Make a database that is not there from the copy of that name. False: there is none, nothing is made."""
    place = Home.find(running.home)
    return named(running.engine).bring_back(place, name, database)


def reset(home: Path | str | None = None, *, here: bool = False, anyones: bool = False) -> bool:
    """Stop the cluster and delete its state with all its databases. False: there was nothing.

    Only what the cluster made itself is deleted. Raises ClusterError for a directory that is not its own.
    On a cluster that someone else runs: drop the practice database, if the course made it (see
    External.drop, also for `anyones`), and nothing else. here: the cluster of this home, in any case.
    """
    place = Home.find(home)
    if elsewhere(place) and not here:
        from .external.engine import External

        return External().drop(place, anyones=anyones)
    if not place.exists():
        return False
    with place.locked(_quiet):
        of(place).remove(place)
        place.remove()
    return True
