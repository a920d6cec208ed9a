"""The exercises of lesson 12, schema and data."""

from __future__ import annotations

import re

from ..migration import Revision
from .cells import migration
from .model import Context, Exercise, NotYet, Wrong
from .new_database import as_file
from .revised import refuse_by_hand, refuse_waiting, schema_changes, statements

UPGRADE = "%alembic upgrade head"


def filled(upgrade: str, downgrade: str = "pass") -> str:
    """The cell that fills the newest revision; upgrade and downgrade: lines, indented as in a function."""
    return migration([upgrade], [downgrade])


def refuse_mixed(context: Context, word: str) -> list[str]:
    """Raise NotYet if a revision that speaks of `word` changes schema and data; else give all their data."""
    data: list[str] = []
    for revision in context.revisions():
        if word not in revision.path.read_text(encoding="utf-8").partition("\ndef ")[2]:
            continue
        found = statements(context, revision)
        changes = schema_changes(found)
        rows = [text for text in found if text not in changes]
        if changes and rows:
            raise NotYet(
                f"Revision {revision.id} changes schema and data: when the data fails, the schema is changed "
                "and Alembic does not know."
            )
        data += rows
    return data


# ---------------------------------------------------------------- 12.1

COLUMN = '%alembic revision -m "add country to customers"'
FILL = '%alembic revision -m "customers live in Germany"'
ADD = 'op.add_column("customers", sa.Column("country", sa.String(2)))'
ADD_DEFAULT = 'op.add_column("customers", sa.Column("country", sa.String(2), server_default="DE"))'
DROP_DEFAULT = 'op.alter_column("customers", "country", server_default=None)'
REMOVE = 'op.drop_column("customers", "country")'
SET = """op.execute("UPDATE customers SET country = 'DE' WHERE country IS NULL")"""
SET_ALL = """op.execute("UPDATE customers SET country = 'DE' WHERE true")"""
SET_BESIDE = """op.get_bind().execute(
        sa.text("UPDATE customers SET country = :country WHERE country IS NULL"), {"country": "DE"}
    )"""
SET_BUILT = """customers = sa.table("customers", sa.column("country", sa.String()))
    op.execute(sa.update(customers).where(customers.c.country.is_(None)).values(country="DE"))"""
SET_COALESCE = """op.execute("UPDATE customers SET country = coalesce(country, 'DE') WHERE true")"""
SET_BATCHES = """fill = "UPDATE customers SET country = 'DE' WHERE country IS NULL"
    if op.get_context().as_sql:
        op.execute(fill)
        return
    with op.get_context().autocommit_block():
        while op.get_bind().execute(sa.text(fill + " LIMIT 2")).rowcount:
            pass"""


CUSTOMERS = 6
"""So many has the bank when the lesson begins."""

OTHERS = "INSERT INTO customers (name, country) VALUES ('Kim', 'AT'), ('Ola', NULL)"
"""Customers of another database: of one somebody has entered the country."""


def countries(context: Context) -> None:
    """A column, and behind it a repeatable revision that fills it."""
    columns = context.columns("customers")
    if "country" not in columns:
        refuse_waiting(context, "country")
        raise NotYet("The table customers has no column country yet.")
    column = columns["country"]
    if column["data_type"] not in ("STRING(2)", "VARCHAR(2)", "CHAR(2)"):
        raise NotYet(f"country is of the type {column['data_type']}: two letters are asked for.")
    if column["column_default"]:
        raise NotYet(
            f"country has the DEFAULT {column['column_default']}: tomorrow's customers would get it too."
        )
    if not column["is_nullable"]:
        raise NotYet("country must not be NULL, but of a customer who comes tomorrow nothing is known.")
    filled_in = context.sql("SELECT count(country) AS rows FROM customers")[0]["rows"]
    if left := max(0, CUSTOMERS - filled_in):
        refuse_waiting(context, "country")
        raise NotYet(f"The column is there. Customers without a country: {left}.")
    refuse_by_hand(context, "country", "column")
    fills = [
        text for text in refuse_mixed(context, "country") if re.match(r'UPDATE "?customers\b', text, re.I)
    ]
    if not fills and "DEFAULT 'DE'" in _printed(context):
        raise NotYet("A DEFAULT has filled the column: who came before it was dropped is German, too.")
    if not fills:
        raise NotYet("The countries are there, but no revision fills them in: print it with --sql.")
    _refuse_other_fill(context)


