"""What is shown of one table: columns, indexes, constraints, how it is created (delegate/show_table.go)."""

# ruff: noqa: S608  (the SQL is put together from constants and quote_string() only)
from __future__ import annotations

from cluster.embedded.dialect.model import Statement, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.show_rule import comment, shows, strings
from cluster.embedded.dialect.tokens import is_name, quote_string

_COLUMNS = "column_name, data_type, is_nullable, column_default, generation_expression, indices, is_hidden"
_INDEXES = (
    "table_name, index_name, non_unique, seq_in_index, column_name, definition, direction, storing, implicit,"
    " visible, visibility"
)
_CONSTRAINTS = "table_name, constraint_name, constraint_type, details, validated"


def _of_table(reader: Reader, function: str, columns: str, tag: str) -> Statement:
    """SHOW … FROM table [WITH COMMENT], with the cursor after FROM."""
    path = strings(reader.path())
    selected = columns + comment(reader)
    return Statement(
        f"SELECT {selected} FROM crdb_catalog.{function}(crdb_catalog.find_table({path}))", tag=tag
    )


def _from(reader: Reader) -> None:
    reader.expect("show")
    reader.take()
    reader.expect("from")


@shows("show columns")
def columns(reader: Reader) -> Statement:
    """SHOW COLUMNS FROM table [WITH COMMENT]."""
    _from(reader)
    return _of_table(reader, "show_columns", _COLUMNS, "SHOW COLUMNS ")


@shows("show constraints", "show constraint")
def constraints(reader: Reader) -> Statement:
    """SHOW CONSTRAINTS FROM table [WITH COMMENT]."""
    _from(reader)
    return _of_table(reader, "show_constraints", _CONSTRAINTS, "SHOW CONSTRAINTS ")


@shows("show indexes", "show index", "show keys")
def indexes(reader: Reader) -> Statement:
    """SHOW INDEXES FROM table [WITH COMMENT]."""
    _from(reader)
    if reader.at("database") and is_name(reader.peek(1)):
        return _all_indexes(reader)
    return _of_table(reader, "show_indexes", _INDEXES, "SHOW INDEXES FROM TABLE ")


def _all_indexes(reader: Reader) -> Statement:
    """SHOW INDEXES FROM DATABASE name [WITH COMMENT]."""
    reader.expect("database")
    condition = f"crdb_catalog.check_database({quote_string(reader.name())}) IS NOT NULL"
    columns = _INDEXES.replace("index_name,", "index_name, index_schema,") + comment(reader)
    return Statement(
        f"SELECT {columns} FROM crdb_catalog.show_all_indexes WHERE {condition} ORDER BY 1, 2, 4, 5",
        tag="SHOW INDEXES FROM DATABASE ",
    )


@shows("show create")
def create(reader: Reader) -> Statement:
    """SHOW CREATE [TABLE | VIEW | SEQUENCE] name, SHOW CREATE ALL TABLES | TYPES | SCHEMAS."""
    reader.expect("show", "create")
    if reader.at("all") and reader.peek(1).key in ("tables", "types", "schemas"):
        reader.take()
        kind = reader.take().key
        reader.finish()
        source = f"crdb_catalog.show_create_all_{kind}()"
        return Statement(f"SELECT * FROM {source}", tag=f"SHOW CREATE ALL {kind.upper()} ")
    # TABLE and the others are the table's own name when nothing follows.
    named = reader.peek(1).key in ("", ".", "with")
    if not named and not reader.one_of("table", "view", "sequence"):
        raise unsupported(f"SHOW CREATE {reader.token.text.upper()}")
    path = strings(reader.path())
    if reader.accept("with"):
        raise unsupported(f"SHOW CREATE with {reader.token.text.upper()}")
    reader.finish()
    return Statement(f"SELECT * FROM crdb_catalog.show_create({path})", tag="SHOW CREATE ")


@shows("show create indexes", "show create secondary")
def create_indexes(reader: Reader) -> Statement:
    """SHOW CREATE [SECONDARY] INDEXES FROM table."""
    reader.expect("show", "create")
    secondary = reader.accept("secondary")
    reader.expect("indexes", "from")
    path = strings(reader.path())
    reader.finish()
    source = f"crdb_catalog.show_create_indexes(crdb_catalog.find_table({path}), {str(secondary).lower()})"
    return Statement(f"SELECT * FROM {source}", tag="SHOW CREATE ")
