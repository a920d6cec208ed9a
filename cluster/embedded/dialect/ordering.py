"""NULLs sort first in CockroachDB, last in PostgreSQL (docs, "ORDER BY": order of NULL values)."""

from __future__ import annotations

from cluster.embedded.dialect.model import Settings, unsupported
from cluster.embedded.dialect.tokens import Kind, Token, word, words

# What may follow the list of an ORDER BY.
_END = words("limit offset fetch for union intersect except rows range groups returning")


def nulls_first(tokens: list[Token], keys: frozenset[str], settings: Settings) -> list[Token]:
    """Each item of an ORDER BY says where its NULLs go."""
    if "order" not in keys:
        return tokens
    made: list[Token] = []
    # One entry for each open bracket: whether we are in the list of an ORDER BY there, and its item so far.
    lists: list[list[Token] | None] = [None]
    for index, token in enumerate(tokens):
        item = lists[-1]
        key = token.key if token.kind in (Kind.WORD, Kind.PUNCT) else ""
        if key in ("(", "[", "{") and token.kind is Kind.PUNCT:
            if item is not None:
                item.append(token)
            made.append(token)
            lists.append(None)
            continue
        if key in (")", "]", "}") and token.kind is Kind.PUNCT:
            if item:
                made += _placement(item)
            if len(lists) > 1:
                lists.pop()
            if lists[-1] is not None:
                lists[-1].append(token)
            made.append(token)
            continue
        if item is not None and key == ",":
            made += _placement(item)
            lists[-1] = []
        elif item and key in _END:
            made += _placement(item)
            lists[-1] = None
        elif item is not None:
            if not item and key in ("index", "primary") and tokens[index + 1 : index + 2]:
                _refuse_order_by_index(key, tokens[index + 1])
            item.append(token)
        elif key == "by" and index and tokens[index - 1].key == "order":
            lists[-1] = []
        made.append(token)
    if lists[-1]:
        made += _placement(lists[-1])
    return made


def _placement(item: list[Token]) -> list[Token]:
    if not item or any(token.key == "nulls" for token in item[-2:]):
        return []
    return [word("NULLS"), word("LAST" if item[-1].key == "desc" else "FIRST")]


def _refuse_order_by_index(key: str, following: Token) -> None:
    if (
        key == "index" and following.kind in (Kind.WORD, Kind.QUOTED) and following.key not in ("asc", "desc")
    ) or (key == "primary" and following.key == "key"):
        raise unsupported("ORDER BY INDEX")