def _refuse_other_fill(context: Context) -> None:
    """Raise NotYet unless the file of --sql fills another database, and only what is empty there."""
    revisions = context.revisions()
    kinds = [_fills(context, revision) for revision in revisions]
    last = len(kinds) - kinds[::-1].index(True)
    found = as_file(
        context, revisions[kinds.index(True) : last], OTHERS, "SELECT name, country FROM customers"
    )
    countries = {row["name"]: row["country"] for row in found[0]}
    if countries["Kim"] != "AT":
        raise NotYet("The UPDATE writes over countries that somebody has entered: look at its WHERE.")
    if countries["Ola"] != "DE":
        raise NotYet(f"The file that --sql makes gives an old customer the country {countries['Ola']}.")


def _fills(context: Context, revision: Revision) -> bool:
    if "country" not in revision.path.read_text(encoding="utf-8").partition("\ndef ")[2]:
        return False
    return any(
        re.match(r'UPDATE "?customers\b', text, re.IGNORECASE) for text in statements(context, revision)
    )


def _printed(context: Context) -> str:
    """All statements of the revisions that speak of the country."""
    found = [item for item in context.revisions() if "country" in item.path.read_text(encoding="utf-8")]
    return " ".join(text for item in found for text in statements(context, item))


# ---------------------------------------------------------------- 12.2

TABLE = '%alembic revision -m "create currencies table"'
ROWS = '%alembic revision -m "the first currencies"'
CREATE = """op.create_table(
        "currencies",
        sa.Column("code", sa.String(3), primary_key=True),
        sa.Column("name", sa.String(40), nullable=False),
    )"""
CREATE_NAMED = """op.create_table(
        "currencies",
        sa.Column("code", sa.CHAR(3), nullable=False),
        sa.Column("name", sa.Text()),
        sa.PrimaryKeyConstraint("code", name="pk_currencies"),
    )"""
DROP = 'op.drop_table("currencies")'
THREE = """[
            {"code": "EUR", "name": "Euro"},
            {"code": "USD", "name": "US dollar"},
            {"code": "GBP", "name": "Pound sterling"},
        ]"""
BULK = f"""op.bulk_insert(
        sa.table("currencies", sa.column("code", sa.String()), sa.column("name", sa.String())),
        {THREE},
    )"""
EMPTY = 'op.execute("DELETE FROM currencies WHERE true")'
PLAIN = """op.execute(
        "INSERT INTO currencies (code, name) VALUES"
        " ('EUR', 'Euro'), ('USD', 'US dollar'), ('GBP', 'Pound sterling')"
    )"""
BESIDE = """op.get_bind().execute(
        sa.text("INSERT INTO currencies (code, name) VALUES (:code, :name)"),
        ROWS,
    )""".replace("ROWS", THREE)
CODES = {"EUR": "Euro", "USD": "US dollar", "GBP": "Pound sterling"}


def currencies(context: Context) -> None:
    """A table, and behind it a revision with its first rows that can be printed."""
    if "currencies" not in context.tables():
        refuse_waiting(context, "currencies")
        raise NotYet("There is no table currencies yet.")
    columns = context.columns("currencies")
    for name in ("code", "name"):
        if name not in columns:
            raise NotYet(f"The table currencies has no column {name} yet.")
    if context.primary_key("currencies") != ["code"]:
        raise NotYet("code is not the primary key of currencies: a currency could be there twice.")
    rows = {row["code"]: row["name"] for row in context.sql("SELECT code, name FROM currencies")}
    missing = [code for code in CODES if code not in rows]
    if missing:
        refuse_waiting(context, "currencies")
        raise NotYet(f"The table is there. Missing in it: {', '.join(missing)}.")
    if wrong := [code for code, name in CODES.items() if rows[code] != name]:
        raise NotYet(f"{wrong[0]} is called {rows[wrong[0]]} here: {CODES[wrong[0]]} was asked for.")
    refuse_by_hand(context, "currencies", "table")
    data = " ".join(refuse_mixed(context, "currencies"))
    if not data:
        raise NotYet("The rows are there, but no revision brings them: the next database goes without.")
    absent = [code for code in CODES if f"'{code}'" not in data]
    if absent:
        raise NotYet(f"In the file that --sql makes there is no {absent[0]}. Read what stands in its place.")


