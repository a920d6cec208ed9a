"""Transactions: BEGIN and its friends, savepoints, and the client's retry protocol.

Sources: CockroachDB's pkg/sql/parser/sql.y (begin_stmt, savepoint_stmt, transaction_mode), docs
"Advanced client-side transaction retries", logic test manual_retry.
"""

from __future__ import annotations

from dataclasses import dataclass

from cluster.embedded.dialect.model import Effect, Refusal, Statement, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import quote_name

# The savepoint's name that asks for the retry protocol; longer names that start so count too.
RESTART = "cockroach_restart"


@dataclass(frozen=True, slots=True)
class Modes:
    """What follows BEGIN or SET TRANSACTION: as PostgreSQL spells it, and the priority, which it lacks."""

    sql: str
    priority: str | None


def begin(reader: Reader) -> Statement:
    """BEGIN [TRANSACTION] modes, START TRANSACTION modes."""
    if reader.accept("start"):
        reader.expect("transaction")
    else:
        reader.expect("begin")
        reader.accept("transaction")
    modes = _modes(reader)
    return Statement(f"BEGIN{modes.sql}", effect=Effect.BEGIN, tag="BEGIN", argument=modes.priority)


def commit(reader: Reader) -> Statement:
    """COMMIT | END [TRANSACTION] [AND NO CHAIN]."""
    if not reader.accept("commit"):
        reader.expect("end")
    reader.accept("transaction")
    _chain(reader)
    return Statement("COMMIT", effect=Effect.COMMIT)


def abort(reader: Reader) -> Statement:
    """ABORT [TRANSACTION | WORK] [AND NO CHAIN]."""
    reader.expect("abort")
    reader.one_of("transaction", "work")
    _chain(reader)
    return Statement("ROLLBACK", effect=Effect.ROLLBACK)


def rollback(reader: Reader) -> Statement:
    """ROLLBACK [TRANSACTION] [TO [SAVEPOINT] name | AND NO CHAIN]."""
    reader.expect("rollback")
    reader.accept("transaction")
    if not reader.accept("to"):
        _chain(reader)
        return Statement("ROLLBACK", effect=Effect.ROLLBACK)
    reader.accept("savepoint")
    return _savepoint(reader, "ROLLBACK TO SAVEPOINT", Effect.ROLLBACK_TO, Effect.ROLLBACK_TO_RESTART)


def _chain(reader: Reader) -> None:
    """The end of COMMIT and ROLLBACK: v26.2 has AND [NO] CHAIN (release notes v26.2, pull 164403)."""
    if reader.accept("and", "chain"):
        raise unsupported("AND CHAIN")
    reader.accept("and", "no", "chain")
    reader.finish()


def savepoint(reader: Reader) -> Statement:
    """SAVEPOINT name."""
    reader.expect("savepoint")
    return _savepoint(reader, "SAVEPOINT", Effect.SAVEPOINT, Effect.SAVEPOINT_RESTART)


def release(reader: Reader) -> Statement:
    """RELEASE [SAVEPOINT] name."""
    reader.expect("release")
    reader.accept("savepoint")
    return _savepoint(reader, "RELEASE SAVEPOINT", Effect.RELEASE, Effect.RELEASE_RESTART)


def _savepoint(reader: Reader, verb: str, ordinary: Effect, restarting: Effect) -> Statement:
    """The name, and which of the two effects it has (isCommitOnReleaseSavepoint)."""
    name = reader.name()
    reader.finish()
    restarts = reader.settings.force_savepoint_restart or name.startswith(RESTART)
    return Statement(f"{verb} {quote_name(name)}", effect=restarting if restarts else ordinary, argument=name)


