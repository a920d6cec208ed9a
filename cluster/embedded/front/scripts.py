"""Statements that need more than sending on: what the session does, step by step.

Each is a generator that yields what it waits for (session.Request). Sources: CockroachDB's
pkg/sql/conn_executor_exec.go (states of a transaction), conn_executor_ddl.go (autocommit before DDL),
conn_executor_savepoints.go (cockroach_restart), pgwire tests pgtest/batch_stmt, schema_changes_implicit_txn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cluster.embedded.dialect import Effect, Notice, Refusal, Settings, Statement, translate
from cluster.embedded.front import databases, wire
from cluster.embedded.front.relay import EXECUTE, FAILED, IDLE, OPEN, QUERY, Expect

if TYPE_CHECKING:
    from cluster.embedded.front.session import Request, Session

Step = Generator["Request", Any, "bytes | None"]
"""A script's part: None when it went well, else the ErrorResponse for the client."""

DATABASES = frozenset({Effect.CREATE_DATABASE, Effect.DROP_DATABASE, Effect.RENAME_DATABASE})
_SCHEMA = DATABASES | {Effect.DDL}
_RESTART = frozenset({Effect.ROLLBACK_TO_RESTART, Effect.RELEASE_RESTART})
_ENDS = frozenset({Effect.COMMIT, Effect.ROLLBACK})

# pkg/sql/conn_executor_ddl.go
AUTOCOMMIT = Notice("auto-committing transaction before processing DDL due to autocommit_before_ddl setting")
# pkg/sql/sqlerrors: what a transaction that has ended answers
_ABORTED = ("25P02", "current transaction is aborted, commands ignored until end of transaction block")
_COMMITTED = ("25000", "current transaction is committed, commands ignored until end of transaction block")
_NONE_OPEN = ("25P01", "there is no transaction in progress")
_ALREADY_OPEN = ("25001", "there is already a transaction in progress")


def belongs_to_prologue(statement: Statement) -> bool:
    """Whether a restarted transaction has to repeat it."""
    return is_setting(statement) or statement.sql.startswith("SET ")


def is_setting(statement: Statement) -> bool:
    """Whether it changes a session variable."""
    return statement.effect in (Effect.SET, Effect.RESET) or statement.sql.startswith(("SET ", "RESET "))


def hook(session: Session, statements: tuple[Statement, ...]) -> Callable[[int, str], None]:
    """What the session has to note when PostgreSQL completes these statements: called with place and tag."""

    def done(turn: int, tag: str) -> None:
        statement = statements[min(turn, len(statements) - 1)]
        match statement.effect:
            case Effect.BEGIN:
                session.relay.status = OPEN
                session.started(statement.sql)
            case Effect.COMMIT | Effect.ROLLBACK:
                session.relay.status = IDLE
                session.finished(committed=tag == "COMMIT")
            case Effect.SAVEPOINT_RESTART:
                if session.transaction is not None:
                    session.transaction.restart = True
            case Effect.DDL:
                session.schema_changed()
        if is_setting(statement):
            _note(session, statement)
        transaction = session.transaction
        if transaction is not None and not transaction.restart and belongs_to_prologue(statement):
            transaction.prologue.append(statement.sql)

    return done


def begin(session: Session, settings: dict[str, str]) -> Generator[Request, Any, None]:
    """The start-up packet's settings (unknown ones are passed over), then the first ReadyForQuery."""
    for name, value in settings.items():
        quoted = value.replace("'", "''")
        with suppress(Refusal):
            for statement in translate(f"SET {name} = '{quoted}'", session.settings):
                captured = yield from session.hidden(statement.sql)
                if captured.error is None:
                    hook(session, (statement,))(0, captured.tag)
    session.say(session.ready())


def simple(session: Session, statements: tuple[Statement, ...]) -> Generator[Request, Any, None]:
    """A Query of one or more statements: as much as possible in one go, the rest one by one."""
    yield from session.drained()
    session.in_query = True
    going: list[Statement] = []
    error: bytes | None = None
    failed = ran = False
    for statement in statements:
        if going and _stands_apart(session, statement, going):
            failed = yield from _segment(session, going)
            going = []
            if failed:
                break
        if not going and _needs_care(session, statement):
            error = _barred(session, statement)
            apart = statement.effect is not Effect.DDL
            if error is None:
                error = yield from (perform(session, statement) if apart else _before_ddl(session, ran=ran))
            if error is not None:
                break
            ran = statement.effect not in _ENDS
            if apart:
                continue
        session.say(*(wire.notice(said) for said in statement.notices))
        ran = statement.effect not in _ENDS
        going.append(statement)
    if error is not None:
        session.say(error)
        if session.status == OPEN and session.mask is None:
            yield from session.hidden("refused")  # the backend's transaction is aborted by an error too
    elif going and not failed:
        yield from _segment(session, going)
    elif not statements:
        session.say(wire.EMPTY_QUERY_RESPONSE)
    if session.status == IDLE and session.mask is None:
        session.finished(committed=False)  # only if COMMIT itself failed is there anything left to finish
    session.in_query = False
    session.say(session.ready())


