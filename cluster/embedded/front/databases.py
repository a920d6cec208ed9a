"""Databases under a session: USE, CREATE/DROP/RENAME DATABASE, and a backend that was taken away.

PostgreSQL ties a connection to one database, CockroachDB does not. So the session changes its backend, and
repeats there what the client had set and prepared.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cluster.embedded import dialect
from cluster.embedded.dialect import Catalog, Effect, Statement
from cluster.embedded.dialect.model import unsupported
from cluster.embedded.front import wire
from cluster.embedded.front.deferral import BEGUN
from cluster.embedded.front.expected import FAILED, IDLE, OPEN, PARSE, QUERY, SYNC, Captured, Expect
from cluster.embedded.front.port import STOPPED, Request, Script, Step
from cluster.embedded.front.transaction import Mask

if TYPE_CHECKING:
    from cluster.embedded.front.session import Session

EFFECTS = frozenset(
    {Effect.USE_DATABASE, Effect.CREATE_DATABASE, Effect.DROP_DATABASE, Effect.RENAME_DATABASE}
)


_END = re.compile(r"\s*(COMMIT|END|ROLLBACK|ABORT)\b", re.IGNORECASE)


def missing(name: str) -> bytes:
    """CockroachDB's error for a database that is not there (pkg/sql/sqlerrors, NewUndefinedDatabaseError)."""
    return wire.error("3D000", f'database "{name}" does not exist')


def barred(session: Session, statement: Statement) -> bytes | None:
    """The error of a statement about the tables of a database that was dropped under the session.

    Names without a schema find nothing there (the search path is empty), but what reads the catalog would
    describe the neutral database.
    """
    if session.gone and statement.effect is Effect.NONE:
        sql = statement.sql.lower()
        if "current_database" in sql or ("crdb_" in sql and "pg_database" not in sql):
            return missing(session.database)
    return None


def use(session: Session, statement: Statement) -> Step:
    """USE name: SET database = name."""
    name = statement.argument or ""
    if session.status == FAILED:
        return wire.error(
            "25P02", "current transaction is aborted, commands ignored until end of transaction block"
        )
    transaction = session.transaction
    if name != session.database or session.gone:
        if session.status == OPEN:
            written = yield from session.hidden("SELECT crdb_catalog.written()")
            marks = transaction.savepoints if transaction is not None else []
            if written.rows != [["f"]] or any(not mark.initial for mark in marks):
                return wire.error(
                    "0A000",
                    "USE after writes of the same transaction is not supported by the embedded cluster",
                    hint="COMMIT first.",
                )
        error = yield from switch(session, name)
        if error is not None:
            return error
        if transaction is not None:
            for sql in transaction.repeated():
                yield from session.hidden(sql)
    session.say(wire.command_complete(statement.tag or "SET"))
    return None


def switch(session: Session, name: str) -> Step:
    """Put the session on another database; outside a transaction."""
    refused = yield Request(database=name)
    if refused is not None:
        return missing(name) if refused.get("C") == "3D000" else session.translated(refused)
    session.move(name)
    yield from _repeat(session)
    return None


def _repeat(session: Session) -> Script:
    """Set and prepare on a fresh backend what the client had set and prepared, where it still fits."""
    for sql in session.variables.repeat.values():
        yield from session.hidden(sql)
    captured = Captured()
    for _, frame in session.statements.values():
        session.ask(frame + wire.SYNC, Expect(PARSE, captured=captured), Expect(SYNC, captured=captured))
    yield from session.drained()


def _leave(session: Session, *names: str) -> Step:
    """Stand on a neutral database that is none of these; unqualified names find nothing there."""
    found = yield from session.hidden(
        "SELECT datname FROM pg_catalog.pg_database WHERE datallowconn AND datconnlimit <> -2"
    )
    known = [str(row[0]) for row in found.rows] or list(session.shared.neutral)
    choices = [name for name in session.shared.neutral if name in known]
    choices += [name for name in known if name not in choices and not name.startswith("template")]
    for choice in choices:
        if choice not in names:
            refused = yield Request(database=choice)
            if refused is None:
                yield from _repeat(session)
                yield from session.hidden("SET search_path = ''")
                session.move(session.database, gone=True)
                return None
    return wire.error(
        "0A000",
        "dropping the last database is not supported by the embedded cluster",
        hint="Create another database first.",
    )


