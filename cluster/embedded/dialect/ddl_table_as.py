"""CREATE TABLE … AS query: the query's columns, and a hidden rowid (docs, "CREATE TABLE AS")."""

from __future__ import annotations

from cluster.embedded.dialect.ddl import ddl, guarded, helper, schema_of, sql_name
from cluster.embedded.dialect.ddl_constraint import primary_key_sql
from cluster.embedded.dialect.ddl_key import Key
from cluster.embedded.dialect.ddl_table_steps import Table, hidden_rowid, rowid_key
from cluster.embedded.dialect.model import Statement, unsupported
from cluster.embedded.dialect.query import query_tokens
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.storage import Parameters
from cluster.embedded.dialect.tables import mark_column
from cluster.embedded.dialect.tokens import quote_name, quote_string, render
from cluster.embedded.dialect.types import HIDDEN

# pkg/sql/create_table.go says so of every one that is made.
_NOT_COPIED = (
    "CREATE TABLE ... AS does not copy over indexes, default expressions, or constraints; "
    "the new table has a hidden rowid primary key column"
)


def create_as(reader: Reader, table: Table, names: list[str], if_not_exists: bool) -> Statement:
    """The rest of the statement, from AS on. names: of the columns, if they are given. Raises Refusal."""
    reader.expect("as")
    rest = reader.rest()
    if [token.key for token in rest[-3:]] == ["with", "no", "data"]:
        raise unsupported("CREATE TABLE AS … WITH NO DATA")
    query = render(query_tokens(rest, reader.settings, columns=True))
    name = sql_name(table.path)
    columns = f" ({', '.join(quote_name(column) for column in names)})" if names else ""
    rowid = hidden_rowid(table)
    key_sql = primary_key_sql(table.path[-1], "", rowid_key(rowid).key or Key(()))
    steps = [
        f"CREATE TABLE {name}{columns} AS {query}",
        helper(
            "widen_integers", schema_of(table.path), quote_string(table.path[-1]), quote_string(query.strip())
        ),
        f"ALTER TABLE {name} ADD COLUMN {rowid.sql()}",
        helper("run", schema_of(table.path), quote_string(f"ALTER TABLE {name} ADD {key_sql}")),
        mark_column(name, rowid.name, HIDDEN),
        Parameters().store(table.path, is_new=True),
        f"RAISE NOTICE USING ERRCODE = '00000', MESSAGE = {quote_string(_NOT_COPIED)}",
    ]
    return ddl(guarded(table.path, steps, if_not_exists), "CREATE TABLE AS")
