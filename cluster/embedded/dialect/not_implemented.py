"""Statements that CockroachDB knows from PostgreSQL and has not implemented: its own answer to them.

Source: pkg/sql/parser/sql.y (create_unsupported, drop_unsupported), lexer.go (populateErrorDetails). Where a
number stands, the hint names the issue.
"""

from __future__ import annotations

from cluster.embedded.dialect.model import Refusal
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.unimplemented import unimplemented

_STATEMENTS: dict[str, int | None] = {
    "create aggregate": None,
    "create cast": None,
    "create constraint trigger": 28296,
    "create conversion": None,
    "create default conversion": None,
    "create domain": 27796,
    "create foreign table": None,
    "create foreign data": None,
    "create language": 17511,
    "create operator": None,
    "create publication": None,
    "create rule": None,
    "create server": None,
    "create subscription": None,
    "create text": 7821,
    "drop aggregate": None,
    "drop cast": None,
    "drop collation": None,
    "drop conversion": None,
    "drop domain": 27796,
    "drop foreign table": None,
    "drop foreign data": None,
    "drop language": 17511,
    "drop operator": None,
    "drop publication": None,
    "drop rule": None,
    "drop server": None,
    "drop subscription": None,
    "drop text": 7821,
    "set constraints": None,
}
_VERBS, _OBJECTS = (frozenset(words.split()[place] for words in _STATEMENTS) for place in (0, 1))


def not_implemented(reader: Reader) -> Refusal | None:
    """The error, if the statement is one of these; the fault is at the word after its keywords."""
    if reader.token.key not in _VERBS or reader.peek(1).key not in _OBJECTS:
        return None
    for count in (3, 2):
        words = " ".join(reader.peek(n).key for n in range(count))
        if words in _STATEMENTS:
            reader.position += count
            fault = reader.fault()
            said = unimplemented("this syntax", _STATEMENTS[words])
            return Refusal(said.sqlstate, f"{fault.message}: {said.message}", fault.detail, said.hint)
    return None
