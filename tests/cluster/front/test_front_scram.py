"""SCRAM-SHA-256: the example of RFC 7677, and what must fail."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from cluster.embedded.front import scram

SALT = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
FIRST = b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
SERVER_FIRST = b"r=rOprNGfwEbeRWgbNEkqO" + NONCE.encode() + b",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
PROOF = b",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
FINAL = b"c=biws,r=rOprNGfwEbeRWgbNEkqO" + NONCE.encode() + PROOF
SERVER_FINAL = b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="


def verifier(password: str) -> scram.Verifier:
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), SALT, 4096)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    return scram.Verifier(4096, SALT, stored, hmac.digest(salted, b"Server Key", "sha256"))


def test_the_example_of_the_rfc() -> None:
    exchange = scram.Exchange(verifier("pencil"), NONCE)
    assert exchange.first(FIRST) == SERVER_FIRST
    assert exchange.final(FINAL) == SERVER_FINAL


@pytest.mark.parametrize(
    ("password", "final"),
    [
        ("pencils", FINAL),
        ("pencil", FINAL.replace(b"biws", b"eSws")),  # other binding flags than were sent
        ("pencil", FINAL.replace(b"r=rOpr", b"r=xOpr")),
        ("pencil", FINAL[: -len(PROOF)]),
        ("pencil", FINAL.replace(b"dHzb", b"????")),
        ("pencil", b""),
    ],
)
def test_what_is_not_the_password(password: str, final: bytes) -> None:
    exchange = scram.Exchange(verifier(password), NONCE)
    exchange.first(FIRST)
    with pytest.raises(scram.ScramError):
        exchange.final(final)


@pytest.mark.parametrize(
    "first", [b"", b"n,,", b"p=tls-unique,,n=,r=abc", b"n,,m=x,n=,r=abc", b"n,,n=,r=a b"]
)
def test_first_messages_that_are_none(first: bytes) -> None:
    with pytest.raises(scram.ScramError):
        scram.Exchange(verifier("pencil")).first(first)


def test_who_does_not_exist_gets_the_same_salt_each_time_and_never_comes_in() -> None:
    one, two = (scram.mock_verifier("nobody", b"secret") for _ in range(2))
    assert (one.salt, one.iterations) == (two.salt, 4096)
    assert one.stored_key != two.stored_key
    assert one.salt != scram.mock_verifier("somebody", b"secret").salt


@pytest.mark.parametrize("text", [None, "", "md5abc", "SCRAM-SHA-256$4096:x"])
def test_verifiers_of_another_kind(text: str | None) -> None:
    assert scram.read_verifier(text) is None


def test_postgresql_s_verifier() -> None:
    salt, key = base64.b64encode(bytes(16)).decode(), base64.b64encode(bytes(range(32))).decode()
    assert scram.read_verifier(f"SCRAM-SHA-256$4096:{salt}${key}:{key}") == scram.Verifier(
        4096, bytes(16), bytes(range(32)), bytes(range(32))
    )
