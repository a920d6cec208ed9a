"""Tokens of SQL, which join back to the text that they were cut from (scanner.py), and helpers to walk them.

A token carries the white space and comments before it, so nothing is lost and rules need not look at them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum, auto
from typing import NamedTuple


class Kind(Enum):
    """What a token is."""

    SPACE = auto()  # white space and comments at the very end of the text
    WORD = auto()  # an unquoted name or keyword
    QUOTED = auto()  # "a quoted name"
    STRING = auto()  # any string literal, its prefix included
    NUMBER = auto()
    PARAM = auto()  # $1
    OP = auto()
    PUNCT = auto()  # ( ) [ ] { } , ; .
    RAW = auto()  # text made by the rewriter; later rules leave it alone


class Token(NamedTuple):
    """A token. key: what rules compare with: a WORD in lower case, other tokens as written.

    space: the white space and comments before it.
    """

    kind: Kind
    text: str
    key: str
    space: str = ""


_OPERATORS = frozenset("-+*/<>=~!@#%^&|`?:")
_QUOTES = frozenset("'\"")


def render(tokens: Iterable[Token]) -> str:
    """The tokens' text, white space and comments included.

    Where no space is between two, there is one now if PostgreSQL could read them as one: a rule may have
    taken away what stood between.
    """
    parts: list[str] = []
    last = "("
    for _, text, _, space in tokens:
        if not text:
            parts.append(space)
            continue
        first = text[0]
        if (
            not space
            and last not in "(),.[];"
            and (
                (_in_word(last) and (_in_word(first) or first in _QUOTES))
                or (last in _QUOTES and first in _QUOTES)
                or (last in _OPERATORS and first in _OPERATORS)
            )
        ):
            parts.append(" ")
        parts.append(space)
        parts.append(text)
        last = text[-1]
    return "".join(parts)


def _in_word(character: str) -> bool:
    return character.isalnum() or character in "_$" or character >= "\x80"


def words(text: str) -> frozenset[str]:
    """The words of a text as a set: for lists of keywords."""
    return frozenset(text.split())


def raw(text: str, space: str = " ") -> Token:
    """Text made by a rule."""
    return Token(Kind.RAW, text, text, space)


def word(text: str, space: str = " ") -> Token:
    """A keyword or unquoted name made by a rule."""
    return Token(Kind.WORD, text, text.lower(), space)


def compact(tokens: Iterable[Token]) -> list[Token]:
    """The tokens without the white space at the end."""
    made = list(tokens)
    while made and made[-1].kind is Kind.SPACE:
        made.pop()
    return made


def is_name(token: Token) -> bool:
    """Whether the token can be a name."""
    return token.kind in (Kind.WORD, Kind.QUOTED)


def name_of(token: Token) -> str:
    """The name that a token stands for: folded when it is not quoted."""
    if token.kind is Kind.QUOTED:
        return token.text[1:-1].replace('""', '"')
    return token.key


def quote_name(name: str) -> str:
    """A name as an SQL identifier, always quoted: reserved words differ between the two databases."""
    return '"' + name.replace('"', '""') + '"'


def quote_string(text: str) -> str:
    """Text as an SQL string literal."""
    if "\\" in text:
        return " E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
    return "'" + text.replace("'", "''") + "'"


def close_of(tokens: Sequence[Token], start: int) -> int:
    """The position of the bracket that closes the one at start; the last position + 1 if none does."""
    depth = 0
    for index in range(start, len(tokens)):
        key = tokens[index].key
        if tokens[index].kind is not Kind.PUNCT:
            continue
        if key in "([{":
            depth += 1
        elif key in ")]}":
            depth -= 1
            if depth == 0:
                return index
    return len(tokens)


def split_commas(tokens: Sequence[Token]) -> list[list[Token]]:
    """Cut a list at its own commas (those inside brackets do not count)."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        if token.kind is Kind.PUNCT:
            if token.key in "([{":
                depth += 1
            elif token.key in ")]}":
                depth -= 1
            elif token.key == "," and depth == 0:
                parts.append([])
                continue
        parts[-1].append(token)
    return parts


def split_statements(tokens: Sequence[Token]) -> list[tuple[list[Token], int]]:
    """Cut at semicolons: each statement with its offset in the text; empty statements are left out."""
    whole = compact(tokens)
    if not any(key == ";" for _, _, key, _ in whole):
        return [(whole, 0)] if whole else []
    found: list[tuple[list[Token], int]] = []
    part: list[Token] = []
    start = 0
    for token in tokens:
        if token.kind is Kind.PUNCT and token.key == ";":
            if part:
                found.append((part, start))
            start += sum(len(each.space) + len(each.text) for each in (*part, token))
            part = []
        elif token.kind is not Kind.SPACE:
            part.append(token)
    if part:
        found.append((part, start))
    return found
