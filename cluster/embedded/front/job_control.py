"""CANCEL, PAUSE and RESUME JOB: what may be done with a job as it stands (pkg/jobs/update.go)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster.embedded.dialect import Refusal, Statement
from cluster.embedded.dialect.jobs import DECLARATIVE, GARBAGE
from cluster.embedded.dialect.model import unsupported
from cluster.embedded.front import wire
from cluster.embedded.front.parameters import ADMINS
from cluster.embedded.front.port import Request

if TYPE_CHECKING:
    from cluster.embedded.front.job_log import Record
    from cluster.embedded.front.port import Step
    from cluster.embedded.front.session import Session

_UNCATEGORIZED = "XXUUU"  # what CockroachDB sends for an error without a code
_CANNOT = {
    "cancel": "cannot be requested to be canceled",
    "pause": "cannot be requested to be paused",
    "resume": "cannot be resumed",
}


def control(session: Session, statement: Statement) -> Step:
    """Do it for each of the ids that the statement's query gives; all of them or an error."""
    command, _, sql = (statement.argument or "").partition("\0")
    captured = yield from session.hidden(sql, sync=session.relay.executed == 0)
    if captured.error is not None:
        return session.translated(captured.error)
    ids = [int(row[0]) for row in captured.rows if row[0] is not None]
    log = session.shared.jobs
    try:
        for number in ids:
            record = log.known.get(number)
            if record is None:
                raise Refusal(_UNCATEGORIZED, f"job with ID {number} does not exist")
            if session.settings.user not in ADMINS:
                user = session.settings.user
                raise Refusal("42501", f"user {user} does not have privileges for job {number}")
            _check(command, record)
    except Refusal as reason:
        return wire.refusal(reason)
    if command == "cancel":
        for number in ids:
            if (running := log.running.get(number)) is not None and not running.canceled:
                # Answered when it is told: what the job waits for may come to its end right after the answer.
                yield Request(work=running.owner.cancel(running))
    session.say(wire.command_complete(f"{command.upper()} JOBS {len(ids)}"))
    return None


def _check(command: str, record: Record) -> None:
    """Raise Refusal if the job cannot be told so."""
    status, kind = record["status"], record["kind"]
    running = status == "running"
    if command == "cancel":
        # A schema change cannot be canceled any more once it is done or undone, nor can garbage collection.
        uncancelable = kind == GARBAGE or (
            kind == DECLARATIVE and status in ("succeeded", "failed", "canceled")
        )
        if uncancelable or (running and record["description"].startswith("DROP ")):
            raise Refusal(_UNCATEGORIZED, f"job {record['id']}: not cancelable")
        if running or status in ("cancel-requested", "canceled"):
            return
    elif running and command == "pause":
        raise unsupported("PAUSE JOB of a schema change that runs")
    elif running:
        return
    raise Refusal(_UNCATEGORIZED, f"job with state {status} {_CANNOT[command]}")
