"""Schema changes as jobs: which a session runs, and what became of them (the log of them all: job_log)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cluster.embedded.dialect import Job, Notice, Statement, translate_error
from cluster.embedded.dialect.jobs import DECLARATIVE, GARBAGE, LEGACY
from cluster.embedded.front import wire
from cluster.embedded.front.job_log import LOST, JobLog, Record

if TYPE_CHECKING:
    from cluster.embedded.front.expected import Expect
    from cluster.embedded.front.session import Session

# pkg/jobs/registry.go, errJobCanceled; without a code of its own it is CockroachDB's "uncategorized".
CANCELED = {"C": "XXUUU", "M": "job canceled by user"}
_GOES_ON = "If the statement is canceled, jobs will continue in the background."
_QUIET = ("warning", "error", "fatal", "panic")  # values of client_min_messages that keep notices back
# What goes wrong while rows are read or written, and so in the job and not before it.
_IN_THE_JOB = ("22", "23", "40", "54")
_STOPPED = frozenset(["57014", "55P03"])  # canceled, or timed out


@dataclass(slots=True)
class Running:
    """A job between its statement's sending and its end. record: as it stands in the log."""

    record: Record
    job: Job
    owner: SessionJobs
    noted: Callable[[int, str], None] | None = None  # which of the backend's answers it waits for
    canceled: bool = False


