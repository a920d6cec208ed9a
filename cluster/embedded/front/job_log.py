"""The log that SHOW JOBS reads.

It is a file in PostgreSQL's data directory, one JSON object a line, written outside of any transaction:
a job that failed has to be seen although its transaction was rolled back, and one that runs by others. Of
several lines with the same id the last one counts (crdb_catalog.jobs, dialect/sql/62_jobs.sql).
"""

from __future__ import annotations

import json
import logging
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster.embedded.dialect.jobs import GARBAGE

if TYPE_CHECKING:
    from cluster.embedded.front.jobs import Running

log = logging.getLogger("front")

LOST = "the connection or the cluster ended while this ran: the table shows whether it took effect"
_LARGE = 2 * 2**20  # bytes of the file after which it is written anew
_KEPT = 2000  # the newest jobs that are kept then
_ENDED = frozenset(["", "succeeded", "failed", "canceled"])

Record = dict[str, Any]


class JobLog:
    """The jobs of the cluster. path: the file; None keeps them in memory only."""

    def __init__(self, path: str | None = None) -> None:
        self.running: dict[int, Running] = {}
        self.known: dict[int, Record] = {}  # all that the file has, newest state of each
        self._path = Path(path) if path else None
        self._file: int | None = None
        self._size = 0
        self._limit = _LARGE
        self._last_id = 0

    def open(self) -> None:
        """Read the file, once; what ran when the last front ended is said to be lost."""
        if self._file is not None or self._path is None:
            return
        text = b""
        with suppress(FileNotFoundError):
            text = self._path.read_bytes()
        for line in text.splitlines():
            with suppress(ValueError, KeyError, TypeError):  # a line that a kill cut short
                record = json.loads(line)
                self.known[int(record["id"])] = record
        try:
            self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            os.fchmod(self._file, 0o644)  # PostgreSQL may run as another user; nobody else sees its directory
        except OSError as error:
            log.warning("jobs are not written down: %s", error)
            self._path = None
            return
        self._size = len(text)
        if text and not text.endswith(b"\n"):
            os.write(self._file, b"\n")
        for record in [each for each in self.known.values() if each["status"] not in _ENDED]:
            if record["kind"] != GARBAGE:
                self.write({**record, "status": "failed", "finished": time.time(), "error": LOST})

    def new_id(self) -> int:
        """As unique_rowid() makes them: 10 µs ticks since 2015, and the node's number 1."""
        ticks = (time.time_ns() - 1_420_070_400_000_000_000) // 10_000
        self._last_id = max(self._last_id + (1 << 15), (ticks << 15) | 1)
        return self._last_id

    def write(self, record: Record) -> None:
        """Note a job's state."""
        self.known[record["id"]] = record
        if self._file is not None:
            try:
                self._size += os.write(self._file, json.dumps(record).encode() + b"\n")
                if self._size > self._limit:
                    self._compact()
            except OSError as error:
                log.warning("a job was not written down: %s", error)

    def _compact(self) -> None:
        """Write the file anew, with the newest jobs only."""
        if self._path is None:
            return
        kept = sorted(
            (each for each in self.known.values() if each["status"]), key=lambda each: int(each["id"])
        )[-_KEPT:]
        self.known = {each["id"]: each for each in kept}
        fresh = self._path.with_suffix(".new")
        fresh.write_text("".join(json.dumps(each) + "\n" for each in kept), encoding="utf-8")
        self._size = fresh.stat().st_size
        self._limit = max(_LARGE, 2 * self._size)
        fresh.chmod(0o644)
        fresh.replace(self._path)
        if self._file is not None:
            os.close(self._file)
        self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND)

    def close(self) -> None:
        """The front stops."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
