"""SHOW of session variables (docs, "SHOW {session variable}"; pkg/sql/delegate/show_var.go)."""

# ruff: noqa: S608  (the SQL is put together from the names in VARIABLES and quote_string() only)
from __future__ import annotations

from cluster.embedded.dialect.model import Statement, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.settings import variable, variable_name
from cluster.embedded.dialect.tokens import Kind as TokenKind
from cluster.embedded.dialect.tokens import quote_name, quote_string, words
from cluster.embedded.dialect.variable import Keeper, Kind
from cluster.embedded.dialect.variables import VARIABLES

# Keywords of CockroachDB's grammar that a variable cannot have as its name (sql.y, session_var: IDENT).
_KEYWORDS = words(
    """
    table view index sequence schema type function procedure trigger column policy user group constraint
    comment create insert update delete select from where order by limit values default primary unique
    """
)


def value(name: str) -> str:
    """SQL that gives the variable's value as text."""
    found = variable(name)
    if found.sql:
        return found.sql
    if found.keeper is Keeper.CUSTOM:
        current = f"postgresql_current_setting('crdb.{name}', true)"
        return f"coalesce(nullif({current}, ''), {quote_string(found.default)})"
    if found.keeper is Keeper.MILLISECONDS:
        return f"(SELECT setting FROM pg_catalog.pg_settings WHERE name = '{found.alias or name}')"
    if found.keeper is Keeper.POSTGRES:
        return f"postgresql_current_setting({quote_string(name)})"
    return f"{quote_string(found.default)}::text"


def rows() -> str:
    """The rows of the view behind SHOW ALL and pg_settings, as SQL: name, value, hidden, unit, default."""
    units = {Kind.DURATION: "'ms'", Kind.BYTES: "'B'"}
    return ",\n".join(
        f"({quote_string(name)}, {value(name)}, {str(found.hidden).lower()}, {units.get(found.kind, 'NULL')},"
        f" {quote_string(found.default)})"
        for name, found in sorted(VARIABLES.items())
    )


def show_variable(reader: Reader) -> Statement:
    """SHOW name | SHOW [SESSION] name | SHOW TRANSACTION … | SHOW ALL. Raises Refusal."""
    reader.expect("show")
    if reader.at("session") and reader.peek(1).key:
        reader.take()
    if reader.accept("all"):
        if not reader.done:
            raise unsupported("SHOW ALL CLUSTER SETTINGS")
        return Statement(
            "SELECT variable, value FROM crdb_catalog.session_variables WHERE NOT hidden ORDER BY 1",
            tag="SHOW ",
        )
    if reader.accept("transaction"):
        name = "transaction_" + _transaction_property(reader)
    else:
        if reader.token.kind is TokenKind.WORD and reader.token.key in _KEYWORDS:
            raise reader.fault()
        name = variable_name(reader)
    reader.finish()
    return Statement(f"SELECT {value(name)} AS {quote_name(name)}", tag="SHOW ")


def _transaction_property(reader: Reader) -> str:
    if reader.accept("isolation", "level"):
        return "isolation"
    if reader.accept("priority"):
        return "priority"
    raise reader.fault()