EXERCISES = (
    Exercise(
        number="12.1",
        task="Add country to customers and fill it with DE, repeatably, without a DEFAULT for new customers.",
        check=countries,
        done="Every customer of today lives in Germany, and the fill may be run again at any time.",
        hints=(
            "How many revisions do a column and its values take?",
            "The first adds the column and lets it be NULL. The second fills it, and only where it is empty.",
            "UPDATE customers SET country = 'DE' and a WHERE that leaves alone what is there.",
        ),
        solution=(COLUMN, filled(ADD, REMOVE), FILL, filled(SET), UPGRADE),
        variants=(
            (COLUMN, filled(ADD, REMOVE), FILL, filled(SET_BUILT), UPGRADE),
            (COLUMN, filled(ADD, REMOVE), FILL, filled(SET_BATCHES), UPGRADE),
            (COLUMN, filled(ADD, REMOVE), FILL, filled(SET_COALESCE), UPGRADE),
            (
                COLUMN,
                filled(ADD, REMOVE),
                FILL,
                filled(SET.replace("IS NULL", "IS NOT DISTINCT FROM NULL")),
                UPGRADE,
            ),
            # Somebody has come since.
            (
                COLUMN,
                filled(ADD, REMOVE),
                FILL,
                filled(SET),
                UPGRADE,
                "%sql INSERT INTO customers (name) VALUES ('Zoe');",
            ),
        ),
        untouched="no column country yet",
        wrong=(
            Wrong((COLUMN, filled(f"{ADD}\n    {SET}", REMOVE), UPGRADE), "changes schema and data"),
            Wrong((COLUMN, filled(ADD, REMOVE), FILL, filled(SET_ALL), UPGRADE), "look at its WHERE"),
            Wrong((COLUMN, filled(ADD, REMOVE), FILL, filled(SET_BESIDE), UPGRADE), "the country None"),
            Wrong(
                (COLUMN, filled(ADD, REMOVE), FILL, filled(SET.replace("DE", "de")), UPGRADE),
                "the country de",
            ),
            # The column by hand: another database has none to fill.
            Wrong(
                ("%sql ALTER TABLE customers ADD COLUMN country VARCHAR(2);", FILL, filled(SET), UPGRADE),
                "On a new database",
            ),
            Wrong((COLUMN, filled(ADD_DEFAULT, REMOVE), UPGRADE), "tomorrow's customers would get it too"),
            Wrong(
                (COLUMN, filled(ADD_DEFAULT, REMOVE), FILL, filled(DROP_DEFAULT), UPGRADE),
                "A DEFAULT has filled the column",
            ),
            Wrong((COLUMN, filled(ADD, REMOVE), UPGRADE), "Customers without a country: 6"),
            Wrong(
                (
                    COLUMN,
                    filled(ADD, REMOVE),
                    UPGRADE,
                    "%sql UPDATE customers SET country = 'DE' WHERE country IS NULL;",
                ),
                "no revision fills them in",
            ),
        ),
    ),
    Exercise(
        number="12.2",
        task="Make a table currencies and put EUR, USD and GBP into it, online and in the file of --sql.",
        check=currencies,
        done="Three currencies, in every database that this history makes.",
        hints=(
            "The table is one change, its rows are another.",
            "op.bulk_insert(table, rows): the table is sa.table with its columns, each row a dict.",
            "Print the second revision with --sql: all three codes must stand in it.",
        ),
        solution=(TABLE, filled(CREATE, DROP), ROWS, filled(BULK, EMPTY), UPGRADE),
        variants=(
            (TABLE, filled(CREATE, DROP), ROWS, filled(PLAIN, EMPTY), UPGRADE),
            (TABLE, filled(CREATE_NAMED, DROP), ROWS, filled(BULK, EMPTY), UPGRADE),
        ),
        untouched="no table currencies yet",
        wrong=(
            Wrong((TABLE, filled(f"{CREATE}\n    {BULK}", DROP), UPGRADE), "changes schema and data"),
            Wrong((TABLE, filled(CREATE, DROP), UPGRADE), "Missing in it: EUR, USD, GBP"),
            Wrong((TABLE, filled(CREATE, DROP), ROWS, filled(BESIDE, EMPTY), UPGRADE), "there is no EUR"),
            Wrong(
                (
                    TABLE,
                    filled(CREATE, DROP),
                    UPGRADE,
                    "%sql INSERT INTO currencies VALUES ('EUR', 'Euro'), ('USD', 'US dollar'),"
                    " ('GBP', 'Pound sterling');",
                ),
                "no revision brings them",
            ),
            Wrong(
                (
                    TABLE,
                    filled(CREATE, DROP),
                    ROWS,
                    filled(PLAIN.replace("US dollar", "Dollar"), EMPTY),
                    UPGRADE,
                ),
                "US dollar was asked for",
            ),
        ),
    ),
)
