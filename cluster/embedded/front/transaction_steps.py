"""BEGIN, COMMIT, ROLLBACK and SET TRANSACTION where the backend alone would not do what CockroachDB does.

Sources: pkg/sql/conn_executor_exec.go (states), conn_executor_ddl.go (autocommit before DDL).
Savepoints have a room of their own (savepoints).
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from cluster.embedded.dialect import Effect, Notice, Statement
from cluster.embedded.dialect.variables import VARIABLES
from cluster.embedded.front import databases, injection, wire
from cluster.embedded.front.expected import FAILED, IDLE, OPEN
from cluster.embedded.front.port import Request, Step
from cluster.embedded.front.transaction import Mask

if TYPE_CHECKING:
    from cluster.embedded.front.session import Session

ENDS = frozenset({Effect.COMMIT, Effect.ROLLBACK})
SHOWS = frozenset({Effect.SHOW_TRANSACTION_STATUS, Effect.SHOW_SAVEPOINT_STATUS})

# pkg/sql/conn_executor_ddl.go
AUTOCOMMIT = Notice("auto-committing transaction before processing DDL due to autocommit_before_ddl setting")
_AUTOCOMMIT_SAID = wire.notice(AUTOCOMMIT)
# The same file, maybeAdjustTxnForDDL
UPGRADED = Notice("setting transaction isolation level to SERIALIZABLE due to schema change")
# pkg/sql/sqlerrors and conn_executor.go
ABORTED = ("25P02", "current transaction is aborted, commands ignored until end of transaction block")
COMMITTED = ("25000", "current transaction is committed, commands ignored until end of transaction block")
NONE_OPEN = ("25P01", "there is no transaction in progress")
_NONE_OPEN_SAID = wire.notice(Notice(NONE_OPEN[1], "WARNING", NONE_OPEN[0]))
ALREADY_OPEN = ("25001", "there is already a transaction in progress")
_ISOLATION = '"default_transaction_isolation"'
# pkg/kv/kvclient/kvcoord/txn_coord_sender.go (SetIsoLevel, SetUserPriority: "this error is currently returned
# directly to the SQL client"); an error without a code of its own is XXUUU.
_RUNNING = ("XXUUU", "cannot change the {} of a running transaction")


def barred(session: Session, statement: Statement) -> bytes | None:
    """The error of a statement that may not run as the transaction or the database stands."""
    from cluster.embedded.front.savepoints import EFFECTS

    if session.mask is None or statement.effect in ENDS:
        transaction = session.transaction
        if transaction is not None and transaction.changes is not None and statement.effect is Effect.NONE:
            return transaction.changes.barred(statement) or databases.barred(session, statement)
        return databases.barred(session, statement)
    if statement.effect in SHOWS or (session.mask is Mask.ABORTED and statement.effect in EFFECTS):
        return None
    return wire.error(*(COMMITTED if session.mask is Mask.RELEASED else ABORTED))


def before_ddl(session: Session, *, ran: bool) -> Step:
    """autocommit_before_ddl: what ran before in this transaction, explicit or not, is committed first."""
    if session.mask is not None:
        return None
    if not session.autocommit_before_ddl:
        if session.transaction is not None:
            session.transaction.schema_changes += 1
        return None
    if session.deferral.pending:
        forgo_begin(session)
    elif session.status == OPEN:
        session.foretell(wire.notice(AUTOCOMMIT))
        captured = yield from session.hidden("COMMIT")
        error = yield from _over(session, captured.error)
        if error is not None:
            session.mask = Mask.ABORTED
            return error
    elif ran and session.status == IDLE:
        session.foretell(wire.notice(AUTOCOMMIT))
        if session.relay.executed:  # a pipeline without its Sync
            captured = yield from session.hidden_sync()
            if captured.error is not None:
                return session.translated(captured.error)
    return None


def forgo_begin(session: Session) -> None:
    """autocommit_before_ddl, where nothing but BEGIN came before, which the backend has not seen."""
    session.foretell(_AUTOCOMMIT_SAID)
    session.deferral.forgo()


def upgrades(session: Session) -> bool:
    """Whether a schema change outside a transaction has to say that it is SERIALIZABLE all the same."""
    return session.status == IDLE and "read committed" in session.variables.repeat.get(_ISOLATION, "").lower()


def _over(session: Session, error: dict[str, str] | None, *, committed: bool = True) -> Step:
    """Note the end of the transaction; a rollback does not take SETs back, so they are set again."""
    for sql in session.finished(committed=error is None and committed):
        yield from session.hidden(sql)
    return None if error is None else session.translated(error)


def begin(session: Session, statement: Statement) -> Step:
    """BEGIN with a priority, which PostgreSQL lacks; or where there is a transaction."""
    if session.status != IDLE:
        return wire.error(*(ABORTED if session.status == FAILED else ALREADY_OPEN))
    captured = yield from session.hidden(statement.sql)
    if captured.error is not None:
        return session.translated(captured.error)
    session.started(statement.sql, session.relay.batches)
    yield from _prioritize(session, statement.argument)
    session.say(wire.command_complete("BEGIN"))
    return None


def _prioritize(session: Session, priority: str | None) -> Generator[Request, Any, None]:
    transaction = session.transaction
    assert transaction is not None
    if priority:
        sql = f"SET LOCAL crdb.transaction_priority TO '{priority}'"
        yield from session.hidden(sql)
        transaction.prologue.append(sql)


def _priority(session: Session) -> Generator[Request, Any, str | None]:
    shown = yield from session.hidden(f"SELECT {VARIABLES['transaction_priority'].sql}")
    return shown.rows[0][0] if shown.rows else None


def none_open(session: Session, tag: str) -> Step:
    """What ends or marks a transaction, where there is none (execStmtInNoTxnState)."""
    return _nothing_open(session, tag)
    yield  # a step like the others, though it waits for nothing


def _nothing_open(session: Session, tag: str) -> bytes | None:
    if not session.autocommit_before_ddl:
        return wire.error(*NONE_OPEN)
    session.say(_NONE_OPEN_SAID, wire.command_complete(tag))
    return None


def end_nothing(session: Session, effect: Effect) -> None:
    """Answer the Query COMMIT or ROLLBACK where there is no transaction, as behind a schema change."""
    error = _nothing_open(session, "COMMIT" if effect is Effect.COMMIT else "ROLLBACK")
    if error is not None:
        session.say(error)
    session.finished(committed=False)
    session.say(session.ready())


def set_modes(session: Session, statement: Statement) -> Step:
    """SET TRANSACTION."""
    from cluster.embedded.front.savepoints import touched

    transaction = session.transaction
    if transaction is None:
        return (yield from none_open(session, "SET"))
    if session.status == FAILED:
        return wire.error(*ABORTED)
    transaction.look(session)
    used = yield from touched(session)
    if statement.argument and used and (yield from _priority(session)) != statement.argument:
        return wire.error(_RUNNING[0], _RUNNING[1].format("user priority"))
    if statement.sql:
        if transaction.delivered and not used:  # PostgreSQL fixes its modes at the first query of any kind
            error = yield from begin_anew(session)
            if error is not None:
                return error
        captured = yield from session.hidden(statement.sql)
        if captured.error is not None:
            if captured.error.get("C") == "25001":
                return wire.error(_RUNNING[0], _RUNNING[1].format("isolation level"))
            return session.translated(captured.error)
        transaction.prologue.append(statement.sql)
    yield from _prioritize(session, statement.argument)
    session.say(wire.command_complete("SET"))
    return None


def end(session: Session, statement: Statement) -> Step:
    """COMMIT or ROLLBACK of a transaction that is not as the backend believes."""
    from cluster.embedded.front.schema_changes import failure

    if session.mask is not None:
        # Both are answered alike (execStmtInCommitWaitState, execStmtInAbortedState).
        tag = "COMMIT" if session.mask is Mask.RELEASED else "ROLLBACK"
        if session.status != IDLE:  # a restart that broke half-way
            yield from session.hidden("ROLLBACK")
        session.mask = None
        yield from _over(session, None, committed=tag == "COMMIT")
        session.say(wire.command_complete(tag))
        return None
    if session.status == IDLE:
        return (yield from none_open(session, "COMMIT" if statement.effect is Effect.COMMIT else "ROLLBACK"))
    transaction = session.transaction
    if statement.effect is Effect.COMMIT and transaction is not None and injection.fails_commit(session):
        yield from session.hidden("ROLLBACK")
        yield from _over(session, None, committed=False)
        return injection.injected_on_commit(transaction)
    captured = yield from session.hidden(statement.sql)
    changes = transaction.changes if transaction is not None else None
    error = yield from _over(session, captured.error, committed=captured.tag == "COMMIT")
    if error is None and changes is not None and captured.tag == "COMMIT":
        error = failure(session, changes)
    if error is None:
        session.say(wire.command_complete(captured.tag))
    return error


def begin_anew(session: Session) -> Step:
    """The same transaction from its beginning, up to the initial savepoints that still are."""
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
    transaction.touched = transaction.delivered = transaction.conflicted = False
    transaction.changes, transaction.schema_changes = None, 0
    transaction.quiet = session.relay.batches
    return None