@dataclass(slots=True)
class SessionJobs:
    """The jobs of one session: those of the statement that runs, and those that wait for COMMIT."""

    session: Session
    running: Running | None = None
    done: list[Running] = field(default_factory=list)  # completed, the implicit transaction not yet
    # Of an explicit transaction, each with the tables that it changes.
    waiting: list[tuple[Job, tuple[str, ...]]] = field(default_factory=list)
    held: list[bytes] = field(default_factory=list)  # notices that come after that of the job

    @property
    def log(self) -> JobLog:
        return self.session.shared.jobs

    def watched(
        self, statements: tuple[Statement, ...], done: Callable[[int, str], None]
    ) -> Callable[[int, str], None]:
        """The hook of these statements, which notes their jobs besides."""

        def noted(turn: int, tag: str) -> None:
            completed = statements[min(turn, len(statements) - 1)]
            if completed.job is not None:
                self._completed(completed.job)
            done(turn, tag)
            if turn + 1 >= len(statements):  # the batch is committed
                if self.done:
                    self._announce(*(each.record["id"] for each in self.done))
                self._release()
            if turn + 1 < len(statements) and (following := statements[turn + 1].job) is not None:
                self.begin(following, noted)

        if (first := statements[0].job) is not None:
            self.begin(first, noted)
        return noted

    def begin(self, job: Job, noted: Callable[[int, str], None] | None = None) -> None:
        """The statement was sent. In an explicit transaction the job begins with COMMIT."""
        session = self.session
        session.relay.skipped = False
        if session.transaction is not None:
            return
        now = time.time()
        record: Record = {
            "id": self.log.new_id(),
            "kind": job.kind,
            "description": job.description,
            "user": session.settings.user,
            "status": "running",
            "created": now,
            "finished": None,
            "error": "",
        }
        self.running = Running(record, job, self, noted)
        self.log.running[record["id"]] = self.running
        self.log.write(record)
        relay = session.relay
        relay.on_ready, relay.on_error, relay.on_notice = self._ready, self._error, self._noticed

    def cancel(self, found: Running) -> Callable[[], None]:
        """CANCEL JOB, by what this gives: its statement gets an error, and the change is undone."""
        found.canceled = True
        self.log.write({**found.record, "status": "cancel-requested"})
        return self.session.port.cancel()

    def finished(self, committed: bool) -> None:
        """The client's transaction has ended: what it changed of one table is one job.

        In explicit transactions CockroachDB changes schemas in its older way, whatever the statement (logic
        test schema_change_in_txn; jobs.Record.AppendDescription).
        """
        waiting, self.waiting = self.waiting, []
        if not committed or not waiting:
            return
        by_table: dict[tuple[str, str], list[Job]] = {}
        for job, tables in waiting:
            kind = LEGACY if job.kind == DECLARATIVE else job.kind
            for table in tables or (job.description,):
                by_table.setdefault((kind, table), []).append(job)
        ids = []
        for (kind, _), jobs in by_table.items():
            whole = "; ".join(job.description for job in jobs)
            ids.append(
                self._succeeded(
                    {"kind": kind, "description": whole, "created": time.time()}, _garbage_of(jobs, whole)
                )
            )
        self._announce(*ids)

    def lost(self) -> None:
        """The session or its backend has ended in the middle of it."""
        for each in [*self.done, *([self.running] if self.running else [])]:
            self._end(each, "canceled" if each.canceled else "failed", LOST)
        self._settle()
        self.waiting.clear()

    def succeeded(self, job: Job | None) -> None:
        """A statement that the front ran itself, after begin(), has ended (DROP DATABASE)."""
        if job is not None and self.running is not None:
            self._completed(job)
            if self.done:
                self._announce(*(each.record["id"] for each in self.done))
            self._ready(0)

    def waits(self, job: Job, tables: tuple[str, ...]) -> None:
        """A statement of an explicit transaction, which the front ran itself: its job begins with COMMIT."""
        self.waiting.append((job, tables))

    def failed(self, job: Job | None, message: str) -> None:
        """A job that failed after the commit of its transaction."""
        if job is not None:
            kind = LEGACY if job.kind == DECLARATIVE else job.kind
            self._ended({"kind": kind, "description": job.description, "created": time.time()}, message)

    # -- what the relay tells -----------------------------------------------------------------------------

    def _completed(self, job: Job) -> None:
        found = self.running
        # IF [NOT] EXISTS found nothing to do: no job. Of several things some may have been there.
        skipped, self.session.relay.skipped = self.session.relay.skipped, False
        if skipped and ", " not in job.description:
            if found is not None and found.job is job:
                self._forget(found)
                self.running = None
            return
        if found is not None and found.job is job:
            self.running = None
            self.done.append(found)
        elif self.session.transaction is not None:
            self.waiting.append((job, ()))

    def _noticed(self, fields: dict[str, str], frame: bytes) -> bool:
        """Notices come after the job's own; but there may be no job, when there was nothing to do."""
        if self.running is None or fields.get("M", "").endswith("skipping"):
            return False
        self.held.append(frame)
        return True

    def _error(self, head: Expect | None, fields: dict[str, str]) -> None:
        """An error of PostgreSQL's; its fields may be changed. What came before in the batch is undone."""
        found, self.running = self.running, None
        for each in self.done:
            self._forget(each)
        self.done.clear()
        if found is not None:
            its_own = head is not None and head.done is found.noted
            code = fields.get("C", "")
            if its_own and (found.canceled or code.startswith(_IN_THE_JOB)):
                self._announce(found.record["id"])
            if its_own and found.canceled and code == "57014":
                fields.update(CANCELED)
                for key in "DH":
                    fields.pop(key, None)
                self._end(found, "canceled", CANCELED["M"])
            elif its_own and (code.startswith(_IN_THE_JOB) or code in _STOPPED):
                self._end(found, "failed", translate_error(dict(fields)).get("M", ""))
            else:
                self._forget(found)
        self._settle()

    def _ready(self, status: int) -> None:
        """The implicit transaction is committed."""
        if self.session.transaction is None:
            for each in self.done:
                self._end(each, "succeeded", "")
                if each.job.garbage:
                    self._garbage(each.record, each.job.garbage)
            self.done.clear()
        if self.running is None:
            self._settle()

    def _announce(self, *ids: int) -> None:
        """Tell the client of its jobs (docs, "Online schema changes"; since v26.1).

        CockroachDB says so when the job begins. Here it is known to be one only when the statement has ended.
        """
        repeat = self.session.variables.repeat
        level = next((sql.lower() for name, sql in repeat.items() if "client_min_messages" in name), "")
        if not any(word in level for word in _QUIET):
            listed = ", ".join(str(number) for number in ids)
            self.session.say(wire.notice(Notice(f"waiting for job(s) to complete: {listed}\n{_GOES_ON}")))
        self._release()

    def _release(self) -> None:
        """Hand on the notices that were held back."""
        self.session.say(*self.held)
        self.held.clear()

    # -- the log ------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        self._release()
        self.running = None
        self.done.clear()
        relay = self.session.relay
        relay.on_ready = relay.on_error = relay.on_notice = None

    def _end(self, found: Running, status: str, error: str) -> None:
        self.log.running.pop(found.record["id"], None)
        self.log.write({**found.record, "status": status, "finished": time.time(), "error": error})

    def _forget(self, found: Running) -> None:
        """It was no job after all: the statement itself was wrong, or there was nothing to do."""
        self.log.running.pop(found.record["id"], None)
        self.log.write({**found.record, "status": "", "finished": time.time()})
        self.log.known.pop(found.record["id"], None)

    def _succeeded(self, record: Record, garbage: str) -> int:
        whole = self._ended(record, "")
        if garbage:
            self._garbage(whole, garbage)
        return int(whole["id"])

    def _ended(self, record: Record, error: str) -> Record:
        whole = {
            "id": self.log.new_id(),
            "user": self.session.settings.user,
            **record,
            "error": error,
            "status": "failed" if error else "succeeded",
            "finished": time.time(),
        }
        self.log.write(whole)
        return whole

    def _garbage(self, record: Record, description: str) -> None:
        """The job that removes the old data when its time to live is over (4 hours: gc.ttlseconds)."""
        self.log.write(
            {
                "id": self.log.new_id(),
                "kind": GARBAGE,
                "description": f"GC for {description}",
                "user": record["user"],
                "status": "running",
                "created": time.time(),
                "finished": None,
                "error": "",
            }
        )


def _garbage_of(jobs: list[Job], whole: str) -> str:
    """What the older way leaves behind: the index that a backfill used, what was dropped; of columns nothing.

    Source: pkg/sql/schema_changer.go (createTemporaryIndexGCJob, createIndexGCJob).
    """
    left = [job.description for job in jobs if job.garbage]
    if any(each.startswith(("DROP ", "TRUNCATE ")) for each in left):
        return whole
    if any(each.startswith("CREATE ") or " UNIQUE" in each for each in left):
        return "temporary index used during index backfill"
    return ""
