"""SHOW of things that the embedded cluster cannot make, so that the answer is an empty list.

Columns: pkg/sql/delegate/show_functions.go, show_policies.go, show_default_session_variables_for_role.go.
"""

# ruff: noqa: S608  (the SQL is put together from constants and quote_string() only)
from __future__ import annotations

from cluster.embedded.dialect.model import Statement
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.show_rule import shows, strings


def _none(columns: str, condition: str, tag: str) -> Statement:
    """No rows of these columns (name type, …); condition: SQL that may raise."""
    listed = ", ".join(
        f"NULL::{kind} AS {name}" for name, kind in (column.split() for column in columns.split(","))
    )
    return Statement(f"SELECT {listed} WHERE {condition} AND false", tag=tag)


def _schema(reader: Reader) -> str:
    """FROM [database.]schema or FROM database, as a condition that raises when there is none."""
    parts = reader.path() if reader.accept("from") else []
    reader.finish()
    if not parts:
        return "true"
    listed = strings(parts)
    return f"(SELECT count(*) FROM crdb_catalog.show_tables_from({listed})) >= 0"


@shows("show functions")
def functions(reader: Reader) -> Statement:
    """SHOW FUNCTIONS [FROM …]."""
    reader.expect("show", "functions")
    columns = (
        "schema_name name, function_name name, result_data_type text, argument_data_types text,"
        " function_type text, volatility text"
    )
    return _none(columns, _schema(reader), "SHOW FUNCTIONS ")


@shows("show procedures")
def procedures(reader: Reader) -> Statement:
    """SHOW PROCEDURES [FROM …]."""
    reader.expect("show", "procedures")
    columns = "schema_name name, procedure_name name, argument_data_types text"
    return _none(columns, _schema(reader), "SHOW PROCEDURES ")


@shows("show policies")
def policies(reader: Reader) -> Statement:
    """SHOW POLICIES FOR table."""
    reader.expect("show", "policies", "for")
    listed = strings(reader.path())
    reader.finish()
    columns = "name name, cmd text, type text, roles name[], using_expr text, with_check_expr text"
    return _none(columns, f"crdb_catalog.find_table({listed}) IS NOT NULL", "SHOW POLICIES ")


@shows("show default session")
def default_session_variables(reader: Reader) -> Statement:
    """SHOW DEFAULT SESSION VARIABLES FOR {ROLE | USER} {name | ALL}: what ALTER ROLE … SET would fill."""
    reader.expect("show", "default", "session", "variables", "for")
    if not reader.one_of("role", "user"):
        raise reader.fault()
    columns = "session_variables text, default_values text, database name"
    if not reader.accept("all"):
        reader.name()
        columns += ", inherited_globally boolean"
    reader.finish()
    return _none(columns, "true", "SHOW DEFAULT SESSION VARIABLES FOR ROLE ")
