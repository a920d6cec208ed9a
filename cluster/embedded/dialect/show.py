"""The SHOW statements: each becomes a SELECT over a view or function of crdb_catalog (sql/60_show.sql).

The columns and their order are those of CockroachDB v26.2 (pkg/sql/delegate/show_*.go). To add one: write its
view in sql/60_show.sql, a rule here, and its line in RULES. Session variables (SHOW x) are not here.
"""

# ruff: noqa: S608  (the SQL is put together from constants and quote_string() only)
from __future__ import annotations

from collections.abc import Callable

from cluster.embedded.dialect import show_cluster, show_routines
from cluster.embedded.dialect.model import Notice, Statement, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.show_grants import grants
from cluster.embedded.dialect.tokens import is_name, quote_string, words

Rule = Callable[[Reader], Statement]

_TABLES = "schema_name, table_name, type, owner, estimated_row_count, locality"
_COLUMNS = "column_name, data_type, is_nullable, column_default, generation_expression, indices, is_hidden"
_INDEXES = (
    "table_name, index_name, non_unique, seq_in_index, column_name, definition, direction, storing, implicit,"
    " visible, visibility"
)
_CONSTRAINTS = "table_name, constraint_name, constraint_type, details, validated"
_DATABASES = "database_name, owner, primary_region, secondary_region, regions, survival_goal"


def _strings(parts: list[str]) -> str:
    return ", ".join(quote_string(part) for part in parts)


def _comment(reader: Reader) -> str:
    """The column that WITH COMMENT adds; nothing may follow."""
    added = ", comment" if reader.accept("with", "comment") else ""
    reader.finish()
    return added


def _in_database(reader: Reader) -> str:
    """FROM database, as a condition: true for the current one, an error for any other."""
    if reader.accept("from"):
        return f"crdb_catalog.check_database({quote_string(reader.name())}) IS NOT NULL"
    return "true"


def tables(reader: Reader) -> Statement:
    """SHOW TABLES [FROM [database.]schema] [WITH COMMENT]."""
    reader.expect("show", "tables")
    origin = reader.path() if reader.accept("from") else []
    source = f"crdb_catalog.show_tables_from({_strings(origin) or 'VARIADIC ARRAY[]::text[]'})"
    return Statement(f"SELECT {_TABLES}{_comment(reader)} FROM {source}", tag="SHOW TABLES ")


def databases(reader: Reader) -> Statement:
    """SHOW DATABASES [WITH COMMENT]."""
    reader.expect("show", "databases")
    columns = _DATABASES + _comment(reader)
    return Statement(f"SELECT {columns} FROM crdb_catalog.show_databases ORDER BY 1", tag="SHOW DATABASES ")


def schemas(reader: Reader) -> Statement:
    """SHOW SCHEMAS [FROM database] [WITH COMMENT]."""
    reader.expect("show", "schemas")
    condition = _in_database(reader)
    columns = "schema_name, owner" + _comment(reader)
    return Statement(
        f"SELECT {columns} FROM crdb_catalog.show_schemas WHERE {condition} ORDER BY 1", tag="SHOW SCHEMAS "
    )


def sequences(reader: Reader) -> Statement:
    """SHOW SEQUENCES [FROM database]."""
    reader.expect("show", "sequences")
    condition = _in_database(reader)
    reader.finish()
    return Statement(
        f"SELECT * FROM crdb_catalog.show_sequences WHERE {condition} ORDER BY 1, 2", tag="SHOW SEQUENCES "
    )


def enums(reader: Reader) -> Statement:
    """SHOW ENUMS [FROM database[.schema]]."""
    reader.expect("show", "enums")
    condition = _in_database(reader)
    if reader.accept("."):
        condition += f" AND schema = {quote_string(reader.name())}"
    reader.finish()
    return Statement(
        f"SELECT * FROM crdb_catalog.show_enums WHERE {condition} ORDER BY 1, 2", tag="SHOW ENUMS "
    )


def types(reader: Reader) -> Statement:
    """SHOW TYPES [FROM database]."""
    reader.expect("show", "types")
    condition = _in_database(reader)
    reader.finish()
    return Statement(
        f"SELECT * FROM crdb_catalog.show_types WHERE {condition} ORDER BY 1, 2", tag="SHOW TYPES "
    )


_LOGIN_NOTICE = Notice(
    "estimated_last_login_time is computed on a best effort basis;"
    " it is not guaranteed to capture every login event"
)


