"""`x = ANY …`, SOME and ALL of a tuple, or of an array without brackets (sql.y: subquery_op sub_type)."""

from __future__ import annotations

from cluster.embedded.dialect import operands
from cluster.embedded.dialect.model import Settings, unsupported
from cluster.embedded.dialect.tokens import Kind, Token, close_of, raw, split_commas, words

_QUANTIFIERS = words("any some all")
_OPERATORS = words("like ilike")
_QUERIES = words("select with values table (")


def quantified(tokens: list[Token], keys: frozenset[str], settings: Settings) -> list[Token]:
    """`= ANY (1, 2)` and `= ANY ARRAY[1, 2]` in PostgreSQL's form, `= ANY (ARRAY[1, 2])`. Raises Refusal."""
    if keys.isdisjoint(_QUANTIFIERS):
        return tokens
    made: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        made.append(token)
        index += 1
        behind = index > 1 and (tokens[index - 2].kind is Kind.OP or tokens[index - 2].key in _OPERATORS)
        if token.key not in _QUANTIFIERS or token.kind is not Kind.WORD or not behind or index == len(tokens):
            continue
        if tokens[index].key != "(":
            stop = _array_end(tokens, index) or operands.after(tokens, index)
            if not stop or (stop < len(tokens) and tokens[stop].kind is Kind.OP):
                raise unsupported(f"{token.key.upper()} without brackets")
            made += [raw("("), *quantified(tokens[index:stop], keys, settings), raw(")", "")]
            index = stop
            continue
        close = close_of(tokens, index)
        inner = tokens[index + 1 : close]
        if inner and inner[0].key not in _QUERIES and len(split_commas(inner)) > 1:
            made += [raw("(ARRAY["), *quantified(inner, keys, settings), raw("])", "")]
            index = close + 1
    return made


def _array_end(tokens: list[Token], index: int) -> int:
    """Where `ARRAY[…]` ends; 0 if it is none."""
    if [token.key for token in tokens[index : index + 2]] != ["array", "["]:
        return 0
    return close_of(tokens, index + 1) + 1
