"""What a session knows of itself: database, variables, transaction, prepared statements; and what that means.

Nothing is sent or awaited here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cluster.embedded.dialect import Catalog, Settings
from cluster.embedded.front.expected import IDLE
from cluster.embedded.front.prepared import Prepared
from cluster.embedded.front.shared import Shared
from cluster.embedded.front.transaction import Mask, Transaction
from cluster.embedded.front.variables import Variables

if TYPE_CHECKING:
    from cluster.embedded.front.client import ClientMessages
    from cluster.embedded.front.jobs import SessionJobs
    from cluster.embedded.front.relay import Relay


class SessionState:
    """The state of a Session, which has the parts that act: client, jobs, relay."""

    client: ClientMessages
    jobs: SessionJobs
    relay: Relay

    def __init__(self, shared: Shared, user: str, database: str) -> None:
        self.shared = shared
        self.database = database
        self.gone = False  # the current database was dropped; the backend stands on a neutral one
        self.variables = Variables(Settings(database=database, user=user))
        self.transaction: Transaction | None = None
        self.mask: Mask | None = None  # None: the transaction stands as the backend says
        self.statements: dict[bytes, tuple[Prepared, bytes]] = {}  # by name, with its Parse
        self.portals: dict[bytes, Prepared] = {}
        self._uncommitted_schema = False

    @property
    def status(self) -> int:
        """The backend's transaction status, as far as it has answered."""
        return self.relay.status

    @property
    def settings(self) -> Settings:
        """What translate() has to know."""
        return self.variables.settings

    @property
    def autocommit_before_ddl(self) -> bool:
        """On by default since v25.1."""
        return self.variables.on("autocommit_before_ddl", True)

    @property
    def plain_end(self) -> bool:
        """Whether the backend alone does what COMMIT or ROLLBACK asks."""
        if self.status == IDLE:
            return False  # the words for it are CockroachDB's
        if (transaction := self.transaction) is None:
            return True
        return (
            transaction.base is transaction.before
            and not self.injects_on_commit
            and (transaction.changes is None or transaction.changes.failing is None)
        )

    @property
    def careful(self) -> bool:
        """Whether every statement needs a second look, also one that is otherwise only sent on."""
        return (
            self.mask is not None
            or self.gone
            or (bool(self.variables.values) and self.injects)
            or (self.transaction is not None and self.transaction.changes is not None)
        )

    @property
    def injects(self) -> bool:
        """Whether the client asked for retry errors to practice with."""
        return self.variables.on("inject_retry_errors_enabled", False)

    @property
    def injects_on_commit(self) -> bool:
        """The same for COMMIT."""
        return self.variables.on("inject_retry_errors_on_commit_enabled", False)

    def tables(self) -> Catalog | None:
        """What another session has read of the tables, if it is what this one would read."""
        return None if self._own_view() else self.shared.catalog(self.database, self.settings.user)

    def _own_view(self) -> bool:
        return self.gone or self._uncommitted_schema or self.variables.own_search_path

    # -- what becomes so ------------------------------------------------------------------------------------

    def started(self, begin: str, batches: int) -> None:
        """The client's BEGIN was done. batches: the relay's, once that of BEGIN is over."""
        self.transaction = Transaction(begin, self.variables, batches)

    def finished(self, committed: bool) -> list[str]:
        """The client's transaction has ended, and its SET LOCALs with it.

        Gives the SETs that the backend has lost by a rollback: CockroachDB keeps them (docs, "Known
        limitations": SET does not roll back in a transaction).
        """
        lost: list[str] = []
        if (transaction := self.transaction) is not None:
            self.transaction = None
            self.jobs.finished(committed)
            if transaction.base is not self.variables:
                self.adopt(transaction.base)
            if not committed:
                lost = transaction.base.lost(transaction.before)
        self.portals.clear()
        return lost

    def adopt(self, variables: Variables) -> None:
        """Go on with these variables."""
        self.variables = variables
        self.client.forget_plans()

    def move(self, database: str, *, gone: bool = False) -> None:
        """Note that the current database is another (or the same, and gone)."""
        self.database, self.gone = database, gone

        def moved(variables: Variables) -> Variables:
            return replace(variables, settings=replace(variables.settings, database=database, catalog=None))

        self.variables = moved(self.variables)
        if self.transaction is not None:
            self.transaction.change(moved, everywhere=True)
        self.client.forget_plans()

    def know_tables(self, catalog: Catalog | None) -> None:
        """Give the dialect this picture of the tables; None: it is to ask for one when it needs it."""
        settings = replace(self.settings, catalog=catalog)
        self.adopt(replace(self.variables, settings=settings))

    def keep_tables(self, read_at: int, catalog: Catalog) -> None:
        """As know_tables(), for the other sessions too. read_at: the count of schema changes before."""
        if not self._own_view():
            self.shared.keep(self.database, self.settings.user, read_at, catalog)
        self.know_tables(catalog)

    def schema_changed(self) -> None:
        """What sessions know of the tables is no longer true: now, and again when this is committed."""
        self.shared.schema += 1
        self._uncommitted_schema = True

    def schema_settled(self) -> None:
        """The backend is in no transaction any more."""
        if self._uncommitted_schema:
            self._uncommitted_schema = False
            self.shared.schema += 1
