"""What the embedded engine writes down in its home."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass, fields
from pathlib import Path

from ..errors import ClusterError
from ..home import Home
from ..secret import SECRET

RUNNING = "running.json"
"""What was started last: see Running."""
CONTENT = "content.json"
"""What the data holds and where it was served: {"complete": true, "dialect": hash, "code": hash, "port": n}.

Without it the data was never served, and nothing is lost when it is made anew."""
FRONT = "front.json"
"""The front's configuration; its path in a command line is the sign of this home's front."""
JOBS = "crdb_jobs.log"
"""The log of the jobs, in PostgreSQL's data directory: dialect/sql/62_jobs.sql reads it by this name."""
CERTIFICATE, KEY = "cert.pem", "key.pem"
LOGS = {"front": "front.log", "postgres": "postgres.log"}
ALIVE = "alive"
"""The file whose lock all processes of the cluster hold together."""
LARGE = 8 * 2**20
"""Bytes after which a log is put aside at the next start (one old log is kept)."""


@dataclass(slots=True)
class Running:
    """The processes of the last start, and where they can be found. 0 and "" mean unknown."""

    port: int = 0
    postgres: int = 0
    front: int = 0
    sockets: str = ""
    code: str = ""

    @classmethod
    def read(cls, home: Home) -> Running:
        """What is written down; nothing if it is damaged: the processes are found in another way then."""
        with contextlib.suppress(ClusterError):
            found = home.read(RUNNING)
            if all(isinstance(found.get(each.name), type(each.default)) for each in fields(cls)):
                return cls(**{each.name: found[each.name] for each in fields(cls)})
        return cls()


def code() -> str:
    """A hash of the engine's code: a cluster that older code started is restarted by `start`."""
    digest = hashlib.sha256()
    package = Path(__file__).resolve().parent
    for path in sorted(package.rglob("*")):
        if path.suffix in (".py", ".sql"):
            digest.update(str(path.relative_to(package)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def put_large_logs_aside(home: Home) -> None:
    """Rename logs that have grown large; call it while nothing writes to them."""
    for name in LOGS.values():
        if (home / name).exists() and (home / name).stat().st_size > LARGE:
            (home / name).replace(home / f"{name}.1")


def forget(home: Home) -> None:
    """Delete all of these files, but for the one that is locked."""
    home.delete(RUNNING, CONTENT, FRONT, SECRET, CERTIFICATE, KEY)
    home.delete(*LOGS.values(), *(f"{name}.1" for name in LOGS.values()))
    home.delete(*(f"{name}.new" for name in (RUNNING, CONTENT, FRONT)))
