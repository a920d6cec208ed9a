"""The client's transaction where it is not the backend's: restarts, commits before DDL, CockroachDB's states.

Sources: pkg/sql/conn_executor_exec.go (states), conn_executor_ddl.go (autocommit before DDL),
conn_executor_savepoints.go (cockroach_restart); docs, "Advanced client-side transaction retries".
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from cluster.embedded.dialect import Effect, Notice, Statement
from cluster.embedded.front import databases, wire
from cluster.embedded.front.expected import FAILED, IDLE, OPEN
from cluster.embedded.front.variables import Variables, is_setting

if TYPE_CHECKING:
    from cluster.embedded.front.session import Request, Session

Step = Generator["Request", Any, "bytes | None"]
"""A script's part: None when it went well, else the ErrorResponse for the client."""

ENDS = frozenset({Effect.COMMIT, Effect.ROLLBACK})

# pkg/sql/conn_executor_ddl.go
AUTOCOMMIT = Notice("auto-committing transaction before processing DDL due to autocommit_before_ddl setting")
# pkg/sql/sqlerrors and conn_executor.go
ABORTED = ("25P02", "current transaction is aborted, commands ignored until end of transaction block")
COMMITTED = ("25000", "current transaction is committed, commands ignored until end of transaction block")
NONE_OPEN = ("25P01", "there is no transaction in progress")
ALREADY_OPEN = ("25001", "there is already a transaction in progress")
# docs, "Transaction retry error example"; pkg/sql/conn_executor_exec.go (numTxnRetryErrors)
INJECTED = (
    "40001",
    "restart transaction: TransactionRetryWithProtoRefreshError: "
    "injected by `inject_retry_errors_enabled` session variable",
)
_INJECTED_ERRORS = 3
_SAVEPOINTS = ("SAVEPOINT", "ROLLBACK TO", "RELEASE")


class Mask(Enum):
    """How the client's transaction stands when the backend's has ended already."""

    RELEASED = auto()  # RELEASE cockroach_restart committed it; COMMIT or ROLLBACK must follow (CommitWait)
    ABORTED = auto()  # it failed at that commit, or was lost; ROLLBACK must follow


class Transaction:
    """From BEGIN to its end, restarts included."""

    __slots__ = ("begun", "database", "injected", "prologue", "restart", "switched", "variables")

    def __init__(self, begin: str, database: str, variables: Variables) -> None:
        # BEGIN and the SETs up to SAVEPOINT cockroach_restart: what a restart repeats.
        self.prologue = [begin]
        # The clock of crdb_internal.force_retry() outlives the restarts; it is read there by this name.
        self.begun = f"SET LOCAL crdb.transaction_start = '{datetime.now(UTC).isoformat()}'"
        self.restart = False  # SAVEPOINT cockroach_restart is set
        self.switched = False  # USE ran in it
        self.injected = 0  # errors of inject_retry_errors_enabled
        # As they were at BEGIN: ROLLBACK brings them back.
        self.database = database
        self.variables = variables

    def repeated(self) -> list[str]:
        """What makes the same transaction again on a backend that has none."""
        return [*self.prologue, self.begun, *(["SAVEPOINT cockroach_restart"] if self.restart else [])]


def barred(session: Session, statement: Statement) -> bytes | None:
    """The error of a statement that may not run as the transaction or the database stands."""
    if session.mask is None or statement.effect in ENDS:
        return databases.barred(session, statement)
    if session.mask is Mask.ABORTED and restarts(session, statement):
        return None
    return wire.error(*(COMMITTED if session.mask is Mask.RELEASED else ABORTED))


def restarts(session: Session, statement: Statement) -> bool:
    """Whether the statement begins the transaction anew.

    In a transaction that has failed SAVEPOINT cockroach_restart does so too: drivers that tie a savepoint to
    an object do not send ROLLBACK TO after a RELEASE that failed (execStmtInAbortedState).
    """
    if session.transaction is None or not session.transaction.restart:
        return False
    if statement.effect is Effect.SAVEPOINT_RESTART:
        return session.mask is Mask.ABORTED or session.status == FAILED
    return statement.effect is Effect.ROLLBACK_TO_RESTART


