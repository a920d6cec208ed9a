"""What each message of a client asks: translated and sent on, or handed to a script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cluster.embedded.dialect import CatalogNeeded, Effect, Refusal, Statement
from cluster.embedded.front import scripts, wire
from cluster.embedded.front.expected import (
    BIND,
    CLOSE,
    DESCRIBE,
    EXECUTE,
    IDLE,
    OPEN,
    PLAIN,
    QUERY,
    SYNC,
    Expect,
)
from cluster.embedded.front.plans import Large, Plan, Plans
from cluster.embedded.front.prepared import NOTHING
from cluster.embedded.front.transaction_steps import ENDS, end_nothing, forgo_begin, upgrades
from cluster.embedded.front.variables import is_setting

if TYPE_CHECKING:
    from cluster.embedded.front.session import Session

_MOST_PORTALS: Final = 1000
_NOT_UTF8: Final = ("22021", "invalid byte sequence for encoding UTF8")


class Messages:
    """Acts on whole messages of one client; no script runs meanwhile."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.plans = Plans(session)
        self.schema = session.shared.schema  # the count of schema changes that the plans rest on

    # -- simple protocol ------------------------------------------------------------------------------------

    def query(self, frame: bytes) -> None:
        """Query: one or more statements."""
        session = self._session
        if self.schema != session.shared.schema:
            self.look_again()
        plan = self.plans.known.get(frame) or self._planned(frame)
        if plan is None:
            return
        if not session.careful:
            if plan.plain:
                session.backend_out.append(plan.frame)
                expect = plan.expect
                if expect is None:
                    tags = tuple(each.tag for each in plan.statements)
                    expect = Expect(QUERY, tags=tags, source=plan.source)
                session.relay.queue.append(expect)
                return
            if len(plan.statements) == 1 and self._direct_or_deferred(statement := plan.statements[0]):
                if statement.effect is Effect.BEGIN and not session.relay.queue:
                    session.deferral.begin(statement.sql, plan.frame)
                    return
                done = scripts.hook(session, (statement,))
                tags = (statement.tag,)
                session.ask(plan.frame, Expect(QUERY, tags=tags, done=done, source=plan.source))
                if is_setting(statement):  # what follows is translated with it
                    session.start(session.drained())
                return
            if len(plan.statements) == 1 and self._ends_nothing(statement):
                end_nothing(session, statement.effect)
                return
        session.start(scripts.simple(session, plan.statements, plan.source))

    def _planned(self, frame: bytes) -> Plan | None:
        """Translate a Query's text. None: it was answered, or will be when the tables were read."""
        session = self._session
        try:
            return self.plans.make(frame)
        except UnicodeDecodeError:
            session.poison_query(wire.error(*_NOT_UTF8))
        except Refusal as reason:
            session.poison_query(wire.refusal(reason))
        except CatalogNeeded:
            session.start(scripts.with_catalog(session, lambda: self.query(frame), session.poison_query))
        except Large as large:
            source = str(large)
            session.start(
                scripts.beside(session, lambda: self.plans.translated(source), lambda: self.query(frame))
            )
        return None

    # -- extended protocol ----------------------------------------------------------------------------------

    def parse(self, frame: bytes) -> None:
        """Parse: a statement is prepared."""
        session = self._session
        (name, text), end = wire.cstrings(frame, 2, 5)
        if self.schema != session.shared.schema:
            self.look_again()
        try:
            prepared = self.plans.prepared.get(text) or self.plans.prepare(text)
        except UnicodeDecodeError:
            session.poison(wire.error(*_NOT_UTF8))
            return
        except Refusal as reason:
            session.poison(wire.refusal(reason))
            return
        except CatalogNeeded:
            session.start(scripts.with_catalog(session, lambda: self.parse(frame), session.poison))
            return
        except Large as large:
            source = str(large)
            session.start(
                scripts.beside(session, lambda: self.plans.translated(source), lambda: self.parse(frame))
            )
            return
        sql = prepared.statement.sql
        if prepared.statement.effect in scripts.OWN:
            # Never executed; PostgreSQL takes this one in every state of a transaction.
            sql = "ROLLBACK"
        sent = wire.parse(name, sql, frame[end:])

        def go() -> None:
            session.statements[name] = (prepared, sent)
            session.ask(sent, prepared.parse)

        if self._admitted(prepared.statement):
            go()
        else:
            session.start(scripts.admit(session, prepared.statement, go))

    def bind(self, frame: bytes) -> None:
        """Bind: a portal is made of one."""
        session = self._session
        (portal, name), _ = wire.cstrings(frame, 2, 5)
        prepared, _ = session.statements.get(name, (NOTHING, b""))

        def go() -> None:
            if len(session.portals) >= _MOST_PORTALS:  # their ends are not always known here
                session.portals.clear()
            session.portals[portal] = prepared
            session.ask(frame, PLAIN[BIND])

        if self._admitted(prepared.statement):
            go()
        else:
            session.start(scripts.admit(session, prepared.statement, go))

    def _admitted(self, statement: Statement) -> bool:
        """Whether Parse or Bind may go on: an ended transaction refuses them, DDL commits an open one."""
        if self._session.careful:
            return False
        return statement.effect is not Effect.DDL or self.direct(statement)

    def execute(self, frame: bytes) -> None:
        """Execute: a portal runs."""
        session = self._session
        (portal,), _ = wire.cstrings(frame, 1, 5)
        prepared = session.portals.get(portal, NOTHING)
        careful, statement = session.careful, prepared.statement
        if prepared.trivial and not careful:
            session.ask(frame, prepared.run)
        elif not careful and self.direct(statement):
            session.ask(frame, scripts.execution(session, prepared))
            if is_setting(statement):
                session.start(session.drained())
        else:
            session.start(scripts.execute(session, prepared, frame))

    def describe(self, frame: bytes) -> None:
        """Describe: of a statement or of a portal."""
        session = self._session
        (name,), _ = wire.cstrings(frame, 1, 6)
        if frame[5:6] == b"S":
            prepared, _ = session.statements.get(name, (NOTHING, b""))
        else:
            prepared = session.portals.get(name, NOTHING)
        session.ask(frame, PLAIN[DESCRIBE] if prepared is NOTHING else prepared.describe)

    def close(self, frame: bytes) -> None:
        """Close: a statement or a portal is forgotten."""
        (name,), _ = wire.cstrings(frame, 1, 6)
        if frame[5:6] == b"S":
            self._session.statements.pop(name, None)
        else:
            self._session.portals.pop(name, None)
        self._session.ask(frame, PLAIN[CLOSE])

    def sync(self, frame: bytes) -> None:
        """Sync: the end of a pipeline."""
        self._session.relay.failed = False
        self._session.ask(frame, PLAIN[SYNC])

    # -- what both rest on ----------------------------------------------------------------------------------

    def look_again(self) -> None:
        """Tables have changed since."""
        self.schema = self._session.shared.schema
        # What was translated without a look at the tables holds on.
        if self._session.settings.catalog is not None:
            self._session.know_tables(None)

    def _direct_or_deferred(self, statement: Statement) -> bool:
        """As direct(); a schema change behind a deferred BEGIN does without it."""
        session = self._session
        if session.deferral.pending and statement.effect is Effect.DDL and session.autocommit_before_ddl:
            forgo_begin(session)
        return self.direct(statement)

    def _ends_nothing(self, statement: Statement) -> bool:
        """Whether it is COMMIT or ROLLBACK, and surely no transaction is open."""
        session = self._session
        return statement.effect in ENDS and session.status == IDLE and not session.relay.queue

    def direct(self, statement: Statement) -> bool:
        """Whether the backend alone does what this one statement asks, as things stand."""
        if statement.notices or statement.forgives:
            return False
        session, effect = self._session, statement.effect
        relay = session.relay
        # Nothing under way can change the transaction's status.
        settled = all(expect.kind not in (EXECUTE, SYNC, QUERY) for expect in relay.queue)
        match effect:
            case Effect.NONE | Effect.SET | Effect.RESET:
                return settled or not is_setting(statement)
            case Effect.BEGIN:
                return settled and relay.status == IDLE and statement.argument is None
            case Effect.DDL:
                return settled and relay.executed == 0 and relay.status != OPEN and not upgrades(session)
            case Effect.COMMIT | Effect.ROLLBACK:
                return settled and session.plain_end
        return False