def _stands_apart(session: Session, statement: Statement, going: list[Statement]) -> bool:
    """Whether what was gathered has to run before this statement is looked at."""
    effect = statement.effect
    if effect is Effect.BEGIN:
        return any(earlier.effect is Effect.BEGIN for earlier in going) or session.status != IDLE
    if effect is Effect.DDL:
        return session.autocommit_before_ddl
    return (
        effect in _RESTART or effect in DATABASES or effect is Effect.USE_DATABASE or bool(statement.notices)
    )


def _needs_care(session: Session, statement: Statement) -> bool:
    """Whether perform() or _before_ddl() comes before sending it on."""
    effect = statement.effect
    if session.mask is not None or databases.barred(session, statement) is not None:
        return True
    if effect is Effect.BEGIN:
        return session.status == OPEN
    if effect in _ENDS:
        switched = session.transaction is not None and session.transaction.switched
        return switched or (session.status == IDLE and not session.autocommit_before_ddl)
    if effect in _RESTART:
        return session.transaction is not None and session.transaction.restart
    return effect in _SCHEMA or effect is Effect.USE_DATABASE


def _segment(session: Session, statements: list[Statement]) -> Generator[Request, Any, bool]:
    """Run statements as one Query; whether it failed."""
    relay = session.relay
    relay.seen_error = False
    before = (session.settings, session.variables, session.values) if session.status == IDLE else None
    whole = tuple(statements)
    session.ask(
        wire.query(";".join(s.sql for s in whole)),
        Expect(QUERY, tags=tuple(s.tag for s in whole), done=hook(session, whole), silent=True),
    )
    yield from session.drained()
    if (
        relay.seen_error
        and before is not None
        and session.status == IDLE
        and session.variables is not before[1]
    ):
        session.adopt(*before)
    return relay.seen_error


def execute(session: Session, statement: Statement, frame: bytes) -> Generator[Request, Any, None]:
    """An Execute of a statement that needs care."""
    yield from session.drained()
    error = _barred(session, statement)
    if error is None and statement.effect is not Effect.DDL and _needs_care(session, statement):
        error = yield from perform(session, statement)
        if error is None:
            return
    if error is not None:
        session.poison(error)
        return
    session.say(*(wire.notice(said) for said in statement.notices))
    session.ask(frame, Expect(EXECUTE, tags=(statement.tag,), done=hook(session, (statement,))))
    yield from session.drained()


def admit(session: Session, statement: Statement, go: Callable[[], None]) -> Generator[Request, Any, None]:
    """A Parse or Bind that may have to be refused, or preceded by a commit; go sends it on."""
    yield from session.drained()
    error = _barred(session, statement)
    if error is None and statement.effect is Effect.DDL:
        error = yield from _before_ddl(session, ran=session.relay.executed > 0)
    if error is None:
        go()
    else:
        session.poison(error)


def _barred(session: Session, statement: Statement) -> bytes | None:
    """The error of a statement that may not run in a transaction that has ended."""
    if session.mask is None or statement.effect in _ENDS:
        return databases.barred(session, statement)
    if session.mask == "aborted" and statement.effect is Effect.ROLLBACK_TO_RESTART:
        return None
    return wire.error(*(_COMMITTED if session.mask == "released" else _ABORTED))


def _before_ddl(session: Session, *, ran: bool) -> Step:
    """autocommit_before_ddl: what ran before in this transaction, explicit or not, is committed first."""
    if not session.autocommit_before_ddl or session.mask is not None:
        return None
    if session.status == OPEN:
        session.say(wire.notice(AUTOCOMMIT))
        captured = yield from session.hidden("COMMIT")
        session.finished(committed=captured.error is None)
        if captured.error is not None:
            session.mask = "aborted"
            return session.translated(captured.error)
    elif ran and session.status == IDLE:
        session.say(wire.notice(AUTOCOMMIT))
        if session.relay.executed:  # a pipeline without its Sync
            captured = yield from session.hidden_sync()
            if captured.error is not None:
                return session.translated(captured.error)
    return None


