"""What the sessions of one front share."""

from __future__ import annotations

from dataclasses import dataclass, field

from cluster.embedded.dialect import Catalog
from cluster.embedded.front.job_log import JobLog

_MOST_ANSWERS = 256


@dataclass(slots=True)
class Shared:
    """schema: counts the schema changes, so that each session knows when its picture of the tables is old.

    neutral: the databases on which a session may wait whose own was dropped. jobs: the cluster's jobs.
    databases: all that there are, as far as sessions have been told; read by the first one.
    """

    schema: int = 0
    neutral: tuple[str, ...] = ("postgres", "defaultdb")
    jobs: JobLog = field(default_factory=JobLog)
    databases: set[str] = field(default_factory=set)
    _answers: dict[tuple[str, str, str], list[list[str | None]]] = field(default_factory=dict)
    _answered_at: int = 0
    _catalogs: dict[tuple[str, str], Catalog] = field(default_factory=dict)
    _read_at: int = 0

    def catalog(self, database: str, user: str) -> Catalog | None:
        """The tables as last read, unless a schema changed since."""
        return self._catalogs.get((database, user)) if self._read_at == self.schema else None

    def keep(self, database: str, user: str, read_at: int, catalog: Catalog) -> None:
        """Keep what was read when the count of schema changes was read_at."""
        if read_at == self.schema:
            if self._read_at != read_at:
                self._catalogs.clear()
                self._read_at = read_at
            self._catalogs[database, user] = catalog

    def answer(self, database: str, user: str, sql: str) -> list[list[str | None]] | None:
        """What the catalog has answered to this, unless a schema changed since."""
        return self._answers.get((database, user, sql)) if self._answered_at == self.schema else None

    def keep_answer(
        self, read_at: int, database: str, user: str, sql: str, rows: list[list[str | None]]
    ) -> None:
        """Keep what was answered when the count of schema changes was read_at."""
        if read_at == self.schema:
            if self._answered_at != read_at or len(self._answers) >= _MOST_ANSWERS:
                self._answers.clear()
                self._answered_at = read_at
            self._answers[database, user, sql] = rows
