"""The bank's books: its database made anew, and what is wrong with it after all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg

ACCOUNTS = 200
OPENING = 1000
TOTAL = ACCOUNTS * OPENING

SCHEMA = f"""
CREATE TABLE accounts (id INT8 PRIMARY KEY, balance INT8 NOT NULL CHECK (balance >= 0));
CREATE TABLE transfers (id STRING PRIMARY KEY, source INT8 NOT NULL REFERENCES accounts, target INT8 NOT NULL,
                        amount INT8 NOT NULL);
INSERT INTO accounts SELECT n, {OPENING} FROM generate_series(1, {ACCOUNTS}) AS g(n);
"""


def audit(rows: Iterator[tuple], ledger: Path | None, unknown: set[str]) -> list[str]:
    """What is wrong with the transfers in the database: (id, source, target, amount) in rows."""
    found = {row[0]: row for row in rows}
    wrong = []
    if ledger is not None:
        acknowledged = set(ledger.read_text(encoding="utf-8").split())
        lost = acknowledged - set(found)
        if lost:
            wrong.append(f"{len(lost)} acknowledged transfers are lost: {sorted(lost)[:5]}")
        strange = set(found) - acknowledged - unknown
        if strange:
            wrong.append(f"{len(strange)} transfers that nobody made: {sorted(strange)[:5]}")
    return wrong


def check(url: str, ledger: Path | None, unknown: set[str]) -> list[str]:
    """The books after all: what is wrong with balances and transfers."""
    with psycopg.connect(url, autocommit=True) as session:
        rows = session.execute("SELECT id, source, target, amount FROM transfers").fetchall()
        balances = dict(session.execute("SELECT id, balance FROM accounts").fetchall())
    wrong = audit(iter(rows), ledger, unknown)
    expected = dict.fromkeys(range(1, ACCOUNTS + 1), OPENING)
    for _, source, target, amount in rows:
        expected[source] -= amount
        expected[target] += amount
    if expected != balances:
        wrong.append("the balances are not what the transfers make them")
    if sum(balances.values()) != TOTAL:
        wrong.append(f"the sum is {sum(balances.values())}, not {TOTAL}")
    return wrong


def prepare(url: str, database: str) -> None:
    """Make the bank's database anew."""
    with psycopg.connect(url, autocommit=True) as session:
        session.execute(f"DROP DATABASE IF EXISTS {database} CASCADE")
        session.execute(f"CREATE DATABASE {database}")
        session.execute(f"USE {database}")
        for statement in SCHEMA.strip().split(";\n"):
            session.execute(statement)
