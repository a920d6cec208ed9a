"""Statements that need more than sending on: how a Query, Parse, Bind or Execute of them runs, step by step.

Each script is a generator that yields what it waits for (port.Request). Sources: CockroachDB's pgwire
tests pgtest/batch_stmt (several statements in one Query), schema_changes_implicit_txn (DDL as Parse/Bind).
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cluster.embedded.dialect import (
    CatalogNeeded,
    Effect,
    Refusal,
    Statement,
    startup_setting,
    translate,
)
from cluster.embedded.front import (
    databases,
    injection,
    job_control,
    retry,
    savepoints,
    schema_changes,
    transaction_steps,
    wire,
)
from cluster.embedded.front.expected import EXECUTE, FAILED, IDLE, OPEN, QUERY, Captured, Expect
from cluster.embedded.front.port import Request, Script, Step
from cluster.embedded.front.prepared import Prepared
from cluster.embedded.front.transaction import Mask
from cluster.embedded.front.transaction_steps import ENDS, SHOWS
from cluster.embedded.front.variables import is_local, is_setting

if TYPE_CHECKING:
    from cluster.embedded.front.session import Session

_UNKNOWN = "42704"
# What the front does itself; the backend never runs their text.
OWN = savepoints.EFFECTS | databases.EFFECTS | SHOWS | {Effect.SET_TRANSACTION, Effect.CONTROL_JOBS}


def hook(session: Session, statements: tuple[Statement, ...]) -> Callable[[int, str], None]:
    """What the session has to note when PostgreSQL completes these statements: called with place and tag."""

    def done(turn: int, tag: str) -> None:
        statement = statements[min(turn, len(statements) - 1)]
        open_one = session.transaction
        match statement.effect:
            case Effect.BEGIN:
                session.relay.status = OPEN
                session.started(statement.sql, session.relay.batches + 1)
            case Effect.COMMIT | Effect.ROLLBACK:
                session.relay.status = IDLE
                session.finished(committed=tag == "COMMIT")
            case Effect.DDL:
                session.schema_changed()
        if is_setting(statement):
            local = is_local(statement)
            if open_one is not None:
                if not open_one.savepoints:
                    open_one.prologue.append(statement.sql)
                if open_one.quiet == session.relay.batches:
                    open_one.quiet += 1
                if not local:
                    open_one.change(lambda variables: variables.after(statement), everywhere=False)
            elif local:
                return  # SET LOCAL without a transaction is a no-op
            session.adopt(session.variables.after(statement))
            if statement.sql == "DISCARD ALL":
                session.statements.clear()

    if any(statement.job is not None for statement in statements):
        return session.jobs.watched(statements, done)
    return done


def begin(session: Session, settings: dict[str, str]) -> Script:
    """The start-up packet's settings, then the first ReadyForQuery.

    Unknown ones are passed over; one that cannot be had ends the session (pkg/sql/pgwire/server.go).
    """
    for name, value in settings.items():
        try:
            statement = startup_setting(name, value)
        except Refusal as refused:
            if refused.sqlstate == _UNKNOWN:
                continue
            session.fail(refused.sqlstate, refused.message, refused.hint)
            return
        captured = yield from session.hidden(statement.sql)
        if captured.error is not None:
            session.say(session.translated({**captured.error, "S": "FATAL", "V": "FATAL"}))
            session.end()
            return
        hook(session, (statement,))(0, captured.tag)
    if not session.shared.databases:
        captured = yield from session.hidden("SELECT datname FROM pg_catalog.pg_database WHERE datallowconn")
        session.shared.databases.update(str(row[0]) for row in captured.rows)
    session.shared.databases.add(session.database)  # it may have been brought back from a copy
    session.say(session.ready())


def simple(session: Session, statements: tuple[Statement, ...], source: str) -> Script:
    """A Query of one or more statements: as much as possible in one go, the rest one by one."""
    yield from session.turn()
    if session.relay.failed:  # an error before it, and no Sync yet: it is skipped
        return
    session.in_query = True
    going: list[Statement] = []
    error: bytes | None = None
    failed = ran = False
    for number, statement in enumerate(statements):
        if going and (statement.later or _stands_apart(session, statement, going)):
            failed = yield from _segment(session, going, source, number - len(going))
            going = []
            if failed:
                break
        if statement.later:
            turned = yield from _in_turn(session, statement)
            if isinstance(turned, bytes):
                error = turned
                break
            statement = turned
        if not going:
            error = transaction_steps.barred(session, statement)
            if error is None and statement.effect is Effect.DDL:
                error = yield from transaction_steps.before_ddl(session, ran=ran)
            if error is None and injection.injects(session, statement):
                error = yield from injection.inject(session, statement)
            if error is None and _needs_care(session, statement):
                error = yield from _perform(session, statement, ran=ran)
                if error is None:
                    ran = statement.effect not in ENDS
                    continue
            if error is not None:
                break
        _announce(session, statement)
        ran = statement.effect not in ENDS
        going.append(statement)
    if error is not None:
        session.say(error)
        if session.status == OPEN and session.mask is None:
            yield from session.hidden("refused")  # an error aborts the backend's transaction too
    elif going and not failed:
        yield from _segment(session, going, source, len(statements) - len(going))
    elif not statements:
        session.say(wire.EMPTY_QUERY_RESPONSE)
    if session.status == IDLE and session.mask is None:
        session.finished(committed=False)  # there is something left only when COMMIT itself failed
    session.in_query = False
    session.say(session.ready())


def _in_turn(session: Session, statement: Statement) -> Generator[Request, Any, Statement | bytes]:
    """Translate a statement whose turn has come; an ErrorResponse if it is refused."""
    error = transaction_steps.barred(session, statement)
    if error is not None:
        return error
    try:
        try:
            return translate(statement.later, replace(session.settings, catalog=None))[0]
        except CatalogNeeded:
            error = yield from databases.load_catalog(session)
            return error or translate(statement.later, session.settings)[0]
    except Refusal as reason:
        return wire.refusal(reason)


def _announce(session: Session, statement: Statement) -> None:
    """What the client is told before the statement runs."""
    session.say(*(wire.notice(said) for said in statement.notices))
    if statement.effect is Effect.DDL and transaction_steps.upgrades(session):
        session.say(wire.notice(transaction_steps.UPGRADED))


def _stands_apart(session: Session, statement: Statement, going: list[Statement]) -> bool:
    """Whether what was gathered has to run before this statement is looked at."""
    effect = statement.effect
    if session.careful or statement.notices:
        return True
    if effect is Effect.BEGIN:
        return any(earlier.effect is Effect.BEGIN for earlier in going) or session.status != IDLE
    if effect is Effect.DDL:
        return session.autocommit_before_ddl or _in_transaction(session, going)
    return effect in OWN


def _in_transaction(session: Session, going: list[Statement]) -> bool:
    """Whether a transaction is open, or will be once these have run."""
    return session.status != IDLE or any(earlier.effect is Effect.BEGIN for earlier in going)


def _needs_care(session: Session, statement: Statement) -> bool:
    """Whether _perform() does it, and not the backend."""
    effect = statement.effect
    if effect is Effect.BEGIN:
        return session.status != IDLE or statement.argument is not None
    if effect in ENDS:
        return session.mask is not None or not session.plain_end
    if effect is Effect.DDL:
        return session.status == OPEN and session.transaction is not None
    return effect in OWN


def _segment(
    session: Session, statements: list[Statement], source: str, first: int
) -> Generator[Any, Any, bool]:
    """Run statements as one Query; whether it failed. first: which of the source's the first one is."""
    relay = session.relay
    relay.seen_error = False
    before = session.variables if session.status == IDLE else None
    whole = tuple(statements)
    tags, done = tuple(each.tag for each in whole), hook(session, whole)
    frame = wire.query(";".join(each.sql for each in whole))
    expect = Expect(QUERY, tags=tags, done=done, silent=True, source=source, first=first)
    session.flush()  # so that all that the client is told from here on is this segment's
    session.batch = batch = retry.Batch((frame,), (expect,), relay.batches, session.status)
    session.ask(frame, expect)
    yield from session.drained()
    yield from retry.run(session, batch)
    if relay.seen_error and before is not None and session.status == IDLE:
        for sql in session.variables.lost(before):  # the rollback does not take SETs back
            yield from session.hidden(sql)
        relay.seen_error = True
    return relay.seen_error


