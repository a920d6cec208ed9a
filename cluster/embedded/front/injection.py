"""Retry errors to practice with: inject_retry_errors_enabled, inject_retry_errors_on_commit_enabled.

Source: docs, "Advanced client-side transaction retries"; pkg/sql/conn_executor_exec.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster.embedded.dialect import Effect, Statement
from cluster.embedded.front import wire
from cluster.embedded.front.expected import OPEN
from cluster.embedded.front.port import Step
from cluster.embedded.front.transaction import Transaction
from cluster.embedded.front.variables import is_setting

if TYPE_CHECKING:
    from cluster.embedded.front.session import Session

# pkg/sql/conn_executor_exec.go (numTxnRetryErrors)
_INJECTED = "restart transaction: TransactionRetryWithProtoRefreshError: injected by `{}` session variable"
_INJECTED_ERRORS = 3
RETRY_HINT = "See: https://www.cockroachlabs.com/docs/v26.2/transaction-retry-error-reference.html"


def injects(session: Session, statement: Statement) -> bool:
    """Whether the statement, once it has run, gets the retry error that the client asked for.

    In explicit transactions only (implicit ones are retried by the server), three times in each; SET and SHOW
    are exempt (dispatchToExecutionEngine).
    """
    transaction = session.transaction
    return (
        session.injects
        and transaction is not None
        and session.status == OPEN
        and session.mask is None
        and statement.effect in (Effect.NONE, Effect.DDL)
        and not is_setting(statement)
        and not (statement.tag or "").startswith("SHOW")
        and transaction.injected < _INJECTED_ERRORS
    )


def inject(session: Session, statement: Statement) -> Step:
    """Run the statement, and answer with its own error or the retry error."""
    captured = yield from session.hidden(statement.sql)
    if captured.error is not None:
        return session.translated(captured.error)
    return injected(session)


def injected(session: Session) -> bytes:
    """The retry error of inject_retry_errors_enabled."""
    assert session.transaction is not None
    return _error(session.transaction, "inject_retry_errors_enabled")


def fails_commit(session: Session) -> bool:
    """Whether COMMIT, now, gets the retry error that the client asked for."""
    transaction = session.transaction
    return (
        session.injects_on_commit
        and transaction is not None
        and session.status == OPEN
        and transaction.injected < _INJECTED_ERRORS
    )


def injected_on_commit(transaction: Transaction) -> bytes:
    """The retry error of inject_retry_errors_on_commit_enabled."""
    return _error(transaction, "inject_retry_errors_on_commit_enabled")


def _error(transaction: Transaction, variable: str) -> bytes:
    transaction.injected += 1
    transaction.conflicted = True
    return wire.error("40001", _INJECTED.format(variable), hint=RETRY_HINT)
