"""Arithmetic that PostgreSQL would read or do otherwise (docs, "Functions and operators": operators)."""

from __future__ import annotations

from cluster.embedded.dialect import operands
from cluster.embedded.dialect.integers import is_int4
from cluster.embedded.dialect.model import Settings, unsupported
from cluster.embedded.dialect.tokens import Kind, Token, raw

_PRODUCT = ("*", "/", "%", "//")


def floor_division(tokens: list[Token], keys: frozenset[str], settings: Settings) -> list[Token]:
    """`//` binds as `*` does in CockroachDB, but weaker than `+` in PostgreSQL: it gets brackets."""
    if "//" not in keys:
        return tokens
    made = list(tokens)
    index = 0
    while index < len(made):
        if made[index].key == "//" and made[index].kind is Kind.OP:
            start = operands.before(made, index)
            # a * b // c is (a * b) // c.
            while start > 0 and made[start - 1].key in _PRODUCT and made[start - 1].kind is Kind.OP:
                start = operands.before(made, start - 1)
            stop = operands.after(made, index + 1)
            if start < 0 or not stop:
                raise unsupported("// in this expression")
            inner = "".join(token.space + token.text for token in made[start:stop])
            made[start:stop] = [raw(f"({inner.lstrip()})", made[start].space)]
            index = start
        index += 1
    return made


def wide_literals(tokens: list[Token], keys: frozenset[str], settings: Settings) -> list[Token]:
    """`100000 * 100000`: whole numbers are INT8 in CockroachDB, and INT4, too small, in PostgreSQL."""
    if keys.isdisjoint("+-*"):
        return tokens
    for index in range(1, len(tokens) - 1):
        sign = tokens[index]
        if sign.kind is Kind.OP and sign.key in ("+", "-", "*"):
            left, right = tokens[index - 1], tokens[index + 1]
            if is_int4(left) and is_int4(right):
                tokens[index - 1] = left._replace(text=f"{left.text}::int8", kind=Kind.RAW)
    return tokens