def change(session: Session, statement: Statement) -> Step:
    """CREATE, DROP or RENAME DATABASE, outside a transaction."""
    if session.status != IDLE:
        return wire.error(
            "0A000",
            "CREATE, DROP or RENAME DATABASE in a transaction is not supported by the embedded cluster",
            hint="SET autocommit_before_ddl = on, or COMMIT first.",
        )
    name, _, more = (statement.argument or "").partition("\0")
    current = session.database
    if statement.effect is Effect.DROP_DATABASE and more:
        error = yield from _must_be_empty(session, name, more)
        if error is not None:
            return error
    away = statement.effect is not Effect.CREATE_DATABASE and name == current and not session.gone
    if away and (error := (yield from _leave(session, name))) is not None:
        return error
    if statement.effect is Effect.RENAME_DATABASE:
        quoted = name.replace("'", "''")
        yield from session.hidden(f"SELECT crdb_catalog.end_sessions('{quoted}')")
    if statement.job is not None:
        session.jobs.begin(statement.job)
    captured = yield from session.hidden(statement.sql)
    if captured.error is None:
        session.jobs.succeeded(statement.job)
    forgiven = statement.forgives
    if captured.error is not None and forgiven is not None and captured.error.get("C") == forgiven.sqlstate:
        session.say(wire.notice(forgiven.notice))
    elif captured.error is not None:
        if away:
            yield from switch(session, current)
        return session.translated(captured.error)
    known = session.shared.databases
    if statement.effect is not Effect.CREATE_DATABASE:
        known.discard(name)
    if statement.effect is not Effect.DROP_DATABASE:
        known.add((statement.argument or "").rpartition("\0")[2])
    session.schema_changed()
    if session.gone and statement.effect is Effect.CREATE_DATABASE and name == current:
        yield from switch(session, current)
    session.say(wire.command_complete(statement.tag or captured.tag))
    return None


_FULL = {
    "restrict": ("2BP01", 'database "{}" is not empty and RESTRICT was specified'),
    "safe": (
        "01000",
        "rejected (sql_safe_updates = true): DROP DATABASE on non-empty database without explicit CASCADE",
    ),
}


def _must_be_empty(session: Session, name: str, why: str) -> Step:
    """The error of DROP DATABASE if there is something in it (scbuildstmt/drop_database.go)."""
    current = session.database
    away = name != current and not session.gone
    if session.gone:
        return wire.refusal(unsupported("DROP DATABASE of an empty database only, from a dropped one"))
    if away and (yield Request(database=name)) is not None:
        return None  # it is not there, which the statement itself will say
    found = yield from session.hidden("SELECT crdb_catalog.is_empty()")
    if away and (error := (yield from switch(session, current))) is not None:
        return error
    code, message = _FULL[why]
    return wire.error(code, message.format(name)) if found.rows == [["f"]] else None


def _without_pending(session: Session, catalog: Catalog) -> Catalog:
    """The tables without the columns that are being added in this transaction: no star stands for them."""
    changes = session.transaction.changes if session.transaction is not None else None
    if changes is None or not changes.pending:
        return catalog
    tables = dict(catalog.tables)
    for key, columns in changes.pending.items():
        if (found := tables.get(key)) is not None:
            visible = tuple(name for name in found.visible if name not in columns)
            tables[key] = replace(found, visible=visible, hidden=(*found.hidden, *columns))
    return replace(catalog, tables=tables)


def load_catalog(session: Session) -> Step:
    """Read the tables for the dialect, unless another session has done so since the last schema change."""
    if (known := session.tables()) is not None:
        session.know_tables(known)
        return None
    read_at = session.shared.schema
    captured = yield from session.hidden(dialect.catalog_sql(), sync=session.relay.executed == 0)
    if captured.error is not None:
        return session.translated(captured.error)
    session.keep_tables(read_at, _without_pending(session, dialect.read_catalog(captured.rows)))
    return None


def recover(session: Session, *, in_query: bool) -> Script:
    """The backend was ended by another session. Answer what is owed, and stand on a new one."""
    owed = [expect.kind for expect in session.relay.queue if expect is not BEGUN]
    # A COMMIT or ROLLBACK that gets an error has ended the transaction all the same; drivers rely on that.
    ending = any(_END.match(expect.source) for expect in session.relay.queue)
    in_transaction = (session.transaction is not None or session.status != IDLE) and not ending
    name = session.database
    refused = yield Request(database=name)
    if refused is not None and refused.get("C") == "3D000":
        for choice in session.shared.neutral:
            refused = yield Request(database=choice)
            if refused is None:
                break
        session.move(name, gone=True)
    if refused is not None:
        session.fail(*STOPPED)
        return
    if in_transaction:
        session.mask = Mask.ABORTED
    else:
        session.mask = None
        session.finished(committed=False)
    if owed or in_query:
        session.say(
            missing(name) if session.gone else wire.error("57P01", "the session was ended by another one")
        )
        readies = sum(kind in (SYNC, QUERY) for kind in owed) or int(in_query)
        session.say(*([session.ready()] * readies))
        session.relay.failed = readies == 0
    yield from _repeat(session)
    if session.gone:
        yield from session.hidden("SET search_path = ''")
