"""What every engine of the cluster gives. Which one it is stands in choice.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from .home import Home

Progress = Callable[[str], None]
"""Gets one line for a person each time that something takes a while or is other than asked."""

COCKROACHDB = "v26.2.4"
"""The CockroachDB version that the course is written for and the embedded engine imitates."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that runs and answers.

    `certificate` is what the server proves itself with; `password` belongs to the SQL user `user`.
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

    def url(self, database: str = "bank") -> str:
        """The SQLAlchemy URL of `database`, the password in it, everything quoted as a URL wants it."""
        login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        return f"cockroachdb://{login}@{self.host}:{self.port}/{quote(database, safe='')}?sslmode=require"


@dataclass(frozen=True, slots=True)
class Status:
    """What is known of the cluster without asking it a query.

    `pids` names the processes that live, even when some are missing (then `running` is False).
    """

    running: bool
    engine: str
    version: str
    about: str
    home: Path
    port: int | None = None
    pids: dict[str, int] = field(default_factory=dict)
    cluster: Cluster | None = None


class Engine(Protocol):
    """One way to have a cluster. All of it is called with the home's lock held, but for `status`."""

    def start(self, home: Home, port: int | None, progress: Progress) -> Cluster:
        """Make it run and answer a query. Raises ClusterError, and then nothing of it runs."""

    def stop(self, home: Home) -> bool:
        """Stop what `start` started. False: nothing ran."""

    def status(self, home: Home) -> Status:
        """What runs now. Changes nothing and never waits."""

    def keep(self, home: Home, database: str, name: str) -> bool:
        """Keep a copy of a database, as it is now, under a name. False: it cannot be, nothing is kept."""

    def bring_back(self, home: Home, name: str, database: str) -> bool:
        """Make a database that is not there from a copy. False: there is none, nothing is made."""

    def remove(self, home: Home) -> None:
        """Stop, and delete everything that this engine keeps in `home` and elsewhere."""