def users(reader: Reader) -> Statement:
    """SHOW USERS, SHOW ROLES."""
    reader.expect("show")
    tag = f"SHOW {reader.take().key.upper()} "
    reader.finish()
    return Statement("SELECT * FROM crdb_catalog.show_users ORDER BY 1", tag=tag, notices=(_LOGIN_NOTICE,))


def _all_indexes(reader: Reader) -> Statement:
    """SHOW INDEXES FROM DATABASE name [WITH COMMENT]."""
    reader.expect("database")
    condition = f"crdb_catalog.check_database({quote_string(reader.name())}) IS NOT NULL"
    columns = _INDEXES.replace("index_name,", "index_name, index_schema,") + _comment(reader)
    return Statement(
        f"SELECT {columns} FROM crdb_catalog.show_all_indexes WHERE {condition} ORDER BY 1, 2, 4, 5",
        tag="SHOW INDEXES FROM DATABASE ",
    )


def _of_table(function: str, columns: str, tag: str) -> Rule:
    """A rule for SHOW … FROM table [WITH COMMENT]."""

    def rule(reader: Reader) -> Statement:
        reader.expect("show")
        reader.take()
        if not reader.accept("from"):
            raise reader.fault()
        if tag.startswith("SHOW INDEXES") and reader.at("database") and is_name(reader.peek(1)):
            return _all_indexes(reader)
        path = _strings(reader.path())
        selected = columns + _comment(reader)
        return Statement(
            f"SELECT {selected} FROM crdb_catalog.{function}(crdb_catalog.find_table({path}))", tag=tag + " "
        )

    return rule


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
    path = _strings(reader.path())
    if reader.accept("with"):
        raise unsupported(f"SHOW CREATE with {reader.token.text.upper()}")
    reader.finish()
    return Statement(f"SELECT * FROM crdb_catalog.show_create({path})", tag="SHOW CREATE ")


def create_indexes(reader: Reader) -> Statement:
    """SHOW CREATE [SECONDARY] INDEXES FROM table."""
    reader.expect("show", "create")
    secondary = reader.accept("secondary")
    reader.expect("indexes", "from")
    path = _strings(reader.path())
    reader.finish()
    source = f"crdb_catalog.show_create_indexes(crdb_catalog.find_table({path}), {str(secondary).lower()})"
    return Statement(f"SELECT * FROM {source}", tag="SHOW CREATE ")


def _jobs(reader: Reader) -> Statement:
    """SHOW JOB, SHOW JOBS: with a query inside, and so the module needs this one."""
    from cluster.embedded.dialect.show_jobs import jobs

    return jobs(reader)


def _refused(reader: Reader) -> Statement:
    count = 3 if reader.peek(1).key in _OF_THREE else 2
    raise unsupported(" ".join(reader.peek(n).text.upper() for n in range(count)).strip())


_columns = _of_table("show_columns", _COLUMNS, "SHOW COLUMNS")
_indexes = _of_table("show_indexes", _INDEXES, "SHOW INDEXES FROM TABLE")
_constraints = _of_table("show_constraints", _CONSTRAINTS, "SHOW CONSTRAINTS")

# CockroachDB has these (pkg/sql/parser/sql.y, show_stmt); the embedded cluster does not.
_REFUSED = (
    "automatic backup backups changefeed completions experimental_fingerprints experimental_ranges external"
    " fingerprints full function histogram inspect kv locality logical partitions"
    " queries query range ranges region regions schedule schedules sessions statements"
    " commit default last savepoint statistics stats super survival syntax tenant tenants trace"
    " transactions transfer triggers virtual zone"
)
_OF_THREE = words("commit default full last logical savepoint super survival virtual zone")

RULES: dict[str, Rule] = {
    "show tables": tables,
    "show databases": databases,
    "show schemas": schemas,
    "show sequences": sequences,
    "show enums": enums,
    "show types": types,
    "show users": users,
    "show roles": users,
    "show columns": _columns,
    "show index": _indexes,
    "show indexes": _indexes,
    "show keys": _indexes,
    "show constraint": _constraints,
    "show constraints": _constraints,
    "show create": create,
    "show grants": grants,
    "show jobs": _jobs,
    "show job": _jobs,
    "show create indexes": create_indexes,
    "show create secondary": create_indexes,
    **show_routines.RULES,
    **show_cluster.RULES,
    **{f"show {word}": _refused for word in _REFUSED.split()},
}
