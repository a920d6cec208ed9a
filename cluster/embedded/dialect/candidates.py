"""The tables of a query's FROM, by the names that they have there; for the words of an error only."""

from __future__ import annotations

from cluster.embedded.dialect.model import Refusal
from cluster.embedded.dialect.scanner import tokenize
from cluster.embedded.dialect.tokens import Token, is_name, name_of, quote_name, words

_ENDS = words("where group order limit offset fetch having window union intersect except for ; )")
_JOINS = words("join inner left right full outer cross")
_OTHER = words("natural using lateral ordinality tablesample values select with")


def sources(sql: str) -> list[tuple[str, str]]:
    """(name in the query, path as SQL) of each table in the FROM of a query's only SELECT, in order.

    Empty if there is another source than tables, or a join that makes one column of two.
    """
    try:
        tokens = tokenize(sql)
    except Refusal:
        return []
    keys = [token.key for token in tokens]
    if keys.count("select") != 1 or keys.count("from") != 1 or keys[0] != "select":
        return []
    found: list[tuple[str, str]] = []
    place = keys.index("from") + 1
    while place < len(tokens) and keys[place] not in _ENDS:
        if keys[place] == "," or keys[place] in _JOINS:
            place += 1
        elif keys[place] == "on":
            place = _after_condition(keys, place)
        elif keys[place] in _OTHER or not is_name(tokens[place]):
            return []
        else:
            place = _source(tokens, keys, place, found)
    return [] if any(key in _OTHER for key in keys[keys.index("from") : place]) else found


def _source(tokens: list[Token], keys: list[str], place: int, found: list[tuple[str, str]]) -> int:
    """Read `path [@index] [AS] [name]`; gives the place after it."""
    path = [name_of(tokens[place])]
    place += 1
    while place + 1 < len(tokens) and keys[place] == "." and is_name(tokens[place + 1]):
        path.append(name_of(tokens[place + 1]))
        place += 2
    if place + 1 < len(tokens) and keys[place] == "@":
        place += 2
    name = path[-1]
    if place < len(tokens) and keys[place] == "as":
        place += 1
    if place < len(tokens) and is_name(tokens[place]) and keys[place] not in _ENDS | _JOINS | _OTHER | {"on"}:
        name = name_of(tokens[place])
        place += 1
    found.append((name, ".".join(map(quote_name, path[-2:]))))
    return place


def _after_condition(keys: list[str], place: int) -> int:
    """After the condition of a JOIN: where another join, a comma or the end of FROM comes, outside of ()."""
    depth = 0
    while place < len(keys):
        key = keys[place]
        if depth == 0 and (key in _ENDS or key in _JOINS or key == ","):
            break
        depth += (key == "(") - (key == ")")
        place += 1
    return place