def injected(session: Session, statement: Statement) -> bytes | None:
    """The retry error that the client asked for: three times, if it restarts by the savepoint."""
    transaction = session.transaction
    if (
        not session.injects
        or transaction is None
        or session.status != OPEN
        or statement.effect not in (Effect.NONE, Effect.DDL)
        or is_setting(statement)
        or statement.sql.startswith(_SAVEPOINTS)
        or transaction.injected >= _INJECTED_ERRORS
    ):
        return None
    transaction.injected += 1
    return wire.error(*INJECTED)


def before_ddl(session: Session, *, ran: bool) -> Step:
    """autocommit_before_ddl: what ran before in this transaction, explicit or not, is committed first."""
    if not session.autocommit_before_ddl or session.mask is not None:
        return None
    if session.status == OPEN:
        session.say(wire.notice(AUTOCOMMIT))
        captured = yield from session.hidden("COMMIT")
        session.finished(committed=captured.error is None)
        if captured.error is not None:
            session.mask = Mask.ABORTED
            return session.translated(captured.error)
    elif ran and session.status == IDLE:
        session.say(wire.notice(AUTOCOMMIT))
        if session.relay.executed:  # a pipeline without its Sync
            captured = yield from session.hidden_sync()
            if captured.error is not None:
                return session.translated(captured.error)
    return None


def end(session: Session, statement: Statement) -> Step:
    """COMMIT or ROLLBACK of a transaction that is not as the backend believes."""
    if session.mask is not None:
        # Both are answered alike (execStmtInCommitWaitState, execStmtInAbortedState).
        tag = "COMMIT" if session.mask is Mask.RELEASED else "ROLLBACK"
        if session.status != IDLE:  # a restart that broke half-way
            yield from session.hidden("ROLLBACK")
        session.mask = None
        session.finished(committed=tag == "COMMIT")
        session.say(wire.command_complete(tag))
        return None
    if session.status == IDLE:
        return wire.error(*NONE_OPEN)
    transaction = session.transaction
    captured = yield from session.hidden(statement.sql)
    committed = captured.error is None and captured.tag == "COMMIT"
    session.finished(committed=committed)
    if not committed and transaction is not None and transaction.switched:
        yield from databases.switch(session, transaction.database)
    if captured.error is not None:
        return session.translated(captured.error)
    session.say(wire.command_complete(captured.tag))
    return None


def restart(session: Session, statement: Statement) -> Step:
    """ROLLBACK TO SAVEPOINT cockroach_restart: PostgreSQL would keep its snapshot, so begin anew."""
    transaction = session.transaction
    assert transaction is not None
    if session.status != IDLE:
        yield from session.hidden("ROLLBACK")
    session.mask = None
    for sql in transaction.repeated():
        captured = yield from session.hidden(sql)
        if captured.error is not None:
            session.mask = Mask.ABORTED
            return session.translated(captured.error)
    again = statement.effect is Effect.SAVEPOINT_RESTART
    session.say(wire.command_complete("SAVEPOINT" if again else "ROLLBACK"))
    return None


def release(session: Session) -> Step:
    """RELEASE SAVEPOINT cockroach_restart commits; the client's transaction stays open until its COMMIT."""
    if session.status == FAILED:
        return wire.error(*ABORTED)
    captured = yield from session.hidden("COMMIT")
    if captured.error is not None:
        session.mask = Mask.ABORTED  # the transaction is kept: ROLLBACK TO SAVEPOINT may follow
        return session.translated(captured.error)
    session.mask = Mask.RELEASED
    session.say(wire.command_complete("COMMIT"))
    return None
