"""SQL text cut into tokens, by CockroachDB's lexical rules (pkg/sql/scanner/scan.go).

They differ from PostgreSQL's in few points: `//`, `:::`, b'…' and x'…' are bytes.

What is inside a literal or a comment here must be inside it for PostgreSQL too: else a client could have
PostgreSQL run what no rule has seen. tests/fuzz/lexer.py is PostgreSQL's own reading, to compare with.
"""

from __future__ import annotations

import re

from cluster.embedded.dialect.model import Refusal
from cluster.embedded.dialect.tokens import Kind, Token

# White space, and what follows it. Order matters: the first alternative that fits wins.
_TOKEN = re.compile(
    r"""
    ([ \t\n\r\f]*+)(?:
    (?P<SPACE>--[^\n]*|\Z)
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
    )
    """,
    re.VERBOSE,
)
_WORD, _PUNCT = _TOKEN.groupindex["WORD"], _TOKEN.groupindex["PUNCT"]  # the most frequent
# Possessive, so that a literal of megabytes costs no memory for ways back.
_PLAIN_END = re.compile(r"[^']*+(?:''[^']*+)*+'")
_ESCAPED_END = re.compile(r"[^'\\]*+(?:(?:''|\\.)[^'\\]*+)*+'", re.DOTALL)
# A literal goes on behind a new line: in CockroachDB with nothing but white space between (scanString), in
# PostgreSQL also with comments (src/backend/parser/scan.l, quotecontinue).
_GOES_ON = re.compile(r"[ \t\r\f]*+\n[ \t\n\r\f]*+'")
_GOES_ON_IN_POSTGRES = re.compile(r"(?:[ \t\f\v]|--[^\n\r]*)*+[\n\r](?:[ \t\n\r\f\v]|--[^\n\r]*[\n\r])*+'")
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
    scan, make = _TOKEN.match, tuple.__new__  # a Token's own __new__ is a call more
    while position < end:
        match = scan(sql, position)
        if match is None:
            position = end - len(sql[position:].lstrip(" \t\n\r\f"))
            raise syntax_error(sql, position, sql[position])
        group = match.lastindex or 0
        blank, text = match.group(1, group)
        stop = match.end()
        if group == _WORD:
            tokens.append(make(Token, (Kind.WORD, text, text.lower(), space + blank)))
            space, position = "", stop
            continue
        if group == _PUNCT:
            tokens.append(make(Token, (Kind.PUNCT, text, text, space + blank)))
            space, position = "", stop
            continue
        name = match.lastgroup or ""
        space += blank
        position += len(blank)
        if name == "SPACE":
            # PostgreSQL ends a -- comment at \r too, CockroachDB at \n only (ScanComment).
            space += text.replace("\r", " ")
            position = stop
            continue
        if name == "COMMENT":
            stop = _comment_end(sql, position)
            space += sql[position:stop]
            position = stop
            continue
        if name in _AS_WRITTEN:
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


_AS_WRITTEN = {"NUMBER": Kind.NUMBER, "PARAM": Kind.PARAM, "QUOTED": Kind.QUOTED}


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