def perform(session: Session, statement: Statement) -> Step:
    """Do in place of the backend what _needs_care() found, and say the tag."""
    effect = statement.effect
    if effect in _ENDS:
        return (yield from _end(session, statement))
    if effect is Effect.BEGIN:
        return wire.error(*_ALREADY_OPEN)
    if effect is Effect.ROLLBACK_TO_RESTART:
        return (yield from _restart(session))
    if effect is Effect.RELEASE_RESTART:
        return (yield from _release(session))
    if effect in DATABASES:
        error = yield from _before_ddl(session, ran=session.relay.executed > 0)
        return error or (yield from databases.change(session, statement))
    assert effect is Effect.USE_DATABASE, effect
    return (yield from databases.use(session, statement.argument or "", statement.tag or "SET"))


def _end(session: Session, statement: Statement) -> Step:
    """COMMIT or ROLLBACK of a transaction that is not as the backend believes."""
    if session.mask is not None:
        # Both are answered alike (execStmtInCommitWaitState, execStmtInAbortedState).
        tag = "COMMIT" if session.mask == "released" else "ROLLBACK"
        session.mask = None
        session.finished(committed=tag == "COMMIT")
        session.say(wire.command_complete(tag))
        return None
    if session.status == IDLE:
        return wire.error(*_NONE_OPEN)
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


def _restart(session: Session) -> Step:
    """ROLLBACK TO SAVEPOINT cockroach_restart: PostgreSQL would keep its snapshot, so begin anew."""
    transaction = session.transaction
    if transaction is None:
        return wire.error("3B001", 'savepoint "cockroach_restart" does not exist')
    session.mask = None
    steps = [*transaction.prologue, transaction.begun, "SAVEPOINT cockroach_restart"]
    if session.status != IDLE:
        steps.insert(0, "ROLLBACK")
    for sql in steps:
        captured = yield from session.hidden(sql)
        if captured.error is not None:
            session.mask = "aborted"
            return session.translated(captured.error)
    session.say(wire.command_complete("ROLLBACK"))
    return None


def _release(session: Session) -> Step:
    """RELEASE SAVEPOINT cockroach_restart commits; the client's transaction stays open until its COMMIT."""
    if session.status == FAILED:
        return wire.error(*_ABORTED)
    captured = yield from session.hidden("COMMIT")
    if captured.error is not None:
        session.mask = "aborted"  # and ROLLBACK TO SAVEPOINT may follow: the transaction is kept
        return session.translated(captured.error)
    session.mask = "released"
    session.say(wire.command_complete("COMMIT"))
    return None


def with_catalogue(
    session: Session, again: Callable[[], None], refuse: Callable[[bytes], None]
) -> Generator[Request, Any, None]:
    """Read what the dialect must know of the tables, then take the client's message again."""
    yield from session.drained()
    if session.relay.failed:
        return
    if session.status == FAILED or session.mask is not None:
        refuse(wire.error(*(_COMMITTED if session.mask == "released" else _ABORTED)))
        return
    error = yield from databases.load_catalogue(session)
    if error is None:
        session.then = again
    else:
        refuse(error)


def _note(session: Session, statement: Statement) -> None:
    """Note a session variable that was set or reset: for the dialect, and for another backend."""
    settings, values, variables = session.settings, session.values, session.variables
    match statement.effect:
        case Effect.SET:
            name, _, value = (statement.argument or "").partition("\0")
            values = {**values, name: value}
            settings = _with(settings, name, value)
        case Effect.RESET:
            gone = set(values) if statement.argument == "all" else {statement.argument or ""}
            if statement.argument == "all":
                variables = {}
            if statement.sql == "DISCARD ALL":
                session.statements.clear()
            values = {key: value for key, value in values.items() if key not in gone}
            for name in gone & _SETTINGS:
                settings = replace(settings, **{name: getattr(_DEFAULTS, name)})
    if match := _VARIABLE.match(statement.sql):
        verb, name = match.groups()
        variables = {key: sql for key, sql in variables.items() if key != name and name != "ALL"}
        if verb == "SET":
            variables[name] = statement.sql
    # The search path is part of what the dialect knows of the tables.
    session.adopt(replace(settings, catalogue=None), variables, values)


_VARIABLE = re.compile(r"(SET|RESET) (?!LOCAL |TRANSACTION )(?:SESSION )?(\S+)")
_DEFAULTS = Settings()
_SETTINGS = {field.name for field in dataclass_fields(Settings)} - {"catalogue", "database", "user"}


def _with(settings: Settings, name: str, value: str) -> Settings:
    """Settings with one variable changed, if it is one that the dialect has to know."""
    if name not in _SETTINGS:
        return settings
    kind = type(getattr(settings, name))
    known: Any = value
    if kind is bool:
        known = value in ("on", "true", "1", "yes")
    elif kind is int:
        known = int(value)
    return replace(settings, **{name: known})
