"""What the bank of the capstone held when it was taken over (`course/inherited/`), and whether it still does.

A learner may add rows of their own: the inherited ones are known by the first letter of their ids.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .model import Context, NotYet

THIRD, PHONES, EXACT = "5ea000000003", "5ea00000000a", "5ea00000000b"
MESSAGES = {PHONES: "phones and unique emails", EXACT: "exact amounts"}
"""The two revisions behind THIRD, where the history parts."""

ADDRESSES = {"ada@harbor.example", "cem@harbor.example", "dia@harbor.example"}
NUMBERS = {"030 1234", "040 5678", "040 9012"}
AMOUNTS = [Decimal(text) for text in ("0.10", "0.20", "10.35", "99.99", "1234.50")]
CURRENCIES = ["EUR", "EUR", "CHF", "EUR", "EUR", "EUR"]
"""With EUR for the three accounts that had none."""
BALANCES = [1200, 80, 560, 15, 9900, -40]
BLOCKED = 2

ROWS = {"customers": ("c%", 6), "accounts": ("a%", 6), "transfers": ("b%", 5)}
"""The rows of each table: how their ids begin, and their number."""


def of_before(context: Context, table: str, columns: str) -> list[dict[str, Any]]:
    """These columns of the inherited rows of a table, by id."""
    ids, _ = ROWS[table]
    return context.sql(f"SELECT {columns} FROM {table} WHERE id::STRING LIKE %(ids)s ORDER BY id", ids=ids)  # noqa: S608


def refuse_lost_rows(context: Context) -> None:
    """Raise NotYet if a row of the inherited bank is gone, or its money or owner another."""
    for table, (_, count) in ROWS.items():
        if lost := count - len(of_before(context, table, "id")):
            raise NotYet(f"{table} has lost {lost} of its rows. Run %inherit to begin again.")
    accounts = of_before(context, "accounts", "balance, customer_id")
    if [row["balance"] for row in accounts] != BALANCES or not all(row["customer_id"] for row in accounts):
        raise NotYet("An account has another balance or owner than before. Run %inherit to begin again.")
