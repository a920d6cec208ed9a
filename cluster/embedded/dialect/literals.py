"""Literals: what a string stands for; b'…' and x'…' are BYTES in CockroachDB, bit strings in PostgreSQL."""

from __future__ import annotations

import re

from cluster.embedded.dialect.model import Settings
from cluster.embedded.dialect.scanner import lexical_error
from cluster.embedded.dialect.tokens import Kind, Token

_ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|[0-7]{3}|.)|''", re.DOTALL)
_NAMED = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


# An escape of e'…', a doubled quote, or the gap where a literal goes on in the next line.
_PART = re.compile(
    r"\\(x[0-9a-fA-F]{2}|X[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)|''|'[ \t\n\r\f]+'",
    re.DOTALL,
)
_PLAIN_PART = re.compile(r"''|'[ \t\n\r\f]+'")


def string_value(text: str) -> str:
    """What '…', e'…' or $$…$$ stands for (pkg/sql/scanner/scan.go, scanString). Raises Refusal (42601)."""
    if text[0] == "$":
        width = text.index("$", 1) + 1
        return text[width:-width]
    if text[0] == "'":
        return _PLAIN_PART.sub(lambda part: "'" if part.group() == "''" else "", text[1:-1])
    if text[0] not in "eE":
        raise lexical_error(text, "not a string")

    def one(match: re.Match[bytes]) -> bytes:
        escape = match.group(1)
        if escape is None:
            return b"'" if match.group() == b"''" else b""
        if len(escape) == 1:
            if escape in b"xXuU01234567":
                raise lexical_error(text, "invalid syntax")
            return _NAMED.get(escape, escape)
        if escape[:1] in b"uU":
            return chr(int(escape[1:], 16)).encode()
        return bytes([int(escape[1:], 16) if escape[:1] in b"xX" else int(escape, 8) & 255])

    try:
        return re.sub(_PART.pattern.encode(), one, text[2:-1].encode(), flags=re.DOTALL).decode()
    except (UnicodeError, ValueError):
        raise lexical_error(text, "invalid UTF-8 byte sequence") from None


def bytes_literals(tokens: list[Token], keys: frozenset[str], settings: Settings) -> list[Token]:
    r"""b'a\x62' and x'6162' become '\x6162'::bytea (docs, "Byte array literals")."""
    for index, token in enumerate(tokens):
        if token.kind is Kind.STRING and token.text[0] in "bxX":
            body = token.text[2:-1]
            data = _hex(token.text, body) if token.text[0] in "xX" else _escaped(body)
            text = f"'\\x{data.hex()}'::bytea"
            tokens[index] = Token(Kind.RAW, text, text, token.space)
    return tokens


def _hex(source: str, body: str) -> bytes:
    try:
        return bytes.fromhex(body)
    except ValueError:
        raise lexical_error(source, "invalid hexadecimal bytes literal") from None


def _escaped(body: str) -> bytes:
    def one(match: re.Match[bytes]) -> bytes:
        escape = match.group(1)
        if escape is None:
            return b"'"
        if len(escape) == 3:
            return bytes([int(escape[1:], 16) if escape[:1] == b"x" else int(escape, 8)])
        return _NAMED.get(escape, escape)

    return _ESCAPE.sub(one, body.encode())
