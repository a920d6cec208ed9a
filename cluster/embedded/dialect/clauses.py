"""Clauses that one of the two grammars lacks (sql.y: opt_join_hint, limit_clause, where_clause)."""

from __future__ import annotations

from cluster.embedded.dialect.model import Settings, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import Token, words

_JOIN_HINTS = words("hash merge lookup inverted straight")
_JOINS = words("inner left right full outer")
_WORDS = _JOIN_HINTS | {"ties", "current"}


def clauses(tokens: list[Token], keys: frozenset[str], settings: Settings) -> list[Token]:
    """INNER HASH JOIN is refused by name; WITH TIES and WHERE CURRENT OF are syntax errors there."""
    if keys.isdisjoint(_WORDS):
        return tokens
    for index in range(1, len(tokens) - 1):
        before, key, after = (tokens[index + step].key for step in (-1, 0, 1))
        if key in _JOIN_HINTS and before in _JOINS and after == "join":
            raise unsupported(f"{key.upper()} JOIN")
        if (before in ("row", "rows") and key == "with" and after == "ties") or (
            before == "where" and key == "current" and after == "of"
        ):
            reader = Reader(tokens, settings)
            reader.position = index + (key == "current")
            raise reader.fault()
    return tokens
