"""The SHOW statements: each becomes a SELECT over a view or function of crdb_catalog (sql/60_show.sql).

The columns and their order are those of CockroachDB v26.2 (pkg/sql/delegate/show_*.go). This file has the
lists of a database or of the cluster; what is shown of one table is in show_table.py, session variables are
in show_variable.py. README.md says how to add one.
"""

# ruff: noqa: S608  (the SQL is put together from constants and quote_string() only)
from __future__ import annotations

from cluster.embedded.dialect import show_cluster, show_grants, show_routines, show_table
from cluster.embedded.dialect.model import Notice, Statement, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.show_rule import RULES, comment, shows, strings
from cluster.embedded.dialect.show_variable import show_variable
from cluster.embedded.dialect.tokens import quote_string, words

__all__ = ["show", "show_cluster", "show_grants", "show_routines", "show_table"]

_MOST_WORDS = 4
# CockroachDB has these (pkg/sql/parser/sql.y, show_stmt); the embedded cluster does not. A rule comes first.
_REFUSED = words(
    """
    automatic backup backups changefeed completions experimental_fingerprints experimental_ranges
    external fingerprints full function histogram inspect kv locality logical partitions queries
    query range ranges region regions schedule schedules sessions statements commit default last
    savepoint statistics stats super survival syntax tenant tenants trace transactions transfer
    triggers virtual zone
    """
)
_OF_THREE = words("commit default full last logical savepoint super survival virtual zone")


def show(reader: Reader) -> Statement:
    """Any SHOW: by its rule, refused by name, or of a session variable. Raises Refusal."""
    if rule := reader.leading(RULES, _MOST_WORDS):
        return rule(reader)
    key = reader.peek(1).key
    if key in _REFUSED:
        count = 3 if key in _OF_THREE else 2
        raise unsupported(" ".join(reader.peek(n).text.upper() for n in range(count)).strip())
    return show_variable(reader)


_TABLES = "schema_name, table_name, type, owner, estimated_row_count, locality"
_DATABASES = "database_name, owner, primary_region, secondary_region, regions, survival_goal"


def _in_database(reader: Reader) -> str:
    """FROM database, as a condition: true for the current one, an error for any other."""
    if reader.accept("from"):
        return f"crdb_catalog.check_database({quote_string(reader.name())}) IS NOT NULL"
    return "true"


def _listed(what: str, condition: str) -> Statement:
    """All columns of the view show_<what>, ordered by the first two."""
    return Statement(
        f"SELECT * FROM crdb_catalog.show_{what} WHERE {condition} ORDER BY 1, 2", tag=f"SHOW {what.upper()} "
    )


@shows("show tables")
def tables(reader: Reader) -> Statement:
    """SHOW TABLES [FROM [database.]schema] [WITH COMMENT]."""
    reader.expect("show", "tables")
    origin = reader.path() if reader.accept("from") else []
    source = f"crdb_catalog.show_tables_from({strings(origin) or 'VARIADIC ARRAY[]::text[]'})"
    return Statement(f"SELECT {_TABLES}{comment(reader)} FROM {source}", tag="SHOW TABLES ")


@shows("show databases")
def databases(reader: Reader) -> Statement:
    """SHOW DATABASES [WITH COMMENT]."""
    reader.expect("show", "databases")
    columns = _DATABASES + comment(reader)
    return Statement(f"SELECT {columns} FROM crdb_catalog.show_databases ORDER BY 1", tag="SHOW DATABASES ")


@shows("show schemas")
def schemas(reader: Reader) -> Statement:
    """SHOW SCHEMAS [FROM database] [WITH COMMENT]."""
    reader.expect("show", "schemas")
    condition = _in_database(reader)
    columns = "schema_name, owner" + comment(reader)
    return Statement(
        f"SELECT {columns} FROM crdb_catalog.show_schemas WHERE {condition} ORDER BY 1", tag="SHOW SCHEMAS "
    )


@shows("show sequences")
def sequences(reader: Reader) -> Statement:
    """SHOW SEQUENCES [FROM database]."""
    reader.expect("show", "sequences")
    condition = _in_database(reader)
    reader.finish()
    return _listed("sequences", condition)


@shows("show enums")
def enums(reader: Reader) -> Statement:
    """SHOW ENUMS [FROM database[.schema]]."""
    reader.expect("show", "enums")
    condition = _in_database(reader)
    if reader.accept("."):
        condition += f" AND schema = {quote_string(reader.name())}"
    reader.finish()
    return _listed("enums", condition)


@shows("show types")
def types(reader: Reader) -> Statement:
    """SHOW TYPES [FROM database]."""
    reader.expect("show", "types")
    condition = _in_database(reader)
    reader.finish()
    return _listed("types", condition)


_LOGIN_NOTICE = Notice(
    "estimated_last_login_time is computed on a best effort basis;"
    " it is not guaranteed to capture every login event"
)


@shows("show users", "show roles")
def users(reader: Reader) -> Statement:
    """SHOW USERS, SHOW ROLES."""
    reader.expect("show")
    tag = f"SHOW {reader.take().key.upper()} "
    reader.finish()
    return Statement("SELECT * FROM crdb_catalog.show_users ORDER BY 1", tag=tag, notices=(_LOGIN_NOTICE,))


@shows("show jobs", "show job")
def _jobs(reader: Reader) -> Statement:
    """SHOW JOB, SHOW JOBS: with a query inside, and so the module needs this one."""
    from cluster.embedded.dialect.show_jobs import jobs

    return jobs(reader)
