"""Literals: b'…' and x'…' are BYTES in CockroachDB, bit strings in PostgreSQL."""

from __future__ import annotations

import re

from cluster.embedded.dialect.model import Settings
from cluster.embedded.dialect.tokens import Kind, Token, lexical_error

_ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|[0-7]{3}|.)|''", re.DOTALL)
_NAMED = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


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
