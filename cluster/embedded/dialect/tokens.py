"""SQL text as tokens that join back to the same text, and small helpers to walk them.

CockroachDB's lexical rules (pkg/sql/scanner/scan.go) differ from PostgreSQL's in few points: `//`, `:::`,
b'…' and x'…' are bytes. A token carries the white space and comments before it, so nothing is lost and rules
need not look at them.

What is inside a literal or a comment here must be inside it for PostgreSQL too: else a client could have
PostgreSQL run what no rule has seen. tests/fuzz/lexer.py is PostgreSQL's own reading, to compare with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import Enum, auto
from typing import NamedTuple

from cluster.embedded.dialect.model import Refusal


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


# Order matters: the first alternative that fits wins.
_TOKEN = re.compile(
    r"""
    (?P<SPACE>(?:[ \t\n\r\f]+|--[^\n]*)+)
  | (?P<COMMENT>/\*)
  | (?P<FOREIGN>[uU]&['"]|//\*)
  | (?P<STRING>[eE]'|[bBxX]'|')
  | (?P<DOLLAR>\$(?:[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_\x80-\U0010ffff]*)?\$)
  | (?P<QUOTED>"[^"]*+(?:""[^"]*+)*+")
  | (?P<WORD>[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_$\x80-\U0010ffff]*)
  | (?P<NUMBER>0[xX][0-9a-fA-F]+|(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<PARAM>\$\d+)
  | (?P<OP>:::|::|:=|:|//|[-+*/<>=~!@\#%^&|`?]{1,64})
  | (?P<PUNCT>[()\[\]{},;.])
    """,
    re.VERBOSE,
)
# Possessive, so that a literal of megabytes costs no memory for ways back.
_PLAIN_END = re.compile(r"[^']*+(?:''[^']*+)*+'")
_ESCAPED_END = re.compile(r"[^'\\]*+(?:(?:''|\\.)[^'\\]*+)*+'", re.DOTALL)
# A literal goes on behind a new line: in CockroachDB with nothing but white space between (scanString), in
# PostgreSQL also with comments (src/backend/parser/scan.l, quotecontinue).
_GOES_ON = re.compile(r"[ \t\r\f]*+\n[ \t\n\r\f]*+'")
_GOES_ON_IN_POSTGRES = re.compile(r"(?:[ \t\f\v]|--[^\n\r]*)*+[\n\r](?:[ \t\n\r\f\v]|--[^\n\r]*[\n\r])*+'")
_LINE_COMMENT = re.compile(r"--[^\n]*")
_COMMENT_PART = re.compile(r"/\*|\*/")
_LONGEST_OPERATOR = 64
# PostgreSQL's rule: an operator ends in + or - only if it has one of these characters.
_MAY_END_IN_SIGN = frozenset("~!@#%^&|`?")


def syntax_error(sql: str, offset: int, near: str, hint: str | None = None) -> Refusal:
    """CockroachDB's syntax error: the text up to the line of the fault, and a caret (pkg/sql/parser)."""
    message = 'at or near "EOF": syntax error' if not near else f'at or near "{near}": syntax error'
    line_end = sql.find("\n", offset)
    shown = sql if line_end < 0 else sql[:line_end]
    column = offset - (sql.rfind("\n", 0, offset) + 1)
    return Refusal("42601", message, detail=f"source SQL:\n{shown}\n{' ' * column}^", hint=hint)


def lexical_error(sql: str, message: str) -> Refusal:
    """CockroachDB's lexical error, e.g. an unterminated string."""
    return Refusal(
        "42601",
        f"lexical error: {message}",
        detail=f"source SQL:\n{sql}\n{' ' * len(sql.rsplit(chr(10), 1)[-1])}^",
    )


def tokenize(sql: str) -> list[Token]:
    """Cut SQL into tokens; render() gives the text back. Raises Refusal (42601) for what cannot be read."""
    tokens: list[Token] = []
    position, end = 0, len(sql)
    space = ""
    scan = _TOKEN.match
    while position < end:
        match = scan(sql, position)
        if match is None:
            raise syntax_error(sql, position, sql[position])
        name, text = match.lastgroup or "", match.group()
        stop = match.end()
        if name == "SPACE":
            # PostgreSQL ends a -- comment at \r too, CockroachDB at \n only (ScanComment).
            space += _LINE_COMMENT.sub(_one_line, text) if "\r" in text else text
            position = stop
            continue
        if name == "COMMENT":
            stop = _comment_end(sql, position)
            space += sql[position:stop]
            position = stop
            continue
        if name == "WORD":
            tokens.append(Token(Kind.WORD, text, text.lower(), space))
        elif name in _AS_WRITTEN:
            if name == "NUMBER" and stop < end and (sql[stop].isalpha() or sql[stop] == "_"):
                junk = f'"{text}{sql[stop]}"'
                raise lexical_error(sql, f"trailing junk after numeric literal at or near {junk}")
            tokens.append(Token(_AS_WRITTEN[name], text, text, space))
        elif name == "OP":
            if len(text) == _LONGEST_OPERATOR:
                raise syntax_error(sql, position, text)
            text = _operator(text)
            stop = position + len(text)
            tokens.append(Token(Kind.OP, text, text, space))
        elif name == "FOREIGN":
            # U&'…' is PostgreSQL's only. `//*` is `//` and `*` there, a comment behind `/` in PostgreSQL.
            raise syntax_error(sql, stop - 1, sql[stop - 1])
        else:
            stop = _string_end(sql, position, stop, text)
            text = sql[position:stop]
            tokens.append(Token(Kind.STRING, text, text, space))
        space = ""
        position = stop
    if space:
        tokens.append(Token(Kind.SPACE, space, " "))
    return tokens


_AS_WRITTEN = {"PUNCT": Kind.PUNCT, "NUMBER": Kind.NUMBER, "PARAM": Kind.PARAM, "QUOTED": Kind.QUOTED}


def _one_line(comment: re.Match[str]) -> str:
    return comment.group().replace("\r", " ")


def _string_end(sql: str, start: int, inside: int, opening: str) -> int:
    """Where the string literal that starts at start ends; inside: just after its opening quote."""
    if opening[0] == "$":
        close = sql.find(opening, inside)
        stop = close + len(opening) if close >= 0 else None
    else:
        pattern = _ESCAPED_END if opening[0] in "eEb" else _PLAIN_END
        tail = pattern.match(sql, inside)
        while tail is not None and opening[0] in "eE'" and (more := _GOES_ON.match(sql, tail.end())):
            tail = pattern.match(sql, more.end())
        stop = tail.end() if tail else None
        if stop is not None and (more := _GOES_ON_IN_POSTGRES.match(sql, stop)):
            raise syntax_error(sql, more.end() - 1, "'")
    if stop is None:
        raise lexical_error(sql, "unterminated string")
    return stop


def _comment_end(sql: str, start: int) -> int:
    depth, position = 0, start
    while part := _COMMENT_PART.search(sql, position):
        depth += 1 if part.group() == "/*" else -1
        position = part.end()
        if depth == 0:
            return position
    raise lexical_error(sql, "unterminated comment")


def _operator(text: str) -> str:
    """Cut a run of operator characters where a comment starts, and as PostgreSQL cuts signs."""
    for comment in ("--", "/*"):
        if (at := text.find(comment)) > 0:
            text = text[:at]
    if text[-1] in "+-" and _MAY_END_IN_SIGN.isdisjoint(text):
        return text.rstrip("+-") or text[0]
    return text


# -- helpers for the rules --------------------------------------------------------------------------------


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
    return [token for token in tokens if token.kind is not Kind.SPACE]


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
    found: list[tuple[list[Token], int]] = []
    part: list[Token] = []
    offset = start = 0
    for token in tokens:
        offset += len(token.space) + len(token.text)
        if token.kind is Kind.PUNCT and token.key == ";":
            if part:
                found.append((part, start))
            part, start = [], offset
        elif token.kind is not Kind.SPACE:
            part.append(token)
    if part:
        found.append((part, start))
    return found
