"""`x:::T`, a type annotation: no cast, but an error for another type (docs, "Scalar expressions")."""

from __future__ import annotations

from cluster.embedded.dialect.model import Settings, unsupported
from cluster.embedded.dialect.operands import BOUNDARY
from cluster.embedded.dialect.tokens import Kind, Token, is_name, words

_CONSTANTS = words("null true false ]")
_WHOLE = words("int integer int2 int4 int8 int64 bigint smallint")
_LITERALS = (Kind.STRING, Kind.NUMBER, Kind.PARAM, Kind.RAW)


def annotated(tokens: list[Token], keys: frozenset[str], settings: Settings) -> list[Token]:
    """Literals, arrays and calls may stay to be cast, as SHOW CREATE prints them; the rest is refused."""
    if ":::" not in keys:
        return tokens
    for index in range(1, len(tokens)):
        if tokens[index].key == ":::" and tokens[index].kind is Kind.OP and not _is_constant(tokens, index):
            raise unsupported("::: behind this expression")
    return tokens


def _is_constant(tokens: list[Token], index: int) -> bool:
    before = tokens[index - 1]
    whole = index + 1 < len(tokens) and tokens[index + 1].key in _WHOLE
    if before.kind is Kind.NUMBER and whole and not before.text.isdigit():
        return False
    if before.kind in _LITERALS or before.key in _CONSTANTS:
        return True
    if before.key != ")":
        return False
    opening = _opening(tokens, index - 1)
    if opening and is_name(tokens[opening - 1]) and tokens[opening - 1].key not in BOUNDARY:
        return True
    inner = tokens[opening + 1 : index - 1]
    if inner and inner[0].key == "-":
        inner = inner[1:]
    return len(inner) == 1 and inner[0].kind in _LITERALS and not (whole and not inner[0].text.isdigit())


def _opening(tokens: list[Token], index: int) -> int:
    depth = 0
    while index >= 0:
        depth += (tokens[index].key == ")") - (tokens[index].key == "(")
        if depth == 0:
            return index
        index -= 1
    return 0