def execution(session: Session, prepared: Prepared) -> Expect:
    """What the backend owes for an Execute of a statement that is not trivial."""
    statement = prepared.statement
    done = hook(session, (statement,))
    tags = (statement.tag,)
    return Expect(EXECUTE, tags=tags, done=done, source=prepared.source, described=prepared.described)


def execute(session: Session, prepared: Prepared, frame: bytes) -> Script:
    """An Execute of a statement that needs care."""
    statement = prepared.statement
    yield from session.turn()
    if session.relay.failed:
        return
    error = transaction_steps.barred(session, statement)
    if error is None and injection.injects(session, statement):
        error = yield from _inject_portal(session, prepared, frame)
    if error is None and _needs_care(session, statement):
        error = yield from _perform(session, statement, ran=session.relay.executed > 0)
        if error is None:
            return
    if error is not None:
        session.poison(error)
        return
    _announce(session, statement)
    session.ask(frame, execution(session, prepared))
    yield from session.drained()


def _inject_portal(session: Session, prepared: Prepared, frame: bytes) -> Step:
    """Run the portal; its own error, or the retry error that the client asked for."""
    captured = Captured()
    session.ask(frame, Expect(EXECUTE, captured=captured, source=prepared.source))
    yield from session.drained()
    if captured.error is not None:
        return session.translated(captured.error)
    return injection.injected(session)


