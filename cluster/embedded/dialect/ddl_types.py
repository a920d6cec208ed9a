"""Enums: CREATE TYPE, ALTER TYPE (docs, "CREATE TYPE", "ALTER TYPE"; DROP TYPE is in ddl_objects.py)."""

from __future__ import annotations

from cluster.embedded.dialect.ddl import ddl, relation, schema_of, sql_name
from cluster.embedded.dialect.literals import string_value
from cluster.embedded.dialect.model import Refusal, Statement, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import quote_name, quote_string
from cluster.embedded.dialect.unimplemented import unimplemented_syntax


def create_type(reader: Reader) -> Statement:
    """CREATE TYPE [IF NOT EXISTS] name AS ENUM (…); AS RANGE is CockroachDB's own gap (sql.y)."""
    reader.expect("create", "type")
    if_not_exists = reader.accept("if", "not", "exists")
    path = relation(reader)
    reader.expect("as")
    if reader.accept("range"):
        raise unimplemented_syntax(reader.fault(), 27791)
    if not reader.accept("enum"):
        raise unsupported("composite type") if reader.at("(") else reader.fault()
    values = [token.text for token in reader.bracketed() if token.key != ","]
    for place, value in enumerate(values):
        if value in values[:place]:
            # pkg/sql/create_type.go
            raise Refusal("42P17", f'enum definition contains duplicate value "{string_value(value)}"')
    labels = ", ".join(values)
    reader.finish()
    sql = f"CREATE TYPE {sql_name(path)} AS ENUM ({labels})"
    name = f"{schema_of(path)}, {quote_string(path[-1])}"
    check = f"crdb_catalog.type_is_free({name}, {str(if_not_exists).lower()})"
    return ddl([f"IF {check} THEN\n{sql};\nEND IF"], "CREATE TYPE")


def alter_type(reader: Reader) -> Statement:
    """ALTER TYPE name ADD VALUE | RENAME VALUE | RENAME TO | SET SCHEMA | OWNER TO."""
    reader.expect("alter", "type")
    path = relation(reader)
    head = f"ALTER TYPE {sql_name(path)}"
    check = ""
    if reader.accept("add", "value"):
        if_not_exists = reader.accept("if", "not", "exists")
        value = reader.take().text
        sql, neighbor = f"{head} ADD VALUE {value}", "NULL"
        if where := reader.one_of("before", "after"):
            neighbor = reader.take().text
            sql += f" {where.upper()} {neighbor}"
        check = _value_check(path, "NULL", value, neighbor, if_not_exists)
    elif reader.accept("rename", "value"):
        old = reader.take().text
        reader.expect("to")
        value = reader.take().text
        sql = f"{head} RENAME VALUE {old} TO {value}"
        check = _value_check(path, old, value, "NULL", False)
    elif reader.accept("rename", "to"):
        new = reader.name()
        sql = f"{head} RENAME TO {quote_name(new)}"
        check = f"crdb_catalog.type_is_free({schema_of(path)}, {quote_string(new)}, false)"
    elif reader.accept("set", "schema"):
        sql = f"{head} SET SCHEMA {quote_name(reader.name())}"
    elif reader.accept("owner", "to"):
        sql = f"{head} OWNER TO {quote_name(reader.name())}"
    elif reader.at("drop", "value"):
        raise unsupported("ALTER TYPE … DROP VALUE")
    else:
        raise reader.fault()
    reader.finish()
    return ddl([f"IF {check} THEN\n{sql};\nEND IF"] if check else sql, "ALTER TYPE")


def _value_check(path: list[str], old: str, new: str, neighbor: str, if_not_exists: bool) -> str:
    where = f"{schema_of(path)}, {quote_string(path[-1])}"
    return f"crdb_catalog.may_change_value({where}, {old}, {new}, {neighbor}, {str(if_not_exists).lower()})"
