"""Where a plain operand starts and ends: a name, literal, call, or brackets, with casts behind it."""

from __future__ import annotations

from cluster.embedded.dialect.tokens import Kind, Token, close_of, is_name, words

# Keywords that end an expression's part, and so are no names of operands.
BOUNDARY = words(
    """and or not when then else case check end select where from on by having as is in like ilike between
    returning values limit offset group order union distinct all set"""
) | {"(", ")", ",", "[", "]"}
_LITERALS = (Kind.STRING, Kind.NUMBER, Kind.PARAM, Kind.RAW)


def bounded(tokens: list[Token], index: int) -> bool:
    """Whether the place is outside the tokens, or holds what cannot belong to an operand."""
    return not 0 <= index < len(tokens) or tokens[index].key in BOUNDARY


def before(tokens: list[Token], stop: int) -> int:
    """Where the operand that ends before stop starts; -1 if it is not plain."""
    index = stop - 1
    # A cast behind the operand: `x::INT8`.
    while index >= 2 and tokens[index].kind is Kind.WORD and tokens[index - 1].key in ("::", ":::"):
        index -= 2
    if index >= 0 and tokens[index].key == ")":
        depth = 0
        while index >= 0:
            depth += (tokens[index].key == ")") - (tokens[index].key == "(")
            if depth == 0:
                break
            index -= 1
        if index > 0 and is_name(tokens[index - 1]) and tokens[index - 1].key not in BOUNDARY:
            return _path_start(tokens, index - 1)
        return index
    if index < 0 or tokens[index].key in BOUNDARY:
        return -1
    if not (is_name(tokens[index]) or tokens[index].kind in _LITERALS):
        return -1
    return _path_start(tokens, index)


def _path_start(tokens: list[Token], index: int) -> int:
    while index > 1 and tokens[index - 1].key == "." and is_name(tokens[index - 2]):
        index -= 2
    return index


def after(tokens: list[Token], index: int) -> int:
    """Where the operand that starts at index ends; 0 if it is not plain."""
    if index < len(tokens) and tokens[index].key == "-":
        index += 1
    if index >= len(tokens):
        return 0
    if tokens[index].key == "(":
        stop = close_of(tokens, index) + 1
    elif tokens[index].kind in _LITERALS:
        stop = index + 1
    elif is_name(tokens[index]) and tokens[index].key not in BOUNDARY:
        stop = index + 1
        while stop + 1 < len(tokens) and tokens[stop].key == "." and is_name(tokens[stop + 1]):
            stop += 2
        if stop < len(tokens) and tokens[stop].key == "(":
            stop = close_of(tokens, stop) + 1
    else:
        return 0
    while stop + 1 < len(tokens) and tokens[stop].key in ("::", ":::") and is_name(tokens[stop + 1]):
        stop += 2
        if stop < len(tokens) and tokens[stop].key == "(":
            stop = close_of(tokens, stop) + 1
    return stop