def admit(session: Session, statement: Statement, go: Callable[[], None]) -> Script:
    """A Parse or Bind that may have to be refused, or preceded by a commit; go sends it on."""
    yield from session.turn()
    if session.relay.failed:
        return
    error = transaction_steps.barred(session, statement)
    if error is None and statement.effect is Effect.DDL:
        error = yield from transaction_steps.before_ddl(session, ran=session.relay.executed > 0)
    if error is None:
        go()
    else:
        session.poison(error)


def _perform(session: Session, statement: Statement, *, ran: bool) -> Step:
    """Do in place of the backend what _needs_care() found, and say the tag."""
    effect = statement.effect
    if effect in ENDS:
        return (yield from transaction_steps.end(session, statement))
    if effect is Effect.BEGIN:
        return (yield from transaction_steps.begin(session, statement))
    if effect is Effect.SET_TRANSACTION:
        return (yield from transaction_steps.set_modes(session, statement))
    if effect in savepoints.EFFECTS:
        return (yield from savepoints.perform(session, statement))
    if effect in SHOWS:
        return (yield from savepoints.status(session, statement))
    if effect is Effect.CONTROL_JOBS:
        return (yield from job_control.control(session, statement))
    if effect is Effect.DDL:
        return (yield from schema_changes.change(session, statement))
    if effect is Effect.USE_DATABASE:
        return (yield from databases.use(session, statement))
    error = yield from transaction_steps.before_ddl(session, ran=ran)
    return error or (yield from databases.change(session, statement))


def beside(session: Session, work: Callable[[], None], again: Callable[[], None]) -> Script:
    """Do work that takes a while where it holds up nobody else, then take the client's message again."""
    yield from session.turn()
    if session.relay.failed:
        return
    yield Request(work=work)
    session.then = again


def with_catalog(session: Session, again: Callable[[], None], refuse: Callable[[bytes], None]) -> Script:
    """Read what the dialect must know of the tables, then take the client's message again."""
    yield from session.turn()
    if session.relay.failed:
        return
    if session.status == FAILED or session.mask is not None:
        released = session.mask is Mask.RELEASED
        refuse(wire.error(*(transaction_steps.COMMITTED if released else transaction_steps.ABORTED)))
        return
    error = yield from databases.load_catalog(session)
    if error is None:
        session.then = again
    else:
        refuse(error)
