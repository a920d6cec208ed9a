"""The relations of pg_catalog that look different in CockroachDB, sent to the views of crdb_catalog.

sql/40_pg_catalog.sql holds the views; each has its relation's name. Functions of pg_catalog are replaced
inside PostgreSQL, and information_schema is our own: names of those are left alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from cluster.embedded.dialect.model import Refusal, unsupported
from cluster.embedded.dialect.relations import (
    EMPTY,
    FOREIGN,
    REFUSED,
    REFUSED_INFORMATION,
    SHADOWED,
)
from cluster.embedded.dialect.tokens import Kind, Token

_OURS = SHADOWED | EMPTY
_NOT_HERE = FOREIGN | REFUSED | REFUSED_INFORMATION
_SCHEMA = "crdb_catalog"
# After these a bare name is a relation (or an alias of one, which has no such name in practice).
_BEFORE_RELATION = frozenset(["from", "join", ",", "(", "only", "table"])


def _name(token: Token) -> str:
    if token.kind is Kind.QUOTED:
        return token.text[1:-1]
    return token.key if token.kind is Kind.WORD else ""


def shadow(tokens: Sequence[Token]) -> Sequence[Token]:
    """The tokens with the shadowed relations' names sent to our views; the same sequence if there are none.

    pg_catalog.pg_index -> crdb_catalog.pg_index, as a relation and as the qualifier of its columns; a bare
    pg_index where a relation may stand. String literals ('pg_class'::regclass) still mean PostgreSQL's own.
    Raises Refusal for a relation that CockroachDB has not (42P01), or that is not here (0A000).
    """
    names = [_name(token) for token in tokens]
    if not _NOT_HERE.isdisjoint(names):
        _refuse(tokens, names)
    if _OURS.isdisjoint(names):
        return tokens
    found = list(tokens)
    for index, name in enumerate(names):
        if name not in _OURS:
            continue
        before = tokens[index - 1].key if index else ""
        after = tokens[index + 1].key if index + 1 < len(tokens) else ""
        if before == ".":
            if index >= 2 and names[index - 2] == "pg_catalog":
                found[index - 2] = tokens[index - 2]._replace(kind=Kind.WORD, text=_SCHEMA, key=_SCHEMA)
        elif before in _BEFORE_RELATION and after not in (".", "("):
            found[index] = tokens[index]._replace(text=f"{_SCHEMA}.{name}")
    return found


def _refuse(tokens: Sequence[Token], names: Sequence[str]) -> None:
    for index, name in enumerate(names):
        before = tokens[index - 1].key if index else ""
        after = tokens[index + 1].key if index + 1 < len(tokens) else ""
        schema = names[index - 2] if before == "." and index >= 2 else ""
        if schema == "information_schema" and name in REFUSED_INFORMATION:
            raise unsupported(f"information_schema.{name}")
        stands = schema == "pg_catalog" or (before in _BEFORE_RELATION and after not in (".", "("))
        if not stands:
            continue
        if name in REFUSED:
            raise unsupported(f"pg_catalog.{name}")
        if name in FOREIGN:
            typed = f"pg_catalog.{name}" if schema else name
            raise Refusal("42P01", f'relation "{typed}" does not exist')
