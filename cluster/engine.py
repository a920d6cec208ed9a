"""What every engine of the cluster gives. Which one it is stands in choice.py."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urlencode

from .errors import ClusterError
from .home import Home

Progress = Callable[[str], None]
"""Gets one line for a person each time that something takes a while or is other than asked."""

COCKROACHDB = "v26.2.4"
"""The CockroachDB version that the course is written for and the embedded engine imitates."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that runs and answers.

    `certificate` is what the server proves itself with; `password` belongs to the SQL user `user`;
    `parameters` are libpq's, with which one connects.
    `changed` tells whether this call started it (False: it ran already).
    """

    engine: str
    version: str
    host: str
    port: int
    home: Path
    user: str = "demo"
    password: str = field(default="", repr=False)
    certificate: Path | None = None
    changed: bool = False
    parameters: tuple[tuple[str, str], ...] = (("sslmode", "require"),)

    @property
    def address(self) -> str:
        """Host and port, as in a URL."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def url(self, database: str = "bank") -> str:
        """The SQLAlchemy URL of `database`, the password in it, everything quoted as a URL wants it."""
        login = quote(self.user, safe="") + (f":{quote(self.password, safe='')}" if self.password else "")
        query = urlencode(self.parameters, quote_via=quote, safe="/")
        return f"cockroachdb://{login}@{self.address}/{quote(database, safe='')}?{query}"


@dataclass(frozen=True, slots=True)
class Status:
    """What is known of the cluster: of one that runs here without asking it a query.

    `pids` names the processes that live, even when some are missing (then `running` is False).
    `trouble` is why a cluster elsewhere does not answer.
    """

    running: bool
    engine: str
    version: str
    about: str
    home: Path
    port: int | None = None
    pids: dict[str, int] = field(default_factory=dict)
    cluster: Cluster | None = None
    trouble: str = ""


class Engine(Protocol):
    """One way to have a cluster. On this machine, all but `status` is called with the home's lock held."""

    def start(self, home: Home, port: int | None, progress: Progress) -> Cluster:
        """Make it run and answer a query. Raises ClusterError, and then nothing of it runs."""

    def stop(self, home: Home) -> bool:
        """Stop what `start` started. False: nothing ran."""

    def status(self, home: Home) -> Status:
        """What runs now. Changes nothing and, on this machine, never waits."""

    def keep(self, home: Home, database: str, name: str) -> bool:
        """Keep a copy of a database, as it is now, under a name. False: it cannot be, nothing is kept."""

    def bring_back(self, home: Home, name: str, database: str) -> bool:
        """Make a database that is not there from a copy. False: there is none, nothing is made."""

    def remove(self, home: Home) -> None:
        """Stop, and delete everything that this engine keeps in `home` and elsewhere."""


@contextlib.contextmanager
def claimed(home: Home, engine: Engine, name: str) -> Iterator[bool]:
    """The home as this engine's, for a start; gives whether it is new. A start that fails leaves no new home.

    Raises ClusterError for a home that is not ours to use.
    """
    new = home.claim(name)
    try:
        yield new
    except BaseException:
        if new:
            with contextlib.suppress(OSError, ClusterError):
                engine.remove(home)
                home.remove()
        raise


def stays_on(current: int, wanted: int | None) -> None:
    """Raises ClusterError where a cluster that runs on one port is asked to start on another."""
    if wanted not in (None, current):
        raise ClusterError(
            f"The cluster runs already, on port {current}. Run `python -m cluster stop` first."
        )