def set_transaction(reader: Reader) -> Statement:
    """SET TRANSACTION modes | SET SESSION [CHARACTERISTICS AS] TRANSACTION modes."""
    reader.expect("set")
    session = reader.accept("session")
    if session:
        reader.accept("characteristics", "as")
    reader.expect("transaction")
    modes = _modes(reader)
    if not modes.sql and not modes.priority:
        raise reader.fault()
    if not session:
        sql = f"SET TRANSACTION{modes.sql}" if modes.sql else ""
        return Statement(sql, tag="SET", effect=Effect.SET_TRANSACTION, argument=modes.priority)
    if modes.sql and modes.priority:
        raise unsupported("SET SESSION CHARACTERISTICS with a priority and other modes in one statement")
    if modes.priority:
        name = "default_transaction_priority"
        return Statement(
            f"SET crdb.{name} TO '{modes.priority}'",
            tag="SET",
            effect=Effect.SET,
            argument=f"{name}\0{modes.priority}",
        )
    found = modes.sql.strip()
    if found in _DEFAULTS:
        return Statement(_DEFAULTS[found], tag="SET")
    return Statement(f"SET SESSION CHARACTERISTICS AS TRANSACTION{modes.sql}", tag="SET")


# One mode is one variable, and then repeated for another backend as any.
_DEFAULTS = {
    **{
        f"ISOLATION LEVEL {level}": f"SET \"default_transaction_isolation\" TO '{level.lower()}'"
        for level in ("SERIALIZABLE", "READ COMMITTED")
    },
    "READ ONLY": 'SET "default_transaction_read_only" TO on',
    "READ WRITE": 'SET "default_transaction_read_only" TO off',
}


def two_phase(reader: Reader) -> Statement:
    """PREPARE TRANSACTION, COMMIT PREPARED, ROLLBACK PREPARED (logic test two_phase_commit)."""
    words = f"{reader.take().key} {reader.take().key}"
    raise unsupported(words.upper())


def show_status(reader: Reader) -> Statement:
    """SHOW TRANSACTION STATUS: NoTxn, Open, Aborted or CommitWait."""
    reader.expect("show", "transaction", "status")
    reader.finish()
    return Statement("", tag="SHOW TRANSACTION STATUS", effect=Effect.SHOW_TRANSACTION_STATUS)


def show_savepoints(reader: Reader) -> Statement:
    """SHOW SAVEPOINT STATUS: the savepoints, the outermost first."""
    reader.expect("show", "savepoint", "status")
    reader.finish()
    return Statement("", tag="SHOW SAVEPOINT STATUS", effect=Effect.SHOW_SAVEPOINT_STATUS)


def _modes(reader: Reader) -> Modes:
    """The modes, comma or blank between them, up to the statement's end. Each kind may come once.

    Source: pkg/sql/sem/tree/txn.go (TransactionModes.Merge).
    """
    isolation = access = deferrable = ""
    priority: str | None = None
    first = True
    while not reader.done:
        if not first:
            reader.accept(",")
        first = False
        if reader.accept("isolation", "level"):
            _once(isolation, "isolation level")
            isolation = f"ISOLATION LEVEL {_isolation(reader)}"
        elif reader.at("read", "only") or reader.at("read", "write"):
            _once(access, "read mode")
            reader.take()
            access = f"READ {reader.take().key.upper()}"
        elif reader.accept("priority"):
            # One node, one order of arrival: a priority changes nothing that a client can see but who waits.
            _once(priority, "user priority")
            priority = reader.one_of("low", "normal", "high")
            if priority is None:
                raise reader.fault()
        elif reader.accept("not", "deferrable"):
            _once(deferrable, "deferrable mode")
            deferrable = "NOT DEFERRABLE"
        elif reader.at("deferrable"):
            raise unsupported("DEFERRABLE transaction")
        elif reader.accept("as", "of", "system", "time"):
            raise unsupported("AS OF SYSTEM TIME")
        else:
            raise reader.fault()
    found = ", ".join(mode for mode in (isolation, access, deferrable) if mode)
    return Modes(f" {found}" if found else "", priority)


def _once(found: str | None, what: str) -> None:
    if found:
        raise Refusal("42601", f"{what} specified multiple times")


def _isolation(reader: Reader) -> str:
    """The levels that CockroachDB accepts, and what each becomes (docs, "Transactions": isolation levels)."""
    if reader.accept("serializable"):
        return "SERIALIZABLE"
    if reader.accept("snapshot") or reader.accept("repeatable", "read"):
        # Repeatable read is behind a cluster setting; without it the level is upgraded.
        return "SERIALIZABLE"
    if reader.accept("read", "committed") or reader.accept("read", "uncommitted"):
        return "READ COMMITTED"
    raise reader.fault()
