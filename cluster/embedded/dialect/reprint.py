"""A statement's parts as CockroachDB prints them again: names, types, expressions (pkg/sql/sem/tree, Format).

Not the text of the user: keywords are in upper case, types have their SQL names, names have quotes only where
they need them. It is done by token, so redundant parentheses stay, as they do in CockroachDB.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cluster.embedded.dialect.model import Settings
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import Kind, Token, is_name, name_of, words
from cluster.embedded.dialect.types import CHAR, STRING_LENGTH, parse_type

_PLAIN = re.compile(r"[a-z_\x80-\U0010ffff][a-z0-9_$\x80-\U0010ffff]*")
# pkg/sql/parser/sql.y: reserved_keyword, type_func_name_keyword.
_RESERVED = words(
    """
    all analyse analyze and any array as asc asymmetric both case cast check collate collation column
    constraint create cross current_catalog current_date current_role current_schema current_time
    current_timestamp current_user default deferrable desc distinct do else end except false fetch for
    foreign from full grant group having ilike in index initially inner intersect into is isnull join
    lateral leading left like limit localtime localtimestamp natural none not nothing notnull null
    offset on only or order outer overlaps placing primary references returning right select
    session_user similar some symmetric table then to trailing true union unique user using variadic
    when where window with
    """
)
_KEYWORDS = words(
    """
    all and any array as asc between by case cast collate cross current day desc distinct else end escape
    except exists extract from full group having hour ilike in inner intersect interval into is join lateral
    left like limit minute month not null nulls offset on or order outer over partition right row second
    select similar some symmetric then to union using values when where with year zone
    """
)
_CALLED = words(
    """
    current_catalog current_date current_role current_schema current_time current_timestamp current_user
    localtime localtimestamp session_user
    """
)
_UNSPACED = frozenset(["::", ":::", "->", "->>", "#>", "#>>"])
_TYPES: dict[str, str] = {
    "text": "STRING",
    "bytea": "BYTES",
    "numeric": "DECIMAL",
    "bpchar": "CHAR",
}


def name(text: str) -> str:
    """A name, in quotes if it needs them (pkg/sql/lexbase, EncodeRestrictedSQLIdent)."""
    if _PLAIN.fullmatch(text) and text not in _RESERVED:
        return text
    return '"' + text.replace('"', '""') + '"'


def qualified(path: Sequence[str], settings: Settings) -> str:
    """A relation with its database and schema; without one in the text it is `public`."""
    full = list(path)
    if len(full) == 1:
        full = [settings.database, "public", *full]
    elif len(full) == 2:
        # database.table means the schema public (docs, "Name resolution").
        full = [full[0], "public", full[1]] if full[0] == settings.database else [settings.database, *full]
    return ".".join(name(part) for part in full)


def type_at(reader: Reader) -> str:
    """The type at the cursor, by CockroachDB's name. Raises Refusal."""
    start = reader.position
    if reader.token.kind is Kind.WORD and "serial" in reader.token.key:
        word = reader.take().key
        size = {"smallserial": "2", "serial2": "2", "serial4": "4"}.get(word, "8")
        return f"SERIAL{size}"
    found = parse_type(reader)
    base, array = found.sql, ""
    while base.endswith("[]"):
        base, array = base[:-2], array + "[]"
    stem, bracket, size = base.partition("(")
    size = re.sub(r"\s*,\s*", ",", size)
    stem = stem.strip()
    if found.mark & STRING_LENGTH:
        stem = "STRING"
    elif found.mark & CHAR:
        stem = "CHAR"
        bracket, size = ("", "") if size == "1)" else (bracket, size)
    elif stem.startswith('"'):
        stem = ".".join(
            name(name_of(token)) for token in reader.tokens[start : reader.position] if is_name(token)
        )
        return stem + array
    return _TYPES.get(stem, stem.upper()) + bracket + size + array


def expression(tokens: Sequence[Token], settings: Settings) -> str:
    """An expression or a query: one blank around operators, functions in lower case, types by their names."""
    made: list[str] = []
    index = 0
    tight = True  # nothing before, or what takes no blank after it
    while index < len(tokens):
        token = tokens[index]
        key = token.key
        following = tokens[index + 1].key if index + 1 < len(tokens) else ""
        before = tokens[index - 1].key if index else ""
        if key in ("::", ":::"):
            made.append(key)
            reader = Reader(tokens[index + 1 :], settings)
            made.append(type_at(reader))
            index += 1 + reader.position
            tight = False
            continue
        if token.kind is Kind.WORD:
            text = _word(key, following, before)
        elif token.kind is Kind.QUOTED:
            text = name(name_of(token))
        elif key in ("<>",):
            text = "!="
        else:
            text = token.text
        glued = tight or key in (",", ")", "]", ".", "[") or key in _UNSPACED
        if key == "(" and index and (is_name(tokens[index - 1]) and before not in _KEYWORDS):
            glued = True
        made.append(text if glued else " " + text)
        sign = key in ("-", "+", "~") and (
            not index or before in ("(", ",") or _is_operator(tokens[index - 1])
        )
        tight = key in ("(", "[", ".") or key in _UNSPACED or sign
        index += 1
    return "".join(made)


def _is_operator(token: Token) -> bool:
    return token.kind is Kind.OP or (token.kind is Kind.WORD and token.key in _KEYWORDS)


def _word(key: str, following: str, before: str) -> str:
    if before == ".":
        return name(key)
    if key in _CALLED:
        return key if following == "(" else f"{key}()"
    if key in ("true", "false"):
        return key
    if key in _KEYWORDS and (following != "(" or key not in ("left", "right", "extract")):
        return key.upper()
    return key if following == "(" else name(key)


def rest(reader: Reader) -> str:
    """What is left of a statement without expressions: words in upper case, other tokens as they are."""
    left = reader.rest()
    return "".join(
        ("" if token.key in (",", ")", ".") or (index and left[index - 1].key in ("(", ".")) else " ")
        + (token.text.upper() if token.kind is Kind.WORD else token.text)
        for index, token in enumerate(left)
    )
