"""Whole numbers that stand alone are INT8 in CockroachDB (docs, "INT"), INT4 in PostgreSQL.

It shows in CREATE TABLE … AS SELECT 1, in arrays (ARRAY[1] is INT8[]), in pg_typeof(1). Where a number stands
beside something typed PostgreSQL finds the same type by itself, and it is left alone. So it is in the list of
a SELECT whose rows only go to the client: they look the same.
"""

from __future__ import annotations

from cluster.embedded.dialect.tokens import Kind, Token, is_name, raw, words

_LARGEST_INT4 = 2**31 - 1
# What ends the list of a SELECT.
_END = words(
    "from where group having window order limit offset fetch for union intersect except into returning"
)
_POLYMORPHIC = words(
    "pg_typeof generate_series array_agg min max abs greatest least to_json to_jsonb sum_int"
)
_SOMETIMES = _POLYMORPHIC | {"array", "then", "else"}
_SELECT, _VALUES, _ROW = "select", "values", "row"


def is_int4(token: Token) -> bool:
    """Whether the token is a whole number that PostgreSQL takes for an INT4."""
    return token.kind is Kind.NUMBER and token.text.isdigit() and int(token.text) <= _LARGEST_INT4


def whole_literals(tokens: list[Token], keys: frozenset[str], *, columns: bool) -> list[Token]:
    """The numbers that stand alone, with their type. columns: the rows become columns of a table or view."""
    changing = not keys.isdisjoint(("insert", "upsert"))  # assigned to a column: its type counts
    if not columns and keys.isdisjoint(_SOMETIMES if changing else _SOMETIMES | {_VALUES}):
        return tokens
    made: list[Token] = []
    # One entry for each open bracket: whether we are in the list of a SELECT, in VALUES, or in a row of it.
    places = [""]
    for index, token in enumerate(tokens):
        key = token.key if token.kind in (Kind.WORD, Kind.PUNCT) else ""
        if key in ("(", "[", "{"):
            places.append(_ROW if places[-1] == _VALUES and key == "(" else "")
        elif key in (")", "]", "}"):
            if len(places) > 1:
                places.pop()
        elif key == "select":
            places[-1] = _SELECT if columns else ""
        elif key == "values":
            places[-1] = "" if changing else _VALUES
        elif key in _END:
            places[-1] = ""
        elif is_int4(token) and index and (alias := _stands_alone(tokens, index, places[-1])) is not None:
            made.append(token._replace(text=f"{token.text}::int8", kind=Kind.RAW))
            if alias:
                made.append(raw(alias))
            continue
        made.append(token)
    return made


def _stands_alone(tokens: list[Token], index: int, place: str) -> str | None:
    """The alias that keeps the column's name ("" for none needed); None: leave the number alone."""
    start = index - 1 if tokens[index - 1].key == "-" and index > 1 else index
    before, after = tokens[start - 1].key, tokens[index + 1] if index + 1 < len(tokens) else None
    earlier = tokens[start - 2].key if start > 1 else ""
    ends = after is None or after.key in (",", ")", "]")
    if (
        (before == "[" and earlier == "array" and ends)
        or (before in ("then", "else") and after is not None and after.key in ("when", "else", "end"))
        or (before == "(" and earlier in _POLYMORPHIC and ends)
        or (place == _ROW and before in ("(", ",") and ends)
    ):
        return ""
    if place == _SELECT and before in ("select", "distinct", "all", ","):
        if after is not None and (after.key == "as" or (is_name(after) and after.key not in _END)):
            return ""
        if ends or (after is not None and after.key in _END):
            return 'AS "?column?"'
    return None
