"""`database.table` in queries and changes of rows."""

from __future__ import annotations

import pytest

from cluster.embedded.dialect import Settings
from cluster.embedded.dialect.own_database import own_database
from cluster.embedded.dialect.scanner import tokenize
from cluster.embedded.dialect.tokens import render

BANK = Settings(database="bank")


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("SELECT id FROM bank.accounts", "SELECT id FROM public.accounts"),
        ('SELECT id FROM "bank".accounts', "SELECT id FROM public.accounts"),
        ("SELECT id FROM a, bank.b", "SELECT id FROM a, public.b"),
        ("INSERT INTO bank.accounts (id) VALUES (1)", "INSERT INTO public.accounts (id) VALUES (1)"),
        ("UPDATE bank.accounts SET id = 1", "UPDATE public.accounts SET id = 1"),
        # Not the name of a relation, or with its schema already.
        ("SELECT bank.id, bank.name FROM bank", "SELECT bank.id, bank.name FROM bank"),
        ("SELECT id FROM bank.public.accounts", "SELECT id FROM bank.public.accounts"),
        ("SELECT id FROM t WHERE a IN (1, bank.id)", "SELECT id FROM t WHERE a IN (1, bank.id)"),
        (
            "SELECT id FROM t AS bank, u ORDER BY u.a, bank.id",
            "SELECT id FROM t AS bank, u ORDER BY u.a, bank.id",
        ),
        ("SELECT id FROM other.accounts", "SELECT id FROM other.accounts"),
        (
            "SELECT 1 FROM [SHOW TABLES FROM bank.audit], bank.t",
            "SELECT 1 FROM [SHOW TABLES FROM bank.audit], public.t",
        ),
    ],
)
def test_the_schema_of_the_own_database(text: str, made: str) -> None:
    assert render(own_database(tokenize(text), BANK)) == made
