"""What a client does in the benchmark: one round trip each time it is called.

Drivers in C, so that the client costs little beside what is measured: psycopg2 interpolates values into ever
new texts and sends them by the simple protocol; psycopg 3 sends parameters by the extended one, and names
the statement after five times. The scan leaves its rows in libpq's memory.
"""

# ruff: noqa: S608, S311  (the numbers in the SQL are ours, and random accounts are no secrets)
from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import psycopg
import psycopg2
from psycopg import pq

Action = Callable[[], object]
ACCOUNTS = 1000
WIDE_ROWS = 2000

TABLES = (
    "CREATE TABLE accounts (id INT8 PRIMARY KEY, owner VARCHAR(40) NOT NULL, balance INT8 NOT NULL)",
    "CREATE TABLE ledger (id INT8 PRIMARY KEY, account INT8 NOT NULL, amount INT8, note VARCHAR(80))",
    "CREATE TABLE wide (id INT8 PRIMARY KEY, note VARCHAR(100) NOT NULL)",
    "INSERT INTO accounts (id, owner, balance)"
    f" SELECT i, 'owner ' || i::VARCHAR, 100 FROM generate_series(1, {ACCOUNTS}) AS g(i)",
    f"INSERT INTO wide (id, note) SELECT i, repeat('x', 96) FROM generate_series(1, {WIDE_ROWS}) AS g(i)",
)
"""What each way's database holds."""


def _select_one(parameters: Mapping[str, Any]) -> Action:
    cursor = _simple(parameters)

    def act() -> None:
        cursor.execute("SELECT 1")
        cursor.fetchone()

    return act


def _select_row(parameters: Mapping[str, Any]) -> Action:
    cursor = _extended(parameters)

    def act() -> None:
        cursor.execute("SELECT owner, balance FROM accounts WHERE id = %s", (random.randint(1, ACCOUNTS),))
        cursor.fetchone()

    return act


_LEDGER = "INSERT INTO ledger (id, account, amount, note) VALUES (%s, %s, %s, %s)"


def _entry() -> tuple[int, int, int, str]:
    number = random.getrandbits(62)
    return number, number % ACCOUNTS, number % 977, f"transfer {number} of today"


def _insert_text(parameters: Mapping[str, Any]) -> Action:
    cursor = _simple(parameters)
    return lambda: cursor.execute(_LEDGER, _entry())


def _insert_parameters(parameters: Mapping[str, Any]) -> Action:
    cursor = _extended(parameters)
    return lambda: cursor.execute(_LEDGER, _entry())


def _scan(parameters: Mapping[str, Any]) -> Action:
    connection = pq.PGconn.connect(" ".join(f"{name}={value}" for name, value in parameters.items()).encode())

    def act() -> None:
        result = connection.exec_(b"SELECT id, note FROM wide")
        if result.ntuples != WIDE_ROWS:
            raise RuntimeError(f"the scan gave {result.ntuples} rows: {connection.error_message.decode()}")
        result.clear()

    return act


def _connect(parameters: Mapping[str, Any]) -> Action:
    return lambda: psycopg2.connect(**parameters).close()


def _simple(parameters: Mapping[str, Any]) -> Any:
    session = psycopg2.connect(**parameters)
    session.autocommit = True
    return session.cursor()


def _extended(parameters: Mapping[str, Any]) -> Any:
    return psycopg.connect(**parameters, autocommit=True).cursor()


WORKLOADS: dict[str, tuple[Callable[[Mapping[str, Any]], Action], float]] = {
    "SELECT 1, simple protocol": (_select_one, 1.25),
    "SELECT of a row, parameter": (_select_row, 1.25),
    "INSERT, ever new text": (_insert_text, 1.25),
    "INSERT, parameters": (_insert_parameters, 1.25),
    "scan of 2,000 rows": (_scan, 1.15),
    "connect (TLS, SCRAM)": (_connect, 1.5),
}
"""By name: what prepares a client for it, and how much longer than the relay the front may take."""
