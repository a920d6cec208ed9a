"""The allow-list: which statements there are, and which rule answers each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cluster.embedded.dialect import transactions
from cluster.embedded.dialect.model import Effect, Settings, Statement, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import Token, render

Rule = Callable[[Reader], Statement | tuple[Statement, ...]]


def _query(reader: Reader) -> Statement:
    return Statement(render(reader.tokens))


def _ddl(reader: Reader) -> Statement:
    return Statement(render(reader.tokens), effect=Effect.DDL)


# Leading keywords -> rule; the longest that fits wins. What is not here is refused.
RULES: dict[str, Rule] = {
    "begin": transactions.begin,
    "start transaction": transactions.begin,
    "commit": transactions.commit,
    "end": transactions.commit,
    "abort": transactions.abort,
    "rollback": transactions.rollback,
    "savepoint": transactions.savepoint,
    "release": transactions.release,
    "set transaction": transactions.set_transaction,
    "set session transaction": transactions.set_transaction,
    "set session characteristics": transactions.set_transaction,
    "select": _query,
    "(": _query,
    "with": _query,
    "values": _query,
    "table": _query,
    "insert": _query,
    "update": _query,
    "delete": _query,
    "show": _query,
    "set": _query,
    "reset": _query,
    "create": _ddl,
    "alter": _ddl,
    "drop": _ddl,
    "truncate": _ddl,
    "comment on": _ddl,
}
_MOST_WORDS = 3


def one(tokens: Sequence[Token], settings: Settings, source: str, offset: int) -> tuple[Statement, ...]:
    """The statements that one statement of the client becomes. Raises Refusal."""
    reader = Reader(tokens, settings, source, offset)
    for count in range(_MOST_WORDS, 0, -1):
        if rule := RULES.get(" ".join(reader.peek(n).key for n in range(count))):
            found = rule(reader)
            return found if isinstance(found, tuple) else (found,)
    if reader.token.key in _KNOWN_AND_REFUSED:
        raise unsupported(reader.token.text.upper())
    raise reader.fault()


# CockroachDB has these (pkg/sql/parser/sql.y, stmt); the embedded cluster does not.
_KNOWN_AND_REFUSED = frozenset(
    [
        "backup",
        "call",
        "cancel",
        "check",
        "close",
        "copy",
        "deallocate",
        "declare",
        "do",
        "discard",
        "execute",
        "experimental",
        "explain",
        "export",
        "fetch",
        "grant",
        "import",
        "inspect",
        "listen",
        "move",
        "notify",
        "pause",
        "prepare",
        "reassign",
        "refresh",
        "resume",
        "restore",
        "revoke",
        "unlisten",
    ]
)
