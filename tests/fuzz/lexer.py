"""PostgreSQL's reading of a text, after its own rules (src/backend/parser/scan.l), apart from the dialect's.

With standard_conforming_strings on. Written for one purpose: to see what is inside a literal, a name or a
comment for PostgreSQL, whatever the dialect thinks.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Piece(NamedTuple):
    """kind: space, comment, string, name, word, number, parameter, operator, sign. value: what it means."""

    kind: str
    text: str
    value: str


class Unterminated(Exception):
    """The text ends inside a literal, a name or a comment, or has a character that begins nothing."""


_SPACE = re.compile(r"[ \t\n\r\f\v]+")
_LINE = re.compile(r"--[^\n\r]*")
_WORD = re.compile(r"[A-Za-z_\u0080-\U0010ffff][A-Za-z0-9_$\u0080-\U0010ffff]*")
_DOLLAR = re.compile(r"\$(?:[A-Za-z_\u0080-\U0010ffff][A-Za-z0-9_\u0080-\U0010ffff]*)?\$")
_NUMBER = re.compile(r"0[xX][0-9A-Fa-f_]+|(?:\d[\d_]*(?:\.(?!\.)[\d_]*)?|\.\d[\d_]*)(?:[eE][-+]?\d+)?")
_PARAMETER = re.compile(r"\$\d+")
_OPERATOR = re.compile(r"[-+*/<>=~!@#%^&|`?]+")
_SIGN = re.compile(r"::|:=|\.\.|=>|[,()\[\].;:{}]")
_CONTINUES = re.compile(r"(?:[ \t\f\v]|--[^\n\r]*)*+[\n\r](?:[ \t\n\r\f\v]|--[^\n\r]*[\n\r])*+'")
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_ESCAPE = re.compile(
    r"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))|''", re.DOTALL
)


def lex(sql: str) -> list[Piece]:
    """All of the text, in pieces. Raises Unterminated."""
    found: list[Piece] = []
    at, end = 0, len(sql)
    while at < end:
        piece = _piece(sql, at)
        found.append(piece)
        at += len(piece.text)
    return found


def _piece(sql: str, at: int) -> Piece:
    if match := _SPACE.match(sql, at):
        return Piece("space", match.group(), "")
    if match := _LINE.match(sql, at):
        return Piece("comment", match.group(), match.group())
    if sql.startswith("/*", at):
        return _comment(sql, at)
    head = sql[at : at + 3]
    if head[:1] == "'":
        return _quoted(sql, at, 1, False)
    if head[:1] == '"':
        return _name(sql, at, 1)
    if head[1:2] == "'" and head[0] in "eEbBxXnN":
        return _quoted(sql, at, 2, head[0] in "eE")
    if head[1:] == "&'" and head[0] in "uU":
        return _quoted(sql, at, 3, False)
    if head[1:] == '&"' and head[0] in "uU":
        return _name(sql, at, 3)
    if match := _DOLLAR.match(sql, at):
        close = sql.find(match.group(), match.end())
        if close < 0:
            raise Unterminated(sql[at:])
        return Piece("string", sql[at : close + len(match.group())], sql[match.end() : close])
    for kind, pattern in (("word", _WORD), ("number", _NUMBER), ("parameter", _PARAMETER), ("sign", _SIGN)):
        if match := pattern.match(sql, at):
            return Piece(kind, match.group(), match.group().lower())
    if match := _OPERATOR.match(sql, at):
        return _operator(match.group())
    raise Unterminated(sql[at:])


def _comment(sql: str, at: int) -> Piece:
    depth, place = 0, at
    while True:
        opens, closes = sql.find("/*", place), sql.find("*/", place)
        if closes < 0:
            raise Unterminated(sql[at:])
        if 0 <= opens < closes:
            depth, place = depth + 1, opens + 2
        else:
            depth, place = depth - 1, closes + 2
            if depth == 0:
                return Piece("comment", sql[at:place], sql[at:place])


def _quoted(sql: str, at: int, opening: int, escapes: bool) -> Piece:
    value, place = "", at + opening
    while True:
        start = place
        while True:
            if place >= len(sql):
                raise Unterminated(sql[at:])
            if (escapes and sql[place] == "\\") or sql.startswith("''", place):
                place += 2
            elif sql[place] == "'":
                break
            else:
                place += 1
        part = sql[start:place]
        value += _ESCAPE.sub(_unescape, part) if escapes else part.replace("''", "'")
        place += 1
        if not (more := _CONTINUES.match(sql, place)):
            return Piece("string", sql[at:place], value)
        place = more.end()


def _unescape(match: re.Match[str]) -> str:
    octal, short, four, eight, other = match.groups()
    if octal:
        return chr(int(octal, 8) & 255)
    if short or four or eight:
        return chr(int(short or four or eight, 16))
    return _ESCAPES.get(other, other) if other else "'"


def _name(sql: str, at: int, opening: int) -> Piece:
    place = at + opening
    while True:
        close = sql.find('"', place)
        if close < 0:
            raise Unterminated(sql[at:])
        if not sql.startswith('""', close):
            break
        place = close + 2
    return Piece("name", sql[at : close + 1], sql[at + opening : close].replace('""', '"'))


def _operator(text: str) -> Piece:
    for comment in ("/*", "--"):
        if (place := text.find(comment)) > 0:
            text = text[:place]
    while len(text) > 1 and text[-1] in "+-" and not set(text) & set("~!@#%^&|`?"):
        text = text[:-1]
    return Piece("operator", text, text)
