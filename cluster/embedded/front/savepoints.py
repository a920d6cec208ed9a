"""Savepoints: the ordinary ones, and cockroach_restart with which a client retries a transaction.

PostgreSQL keeps its snapshot after ROLLBACK TO, CockroachDB does not for a savepoint that was set before
anything was read or written ("initial"): so that one is done as ROLLBACK, BEGIN and the savepoints up to it.
RELEASE of cockroach_restart commits. Sources: pkg/sql/conn_executor_savepoints.go, conn_executor_exec.go
(execStmtInAbortedState, execStmtInCommitWaitState).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster.embedded.dialect import Effect, Statement
from cluster.embedded.dialect.model import unsupported
from cluster.embedded.front import wire
from cluster.embedded.front.expected import FAILED, IDLE
from cluster.embedded.front.port import Script, Step
from cluster.embedded.front.transaction import Mark, Mask, Transaction
from cluster.embedded.front.transaction_steps import ABORTED, begin_anew, none_open

if TYPE_CHECKING:
    from cluster.embedded.front.session import Session

EFFECTS = frozenset(
    {
        Effect.SAVEPOINT,
        Effect.SAVEPOINT_RESTART,
        Effect.ROLLBACK_TO,
        Effect.ROLLBACK_TO_RESTART,
        Effect.RELEASE,
        Effect.RELEASE_RESTART,
    }
)
_SET = frozenset({Effect.SAVEPOINT, Effect.SAVEPOINT_RESTART})
_BACK = frozenset({Effect.ROLLBACK_TO, Effect.ROLLBACK_TO_RESTART})

# pkg/kv/kvclient/kvcoord/txn_coord_sender_savepoints.go (errSavepointInvalidAfterTxnRestart)
_AFTER_CONFLICT = (
    "40001",
    "restart transaction: TransactionRetryWithProtoRefreshError: "
    "cannot rollback to savepoint after a transaction restart",
)
_OVER_DDL = ("0A000", "unimplemented: ROLLBACK TO SAVEPOINT not yet supported after DDL statements")
_OVER_DDL_HINT = (
    "You have attempted to use a feature that is not yet implemented.\n"
    "See: https://go.crdb.dev/issue-v/10735/v26.2"
)


def perform(session: Session, statement: Statement) -> Step:
    """Do SAVEPOINT, ROLLBACK TO or RELEASE, and say its tag."""
    effect, transaction = statement.effect, session.transaction
    if transaction is None:
        if effect in _BACK:
            return _missing(statement)
        return (yield from none_open(session, "SAVEPOINT" if effect in _SET else "RELEASE"))
    transaction.look(session)
    if effect in _SET:
        return (yield from _set(session, transaction, statement))
    if effect in _BACK:
        return (yield from _back(session, transaction, statement))
    return (yield from _release(session, transaction, statement))


def touched(session: Session) -> Script:
    """Whether the transaction has read or written a table; asked of the backend only when it may have."""
    transaction = session.transaction
    assert transaction is not None
    if not transaction.touched and transaction.delivered:
        captured = yield from session.hidden("SELECT crdb_catalog.touched()")
        transaction.touched = captured.rows == [["t"]]
    return transaction.touched


def _missing(statement: Statement) -> bytes:
    return wire.error("3B001", f'savepoint "{statement.argument}" does not exist')


def _find(transaction: Transaction, statement: Statement) -> int:
    """The place of the innermost savepoint of that name; -1 for none."""
    for place in range(len(transaction.savepoints) - 1, -1, -1):
        if transaction.savepoints[place].name == statement.argument:
            return place
    return -1


def _set(session: Session, transaction: Transaction, statement: Statement) -> Step:
    restarts = statement.effect is Effect.SAVEPOINT_RESTART
    if session.status == FAILED or session.mask is Mask.ABORTED:
        # Drivers that tie a savepoint to an object do not send ROLLBACK TO after a RELEASE that failed.
        return (yield from _back(session, transaction, statement)) if restarts else wire.error(*ABORTED)
    used = yield from touched(session)
    marks = transaction.savepoints
    if restarts and len(marks) == 1 and marks[0].restarts and not used:
        session.say(wire.command_complete("SAVEPOINT"))
        return None
    if restarts and marks:
        return wire.error("42601", 'SAVEPOINT "cockroach_restart" cannot be nested')
    if restarts and used:
        return wire.error(
            "42601", 'SAVEPOINT "cockroach_restart" needs to be the first statement in a transaction'
        )
    captured = yield from session.hidden(statement.sql)
    if captured.error is not None:
        return session.translated(captured.error)
    mark = Mark(
        statement, restarts, not used, session.variables, transaction.base, transaction.schema_changes
    )
    marks.append(mark)
    session.say(wire.command_complete("SAVEPOINT"))
    return None


def _back(session: Session, transaction: Transaction, statement: Statement) -> Step:
    place = _find(transaction, statement)
    if place < 0:
        return _missing(statement)
    mark = transaction.savepoints[place]
    if transaction.schema_changes > mark.schema_changes and not mark.initial:
        return wire.error(*_OVER_DDL, hint=_OVER_DDL_HINT)
    del transaction.savepoints[place + 1 :]
    if mark.initial:
        error = yield from begin_anew(session)
        if error is not None:
            return error
    else:
        if transaction.conflicted:
            return wire.error(*_AFTER_CONFLICT)
        captured = yield from session.hidden(mark.rollback)
        if captured.error is not None:
            return session.translated(captured.error)
    session.adopt(mark.variables)
    # SET outlives a rollback (docs, "Known limitations": SET does not roll back in a transaction).
    for sql in transaction.base.lost(mark.base):
        yield from session.hidden(sql)
    session.say(wire.command_complete("ROLLBACK"))
    return None


def _release(session: Session, transaction: Transaction, statement: Statement) -> Step:
    if session.status == FAILED or session.mask is Mask.ABORTED:
        return wire.error(*ABORTED)
    place = _find(transaction, statement)
    if place < 0:
        return _missing(statement)
    if transaction.savepoints[place].restarts:
        if transaction.changes is not None and transaction.changes.failing is not None:
            return wire.refusal(unsupported("RELEASE after a schema change that the table's rows refuse"))
        captured = yield from session.hidden("COMMIT")
        if captured.error is not None:
            session.mask = Mask.ABORTED  # the transaction is kept: ROLLBACK TO SAVEPOINT may follow
            return session.translated(captured.error)
        session.mask = Mask.RELEASED
        tag = "COMMIT"
    else:
        captured = yield from session.hidden(statement.sql)
        if captured.error is not None:
            return session.translated(captured.error)
        tag = "RELEASE"
    del transaction.savepoints[place:]
    session.say(wire.command_complete(tag))
    return None


def status(session: Session, statement: Statement) -> Step:
    """SHOW TRANSACTION STATUS, SHOW SAVEPOINT STATUS: answered in any state (runObserverStatement)."""
    transaction = session.transaction
    if statement.effect is Effect.SHOW_TRANSACTION_STATUS:
        if session.mask is not None:
            state = "CommitWait" if session.mask is Mask.RELEASED else "Aborted"
        elif session.status == FAILED:
            state = "Aborted"
        else:
            state = "NoTxn" if session.status == IDLE else "Open"
        columns, rows = [("TRANSACTION STATUS", wire.TEXT)], [[state]]
    else:
        columns = [("savepoint_name", wire.TEXT), ("is_initial_savepoint", wire.BOOL)]
        marks = transaction.savepoints if transaction is not None else []
        rows = [[mark.name, "t" if mark.initial else "f"] for mark in marks]
    session.say(
        wire.row_description(columns),
        *(wire.data_row(row) for row in rows),
        wire.command_complete(f"{statement.tag} {len(rows)}"),
    )
    return None
    yield  # a step like the others, though it waits for nothing
