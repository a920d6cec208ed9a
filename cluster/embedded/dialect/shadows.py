"""The relations of pg_catalog that look different in CockroachDB, sent to the views of crdb_catalog.

sql/40_pg_catalog.sql holds the views; each has its relation's name. Functions of pg_catalog are replaced
inside PostgreSQL, and information_schema is our own: names of those are left alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from cluster.embedded.dialect.tokens import Kind, Token

SHADOWED = frozenset(
    [
        "pg_am",
        "pg_attrdef",
        "pg_attribute",
        "pg_class",
        "pg_constraint",
        "pg_database",
        "pg_index",
        "pg_indexes",
        "pg_namespace",
        "pg_opclass",
        "pg_roles",
        "pg_sequences",
        "pg_settings",
        "pg_tables",
        "pg_views",
    ]
)
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
    """
    names = [_name(token) for token in tokens]
    if SHADOWED.isdisjoint(names):
        return tokens
    found = list(tokens)
    for index, name in enumerate(names):
        if name not in SHADOWED:
            continue
        before = tokens[index - 1].key if index else ""
        after = tokens[index + 1].key if index + 1 < len(tokens) else ""
        if before == ".":
            if index >= 2 and names[index - 2] == "pg_catalog":
                found[index - 2] = tokens[index - 2]._replace(kind=Kind.WORD, text=_SCHEMA, key=_SCHEMA)
        elif before in _BEFORE_RELATION and after not in (".", "("):
            found[index] = tokens[index]._replace(text=f"{_SCHEMA}.{name}")
    return found
