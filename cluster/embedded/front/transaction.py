"""The client's transaction where it is not the backend's: what it is made of, so that it can be repeated.

Source: docs, "Advanced client-side transaction retries".
What is done with it: transaction_steps, savepoints, retry.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum, auto
from typing import TYPE_CHECKING

from cluster.embedded.dialect import Statement
from cluster.embedded.front.variables import Variables

if TYPE_CHECKING:
    from cluster.embedded.front.schema_changes import Changes
    from cluster.embedded.front.session import Session


class Mask(Enum):
    """How the client's transaction stands when the backend's has ended already."""

    RELEASED = auto()  # RELEASE cockroach_restart committed it; COMMIT or ROLLBACK must follow (CommitWait)
    ABORTED = auto()  # it failed at that commit, or was lost; ROLLBACK must follow


class Mark:
    """A savepoint. initial: nothing had been read or written; variables, base: what was set then."""

    __slots__ = ("base", "initial", "name", "restarts", "schema_changes", "sql", "variables")

    def __init__(
        self,
        statement: Statement,
        restarts: bool,
        initial: bool,
        variables: Variables,
        base: Variables,
        schema_changes: int,
    ) -> None:
        self.name = statement.argument or ""
        self.sql = statement.sql
        self.restarts = restarts  # its RELEASE commits, as cockroach_restart's does
        self.initial = initial
        self.variables = variables
        self.base = base
        self.schema_changes = schema_changes

    @property
    def rollback(self) -> str:
        """The statement that goes back to it."""
        return f"ROLLBACK TO {self.sql}"


class Transaction:
    """From BEGIN to its end, restarts included."""

    __slots__ = (
        "base",
        "before",
        "begun",
        "changes",
        "conflicted",
        "delivered",
        "injected",
        "prologue",
        "quiet",
        "savepoints",
        "schema_changes",
        "touched",
    )

    def __init__(self, begin: str, variables: Variables, batches: int) -> None:
        # BEGIN and the SETs up to the first savepoint: what a restart repeats.
        self.prologue = [begin]
        self.begun = datetime.now(UTC)
        self.savepoints: list[Mark] = []
        self.injected = 0  # errors of inject_retry_errors_enabled
        self.conflicted = False  # the client was told to retry
        self.schema_changes = 0
        self.changes: Changes | None = None  # with autocommit_before_ddl off
        # before: at BEGIN. base: with what SET set since, but without SET LOCAL: only the session's own
        # variables show that, until the end.
        self.before = self.base = variables
        self.quiet = batches  # the relay's count while only BEGIN and SET have run
        self.delivered = False  # something else has run
        self.touched = False  # it has read or written a table

    def look(self, session: Session) -> None:
        """Note whether anything has run that the client has seen the result of."""
        if session.relay.batches != self.quiet:
            self.delivered = True

    def repeated(self) -> list[str]:
        """What makes the same transaction again on a backend that has none."""
        # The clock of crdb_internal.force_retry() outlives the restarts; it is read there by this name.
        clock = f"SET LOCAL crdb.transaction_start = '{self.begun.isoformat()}'"
        return [*self.prologue, clock, *(mark.sql for mark in self.savepoints if mark.initial)]

    def change(self, of: Callable[[Variables], Variables], *, everywhere: bool) -> None:
        """Change the variables that the end, or ROLLBACK TO, brings back; everywhere: those at BEGIN too."""
        self.base = of(self.base)
        for mark in self.savepoints:
            mark.variables = of(mark.variables)
            if everywhere:
                mark.base = of(mark.base)
        if everywhere:
            self.before = of(self.before)
