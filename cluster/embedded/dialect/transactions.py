"""Transactions: BEGIN and its friends, savepoints, and the client's retry protocol.

Sources: CockroachDB's pkg/sql/parser/sql.y (begin_stmt, savepoint_stmt, transaction_mode), docs
"Advanced client-side transaction retries", logic test manual_retry.
"""

from __future__ import annotations

from cluster.embedded.dialect.model import Effect, Statement, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import Kind, quote_name

# The savepoint's name that asks for the retry protocol; longer names that start so count too
# (session variable force_savepoint_restart is not imitated).
RESTART = "cockroach_restart"


def begin(reader: Reader) -> Statement:
    """BEGIN [TRANSACTION] modes, START TRANSACTION modes."""
    if reader.accept("start"):
        reader.expect("transaction")
    else:
        reader.expect("begin")
        reader.accept("transaction")
    modes = _modes(reader)
    reader.finish()
    return Statement(" ".join(["BEGIN", *_comma(modes)]), effect=Effect.BEGIN, tag="BEGIN")


def commit(reader: Reader) -> Statement:
    """COMMIT | END [TRANSACTION]."""
    if not reader.accept("commit"):
        reader.expect("end")
    reader.accept("transaction")
    reader.finish()
    return Statement("COMMIT", effect=Effect.COMMIT)


def abort(reader: Reader) -> Statement:
    """ABORT [TRANSACTION | WORK]."""
    reader.expect("abort")
    reader.one_of("transaction", "work")
    reader.finish()
    return Statement("ROLLBACK", effect=Effect.ROLLBACK)


def rollback(reader: Reader) -> Statement:
    """ROLLBACK [TRANSACTION] [TO [SAVEPOINT] name]."""
    reader.expect("rollback")
    reader.accept("transaction")
    if not reader.accept("to"):
        reader.finish()
        return Statement("ROLLBACK", effect=Effect.ROLLBACK)
    reader.accept("savepoint")
    name = reader.name()
    reader.finish()
    sql = f"ROLLBACK TO SAVEPOINT {quote_name(name)}"
    return Statement(sql, effect=Effect.ROLLBACK_TO_RESTART if _restarts(name) else Effect.NONE)


def savepoint(reader: Reader) -> Statement:
    """SAVEPOINT name."""
    reader.expect("savepoint")
    name = reader.name()
    reader.finish()
    sql = f"SAVEPOINT {quote_name(name)}"
    return Statement(sql, effect=Effect.SAVEPOINT_RESTART if _restarts(name) else Effect.NONE)


def release(reader: Reader) -> Statement:
    """RELEASE [SAVEPOINT] name."""
    reader.expect("release")
    reader.accept("savepoint")
    name = reader.name()
    reader.finish()
    sql = f"RELEASE SAVEPOINT {quote_name(name)}"
    return Statement(sql, effect=Effect.RELEASE_RESTART if _restarts(name) else Effect.NONE)


def set_transaction(reader: Reader) -> Statement:
    """SET TRANSACTION modes | SET SESSION [CHARACTERISTICS AS] TRANSACTION modes."""
    reader.expect("set")
    session = reader.accept("session")
    if session:
        reader.accept("characteristics", "as")
    reader.expect("transaction")
    modes = _modes(reader)
    reader.finish()
    if not modes:  # only modes that PostgreSQL does not have
        return Statement("SELECT 1 WHERE false", tag="SET")
    prefix = "SET SESSION CHARACTERISTICS AS TRANSACTION" if session else "SET TRANSACTION"
    return Statement(" ".join([prefix, *_comma(modes)]), tag="SET")


def _restarts(name: str) -> bool:
    return name.startswith(RESTART)


def _comma(modes: list[str]) -> list[str]:
    return [", ".join(modes)] if modes else []


def _modes(reader: Reader) -> list[str]:
    """The modes, comma or blank between them, as PostgreSQL spells them."""
    modes: list[str] = []
    while not reader.done:
        if modes:
            reader.accept(",")
        if reader.accept("isolation", "level"):
            modes.append(f"ISOLATION LEVEL {_isolation(reader)}")
        elif reader.accept("read", "only"):
            modes.append("READ ONLY")
        elif reader.accept("read", "write"):
            modes.append("READ WRITE")
        elif reader.accept("priority"):
            # One node, one order of arrival: a priority changes nothing that a client can see but who waits.
            if not reader.one_of("low", "normal", "high"):
                raise reader.fault()
            if reader.done:
                break
            reader.accept(",")
        elif reader.accept("not", "deferrable"):
            modes.append("NOT DEFERRABLE")
        elif reader.at("deferrable"):
            raise unsupported("DEFERRABLE transaction")
        elif reader.accept("as", "of", "system", "time"):
            raise unsupported("AS OF SYSTEM TIME")
        else:
            raise reader.fault()
    return modes


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


def is_word(reader: Reader) -> bool:
    """Whether the statement starts with a word at all."""
    return reader.token.kind is Kind.WORD
