"""SCRAM-SHA-256 without channel binding: the server, against PostgreSQL's verifiers (RFC 5802, 7677)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

MECHANISM = b"SCRAM-SHA-256"
_VERIFIER = re.compile(r"SCRAM-SHA-256\$(\d+):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)")
_FIRST = re.compile(
    rb"([nyp](?:=[^,]*)?),(?:a=[^,]*)?,((?:m=[^,]*,)?n=[^,]*,r=([\x21-\x2b\x2d-\x7e]+)(?:,.*)?)"
)
_FINAL = re.compile(rb"(c=([A-Za-z0-9+/=]+),r=([\x21-\x2b\x2d-\x7e]+)(?:,[^,]*)*),p=([A-Za-z0-9+/=]+)")


class ScramError(Exception):
    """The exchange failed: a wrong password, or not SCRAM."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """What the server knows of a password, as in pg_authid.rolpassword."""

    iterations: int
    salt: bytes
    stored_key: bytes
    server_key: bytes


def read_verifier(text: str | None) -> Verifier | None:
    """PostgreSQL's text of a verifier; None when there is none or it is of another kind."""
    match = _VERIFIER.fullmatch(text or "")
    if not match:
        return None
    iterations, *keys = match.groups()
    return Verifier(int(iterations), *(base64.b64decode(key) for key in keys))


def mock_verifier(user: str, secret: bytes) -> Verifier:
    """A verifier that no password fits, the same for a name each time: who asks cannot tell who exists."""
    salt = hmac.digest(secret, user.encode(), "sha256")[:16]
    return Verifier(4096, salt, secrets.token_bytes(32), secrets.token_bytes(32))


class Exchange:
    """One login: first() and final() take the client's messages, give the server's, and raise ScramError."""

    __slots__ = ("_binding", "_first_bare", "_nonce", "_server_first", "_verifier")

    def __init__(self, verifier: Verifier, nonce: str | None = None) -> None:
        self._verifier = verifier
        self._nonce = (nonce or base64.b64encode(secrets.token_bytes(18)).decode()).encode()
        self._binding = self._first_bare = self._server_first = b""

    def first(self, message: bytes) -> bytes:
        """client-first-message to server-first-message."""
        match = _FIRST.fullmatch(message)
        if not match:
            raise ScramError("malformed client-first-message")
        flag, self._first_bare, client_nonce = match.groups()
        if flag.startswith(b"p") or b"m=" in self._first_bare[:2]:
            raise ScramError("the client asks for what was not offered")
        self._binding = message[: len(message) - len(self._first_bare)]
        self._nonce = client_nonce + self._nonce
        salt = base64.b64encode(self._verifier.salt)
        self._server_first = b"r=%b,s=%b,i=%d" % (self._nonce, salt, self._verifier.iterations)
        return self._server_first

    def final(self, message: bytes) -> bytes:
        """client-final-message to server-final-message."""
        match = _FINAL.fullmatch(message)
        if not match:
            raise ScramError("malformed client-final-message")
        without_proof, binding, nonce, proof = match.groups()
        try:
            bound, proven = base64.b64decode(binding, validate=True), base64.b64decode(proof, validate=True)
        except binascii.Error:
            raise ScramError("malformed base64") from None
        if bound != self._binding or nonce != self._nonce or len(proven) != 32:
            raise ScramError("the final message does not belong to this exchange")
        words = b",".join((self._first_bare, self._server_first, without_proof))
        signature = hmac.digest(self._verifier.stored_key, words, "sha256")
        client_key = bytes(a ^ b for a, b in zip(proven, signature, strict=True))
        if not hmac.compare_digest(hashlib.sha256(client_key).digest(), self._verifier.stored_key):
            raise ScramError("the proof is wrong")
        return b"v=" + base64.b64encode(hmac.digest(self._verifier.server_key, words, "sha256"))
