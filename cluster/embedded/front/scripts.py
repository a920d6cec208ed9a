"""Statements that need more than sending on: how a Query, Parse, Bind or Execute of them runs, step by step.

Each script is a generator that yields what it waits for (session.Request). Sources: CockroachDB's pgwire
tests pgtest/batch_stmt (several statements in one Query), schema_changes_implicit_txn (DDL as Parse/Bind).
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from cluster.embedded.dialect import Effect, Refusal, Statement, startup_setting
from cluster.embedded.front import databases, job_control, transaction, wire
from cluster.embedded.front.expected import EXECUTE, FAILED, IDLE, OPEN, QUERY, Expect
from cluster.embedded.front.prepared import Prepared
from cluster.embedded.front.transaction import ENDS, Mask, Step
from cluster.embedded.front.variables import is_setting

if TYPE_CHECKING:
    from cluster.embedded.front.session import Script, Session

_UNKNOWN = "42704"
_RESTART = frozenset({Effect.SAVEPOINT_RESTART, Effect.ROLLBACK_TO_RESTART, Effect.RELEASE_RESTART})
_BY_FRONT = databases.EFFECTS | {Effect.CONTROL_JOBS}


def hook(session: Session, statements: tuple[Statement, ...]) -> Callable[[int, str], None]:
    """What the session has to note when PostgreSQL completes these statements: called with place and tag."""

    def done(turn: int, tag: str) -> None:
        statement = statements[min(turn, len(statements) - 1)]
        open_one = session.transaction
        match statement.effect:
            case Effect.BEGIN:
                session.relay.status = OPEN
                session.started(statement.sql)
            case Effect.COMMIT | Effect.ROLLBACK:
                session.relay.status = IDLE
                session.finished(committed=tag == "COMMIT")
            case Effect.SAVEPOINT_RESTART if open_one is not None:
                open_one.restart = True
            case Effect.DDL:
                session.schema_changed()
        if is_setting(statement):
            if open_one is not None and not open_one.restart:
                open_one.prologue.append(statement.sql)
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
    for statement in statements:
        if going and _stands_apart(session, statement, going):
            failed = yield from _segment(session, going, source)
            going = []
            if failed:
                break
        if not going:
            error = transaction.barred(session, statement) or transaction.injected(session, statement)
            if error is None and statement.effect is Effect.DDL:
                error = yield from transaction.before_ddl(session, ran=ran)
            elif error is None and _needs_care(session, statement):
                error = yield from _perform(session, statement, ran=ran)
                if error is None:
                    ran = statement.effect not in ENDS
                    continue
            if error is not None:
                break
        session.say(*(wire.notice(said) for said in statement.notices))
        ran = statement.effect not in ENDS
        going.append(statement)
    if error is not None:
        session.say(error)
        if session.status == OPEN and session.mask is None:
            yield from session.hidden("refused")  # an error aborts the backend's transaction too
    elif going and not failed:
        yield from _segment(session, going, source)
    elif not statements:
        session.say(wire.EMPTY_QUERY_RESPONSE)
    if session.status == IDLE and session.mask is None:
        session.finished(committed=False)  # there is something left only when COMMIT itself failed
    session.in_query = False
    session.say(session.ready())


def _stands_apart(session: Session, statement: Statement, going: list[Statement]) -> bool:
    """Whether what was gathered has to run before this statement is looked at."""
    effect = statement.effect
    if session.careful or statement.notices:
        return True
    if effect is Effect.BEGIN:
        return any(earlier.effect is Effect.BEGIN for earlier in going) or session.status != IDLE
    if effect is Effect.DDL:
        return session.autocommit_before_ddl
    return effect in _RESTART or effect in _BY_FRONT


def _needs_care(session: Session, statement: Statement) -> bool:
    """Whether _perform() does it, and not the backend."""
    effect = statement.effect
    if effect is Effect.BEGIN:
        return session.status == OPEN
    if effect in ENDS:
        switched = session.transaction is not None and session.transaction.switched
        idle = session.status == IDLE and not session.autocommit_before_ddl
        return session.mask is not None or switched or idle
    if effect is Effect.RELEASE_RESTART:
        return session.transaction is not None and session.transaction.restart
    return transaction.restarts(session, statement) or effect in _BY_FRONT


def _segment(session: Session, statements: list[Statement], source: str) -> Generator[Any, Any, bool]:
    """Run statements as one Query; whether it failed."""
    relay = session.relay
    relay.seen_error = False
    before = session.variables if session.status == IDLE else None
    whole = tuple(statements)
    tags, done = tuple(each.tag for each in whole), hook(session, whole)
    session.ask(
        wire.query(";".join(each.sql for each in whole)),
        Expect(QUERY, tags=tags, done=done, silent=True, source=source),
    )
    yield from session.drained()
    if relay.seen_error and before is not None and session.status == IDLE:
        session.adopt(before)  # its implicit transaction was rolled back, SETs and all
    return relay.seen_error


def execution(session: Session, prepared: Prepared) -> Expect:
    """What the backend owes for an Execute of a statement that is not trivial."""
    statement = prepared.statement
    done = hook(session, (statement,))
    return Expect(EXECUTE, tags=(statement.tag,), done=done, source=prepared.source)


def execute(session: Session, prepared: Prepared, frame: bytes) -> Script:
    """An Execute of a statement that needs care."""
    statement = prepared.statement
    yield from session.turn()
    if session.relay.failed:
        return
    error = transaction.barred(session, statement) or transaction.injected(session, statement)
    if error is None and _needs_care(session, statement):
        error = yield from _perform(session, statement, ran=session.relay.executed > 0)
        if error is None:
            return
    if error is not None:
        session.poison(error)
        return
    session.say(*(wire.notice(said) for said in statement.notices))
    session.ask(frame, execution(session, prepared))
    yield from session.drained()


def admit(session: Session, statement: Statement, go: Callable[[], None]) -> Script:
    """A Parse or Bind that may have to be refused, or preceded by a commit; go sends it on."""
    yield from session.turn()
    if session.relay.failed:
        return
    error = transaction.barred(session, statement)
    if error is None and statement.effect is Effect.DDL:
        error = yield from transaction.before_ddl(session, ran=session.relay.executed > 0)
    if error is None:
        go()
    else:
        session.poison(error)


def _perform(session: Session, statement: Statement, *, ran: bool) -> Step:
    """Do in place of the backend what _needs_care() found, and say the tag."""
    effect = statement.effect
    if effect in ENDS:
        return (yield from transaction.end(session, statement))
    if effect is Effect.BEGIN:
        return wire.error(*transaction.ALREADY_OPEN)
    if effect in (Effect.ROLLBACK_TO_RESTART, Effect.SAVEPOINT_RESTART):
        return (yield from transaction.restart(session, statement))
    if effect is Effect.RELEASE_RESTART:
        return (yield from transaction.release(session))
    if effect is Effect.CONTROL_JOBS:
        return (yield from job_control.control(session, statement))
    if effect is Effect.USE_DATABASE:
        return (yield from databases.use(session, statement))
    error = yield from transaction.before_ddl(session, ran=ran)
    return error or (yield from databases.change(session, statement))


def with_catalogue(session: Session, again: Callable[[], None], refuse: Callable[[bytes], None]) -> Script:
    """Read what the dialect must know of the tables, then take the client's message again."""
    yield from session.turn()
    if session.relay.failed:
        return
    if session.status == FAILED or session.mask is not None:
        released = session.mask is Mask.RELEASED
        refuse(wire.error(*(transaction.COMMITTED if released else transaction.ABORTED)))
        return
    error = yield from databases.load_catalogue(session)
    if error is None:
        session.then = again
    else:
        refuse(error)
