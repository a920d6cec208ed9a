"""BETWEEN in an expression that is kept: PostgreSQL would keep (and print) x >= a AND x <= b.

It becomes a call of crdb_catalog."between", which the printer (sql/31_expression_printer.sql) turns back.
Only operands that are plainly delimited are taken: names, literals, calls, brackets; others stay.
"""

from __future__ import annotations

from collections.abc import Sequence

from cluster.embedded.dialect.tokens import Kind, Token, close_of, is_name, raw, words

_BOUNDARY = words("and or not when then else where case check ( ) , end")
_LITERALS = (Kind.STRING, Kind.NUMBER, Kind.PARAM)


def keep_between(tokens: Sequence[Token]) -> list[Token]:
    """The expression with each plain `x BETWEEN a AND b` as a call."""
    made = list(tokens)
    index = 0
    while index < len(made):
        if made[index].key == "between" and made[index].kind is Kind.WORD:
            start = _operand_before(made, index)
            middle = _operand_after(made, index + 1)
            stop = _operand_after(made, middle + 1) if middle < len(made) and made[middle].key == "and" else 0
            plain = start >= 0 and stop and _bounded(made, start - 1) and _bounded(made, stop)
            if plain and not (start and made[start - 1].key == "not"):
                parts = [made[start:index], made[index + 1 : middle], made[middle + 1 : stop]]
                call = ", ".join(" ".join(token.text for token in part) for part in parts)
                made[start:stop] = [raw(f'crdb_catalog."between"({call})')]
                index = start
        index += 1
    return made


def _bounded(tokens: list[Token], index: int) -> bool:
    return not 0 <= index < len(tokens) or tokens[index].key in _BOUNDARY


def _operand_before(tokens: list[Token], stop: int) -> int:
    """Where the operand that ends before stop starts; -1 if that is not plain."""
    index = stop - 1
    if index >= 0 and tokens[index].key == ")":
        depth = 0
        while index >= 0:
            depth += (tokens[index].key == ")") - (tokens[index].key == "(")
            if depth == 0:
                break
            index -= 1
        if index > 0 and is_name(tokens[index - 1]) and tokens[index - 1].key not in _BOUNDARY:
            index -= 1
        return index
    if index < 0 or not (is_name(tokens[index]) or tokens[index].kind in _LITERALS):
        return -1
    while index > 1 and tokens[index - 1].key == "." and is_name(tokens[index - 2]):
        index -= 2
    return index


def _operand_after(tokens: list[Token], index: int) -> int:
    """Where the operand that starts at index ends; 0 if that is not plain."""
    if index < len(tokens) and tokens[index].key == "-":
        index += 1
    if index >= len(tokens):
        return 0
    if tokens[index].key == "(":
        return close_of(tokens, index) + 1
    if tokens[index].kind in _LITERALS:
        return index + 1
    if not is_name(tokens[index]):
        return 0
    index += 1
    while index + 1 < len(tokens) and tokens[index].key == "." and is_name(tokens[index + 1]):
        index += 2
    if index < len(tokens) and tokens[index].key == "(":
        return close_of(tokens, index) + 1
    return index
