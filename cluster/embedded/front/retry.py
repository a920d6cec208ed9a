"""Conflicts that the server resolves by itself: what ran is run again, if the client has seen nothing of it.

CockroachDB retries implicit transactions, and the first batch of an explicit one, as long as no result of
them has left the server (pkg/sql/conn_executor.go, getRewindTxnCapability; docs, "Transactions": automatic
retries). PostgreSQL never does. The number of attempts is bounded here; then the client gets the 40001.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Final

from cluster.embedded.front import wire
from cluster.embedded.front.expected import CLOSE, IDLE, QUERY, SYNC, Captured, Expect
from cluster.embedded.front.port import Script
from cluster.embedded.front.transaction_steps import begin_anew

if TYPE_CHECKING:
    from cluster.embedded.front.session import Session

_SECONDS: Final = 10.0
_ATTEMPTS: Final = 20_000
_ENDS: Final = (SYNC, QUERY)

Sent = tuple[tuple[bytes, ...], tuple[Expect, ...], int, int]
"""A batch's frames, what is owed for them, the relay's batches and status."""


@dataclass(slots=True)
class Batch:
    """What was sent while the backend owed nothing, up to one Sync or Query.

    batches, status: the relay's when it was sent. again: it met a conflict and is to be sent once more.
    """

    frames: tuple[bytes, ...]
    expects: tuple[Expect, ...]
    batches: int
    status: int
    again: bool = False
    attempts: int = 0
    until: float = field(default=0.0)
    clock: str = ""  # when it first ran, if crdb.transaction_start has to say so


def repeatable(session: Session, batch: Batch) -> bool:
    """Whether the batch, which met a conflict, may be run again."""
    ends = sum(expect.kind in _ENDS for expect in batch.expects)
    if ends != 1 or batch.expects[-1].kind not in _ENDS:
        return False
    transaction = session.transaction
    if batch.status != IDLE and (
        transaction is None
        or transaction.delivered
        or transaction.quiet != batch.batches
        or not all(mark.initial for mark in transaction.savepoints)
    ):
        return False
    now = monotonic()
    batch.until = batch.until or now + _SECONDS
    batch.attempts += 1
    return batch.attempts < _ATTEMPTS and now < batch.until


def run(session: Session, batch: Batch) -> Script:
    """Run the batch until it meets no conflict any more, or may not be run again."""
    while batch.again:
        batch.again = False
        if batch.status != IDLE:
            error = yield from begin_anew(session)
            if error is not None:
                session.say(error, session.ready())
                return
        elif session.status != IDLE:  # the batch itself began the transaction
            yield from session.hidden("ROLLBACK")
            session.transaction = None
        if batch.clock and session.status == IDLE:
            yield from session.hidden(f"SET crdb.transaction_start = '{batch.clock}'")
        session.batch = batch
        send(session, batch)
        yield from session.drained()
    if batch.clock and session.status == IDLE:
        yield from session.hidden("RESET crdb.transaction_start")


def send(session: Session, batch: Batch) -> None:
    """Send the batch as if for the first time."""
    hidden = Captured()
    for frame in batch.frames:
        if frame[:1] == b"P" and frame[5:6] != b"\0":  # prepared statements outlive the conflict
            (name,), _ = wire.cstrings(frame, 1, 5)
            session.ask(wire.message(b"C", b"S" + name + b"\0"), Expect(CLOSE, captured=hidden))
    session.ask(b"".join(batch.frames), *(expect.fresh() for expect in batch.expects))
