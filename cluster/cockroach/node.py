"""One CockroachDB node as a process: started, waited for, recognized, ended, and asked things as root."""

from __future__ import annotations

import contextlib
import signal
import time
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from .. import processes
from ..errors import ClusterError, explain
from ..home import Home
from ..ports import HOST
from . import certs
from .binary import Binary, environment, reason

USER = "demo"
STORE = "store"
LOG = "cockroach.log"
URL = "listening-url"
"""The node writes its URL into this file when it takes connections (--listening-url-file)."""
PATIENCE = 90.0
"""Seconds until a node must take connections; a large store that was not shut down takes a while."""
END = ((signal.SIGTERM, 30.0), (signal.SIGKILL, 5.0))
"""SIGTERM drains: docs v26.2, node-shutdown.md; transactions get 10 s (server.shutdown.transactions.timeout).
A node that is killed loses nothing that was committed."""
END_SOON = ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))


class PortTaken(ClusterError):
    """The node could not open its port: another program has it."""


@dataclass(frozen=True, slots=True)
class Node:
    """The process of a home's node, and its port.

    `log_from` is the byte of the log at which this run of it begins.
    """

    home: Home
    port: int
    pid: int
    log_from: int = 0

    @classmethod
    def start(cls, home: Home, port: int, binary: Binary) -> Node:
        """Start the process; `wait` tells when it is ready. Port 0: one of the system's choice.

        Flags: docs v26.2, cockroach-start-single-node.md. The store's path is relative to the home, for its
        field may hold no comma; no ballast file, which would be of 1 GiB; a cache and a share of the memory
        that fit a laptop.
        """
        home.delete(URL)
        log = home / LOG
        log_from = log.stat().st_size if log.exists() else 0
        command = [
            str(binary.path),
            *signs(home),
            f"--listen-addr={HOST}:{port}",
            f"--http-addr={HOST}:0",
            f"--store=path={STORE},ballast-size=0",
            f"--listening-url-file={home / URL}",
            "--cache=128MiB",
            "--max-sql-memory=256MiB",
        ]
        try:
            pid = processes.spawn(command, log=log, environment=dict(environment()), directory=home.path)
        except OSError as error:
            raise explain(error, "run CockroachDB") from error
        return cls(home, port, pid, log_from)

    def wait(self) -> Node:
        """Wait until it takes connections; gives it with the port that it has then.

        Raises PortTaken, or ClusterError with its own reason.
        """
        deadline = time.monotonic() + PATIENCE
        while (port := _written(self.home)) is None:
            self.watch()
            if time.monotonic() > deadline:
                raise ClusterError(
                    f"CockroachDB was not ready after {PATIENCE:.0f} s. See `python -m cluster logs`."
                )
            time.sleep(0.02)
        return replace(self, port=port)

    def watch(self) -> None:
        """Raises ClusterError, with the reason, when the process is gone."""
        if processes.alive(self.pid, *signs(self.home)):
            return
        said = ""
        with contextlib.suppress(OSError):
            said = (self.home / LOG).read_bytes()[self.log_from :].decode(errors="replace")
        # Go's words for EADDRINUSE: syscall.Errno.Error, on Linux and macOS.
        kind = PortTaken if "address already in use" in said else ClusterError
        raise kind(f"CockroachDB ended: {reason(said)} See `python -m cluster logs`.")

    def admit(self, binary: Binary, password: str) -> None:
        """Make the user `demo`, or give it this password again, and make it an admin.

        `cockroach demo` makes an admin of that name too (docs v26.2, cockroach-demo.md), and the lessons show
        what it sees. The statements go by stdin: arguments can be seen by all.
        """
        binary.run(
            "sql",
            f"--certs-dir={self.home / certs.FOLDER}",
            f"--host={HOST}:{self.port}",
            "--user=root",
            given=f"CREATE USER IF NOT EXISTS {USER};\n"
            f"ALTER USER {USER} WITH PASSWORD '{password}';\n"  # of letters, digits, - and _
            f"GRANT admin TO {USER};\n",
        )


def signs(home: Home) -> tuple[str, ...]:
    """The arguments by which the node of this home is known."""
    return ("start-single-node", f"--certs-dir={home / certs.FOLDER}")


def end(home: Home, *, soon: bool = False) -> bool:
    """End every node of this home; gives whether there was one. Raises ClusterError if one stays."""
    found = processes.find(*signs(home))
    if left := processes.end(found, *(END_SOON if soon else END)):
        raise ClusterError(f"The CockroachDB process {left[0]} does not end. Look at it, or end it yourself.")
    return bool(found)


def _written(home: Home) -> int | None:
    """The port in the URL that the node has written; None before it has, or while it does."""
    with contextlib.suppress(OSError):
        text = (home / URL).read_text()
        if text.endswith("\n"):  # the whole line: pkg/cli/start.go
            return urlsplit(text.strip()).port
    return None
