"""Schema changes of the other objects: DROP TABLE, TRUNCATE, views, sequences, types, schemas, COMMENT ON."""

from __future__ import annotations

import re

from cluster.embedded.dialect.ddl import (
    behavior,
    ddl,
    guarded,
    helper,
    new_name,
    relation,
    schema_of,
    sql_name,
)
from cluster.embedded.dialect.ddl_index import table_index
from cluster.embedded.dialect.model import Notice, Refusal, Statement, unsupported
from cluster.embedded.dialect.query import query_tokens
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import Kind, quote_name, quote_string, render
from cluster.embedded.dialect.types import parse_type
from cluster.embedded.dialect.unimplemented import unimplemented
from cluster.embedded.dialect.view_text import view_text


def _if_exists(reader: Reader) -> str:
    return "IF EXISTS " if reader.accept("if", "exists") else ""


def drop_relation(reader: Reader) -> Statement:
    """DROP TABLE | VIEW | MATERIALIZED VIEW | SEQUENCE | TYPE [IF EXISTS] name, … [CASCADE | RESTRICT]."""
    reader.expect("drop")
    kind = reader.take().key
    if kind == "materialized":
        reader.expect("view")
        kind = "materialized view"
    maybe = _if_exists(reader)
    names = [sql_name(relation(reader))]
    while reader.accept(","):
        names.append(sql_name(relation(reader)))
    how = behavior(reader)
    reader.finish()
    sql, tag = f"DROP {kind.upper()} {maybe}{', '.join(names)}{how}", f"DROP {kind.upper()}"
    if kind == "type" and how == " CASCADE":
        # pkg/sql/schemachanger/scbuild/internal/scbuildstmt/drop_type.go
        raise unimplemented("DROP TYPE CASCADE is not yet supported", 51480)
    if kind == "type":
        return ddl([helper("may_drop_type", *(quote_string(name) for name in names)), sql], tag)
    return ddl([helper("quietly", quote_string(sql))] if how == " CASCADE" else sql, tag)


def truncate(reader: Reader) -> Statement:
    """TRUNCATE [TABLE] name, … [CASCADE | RESTRICT]."""
    reader.expect("truncate")
    reader.accept("table")
    names = [sql_name(relation(reader))]
    while reader.accept(","):
        names.append(sql_name(relation(reader)))
    how = behavior(reader)
    reader.finish()
    sql = f"TRUNCATE TABLE {', '.join(names)}{how}"
    if how == " CASCADE":
        return ddl([helper("quietly", quote_string(sql))], "TRUNCATE")
    return ddl(sql, "TRUNCATE")


def create_view(reader: Reader) -> Statement:
    """CREATE [OR REPLACE] [MATERIALIZED] VIEW [IF NOT EXISTS] name [(columns)] AS query."""
    reader.expect("create")
    replace = "OR REPLACE " if reader.accept("or", "replace") else ""
    if reader.token.key in ("temp", "temporary"):
        raise unsupported("temporary view")
    kind = "MATERIALIZED VIEW" if reader.accept("materialized") else "VIEW"
    reader.expect("view")
    if_not_exists = reader.accept("if", "not", "exists")
    path = relation(reader)
    columns = f" ({', '.join(quote_name(name) for name in reader.names())})" if reader.at("(") else ""
    if reader.at("with"):
        raise unsupported("option of a view")
    reader.expect("as")
    start = reader.position
    source = reader.rest()
    ends = [token.key for token in source[-4:]]
    if ends[-2:] == ["check", "option"] and "with" in ends:  # WITH [CASCADED | LOCAL] CHECK OPTION
        reader.position = start + len(source) - len(ends) + ends.index("with")
        raise reader.fault()
    body = render(query_tokens(source, reader.settings, columns=True))
    sql = f"CREATE {replace}{kind} {sql_name(path)}{columns} AS {body}"
    texts = view_text(source, reader.settings) or ("NULL", "NULL")
    steps = [sql, helper("keep_view", schema_of(path), quote_string(path[-1]), *texts)]
    if kind == "VIEW":
        # PostgreSQL would change the tables behind a simple view (sql/76_views.sql).
        steps.append(helper("not_a_table", quote_string(sql_name(path))))
    return ddl(steps if replace else guarded(path, steps, if_not_exists), f"CREATE {kind}")


def create_or_replace(reader: Reader) -> Statement:
    """CREATE OR REPLACE VIEW; functions, procedures and triggers are refused."""
    if reader.at("create", "or", "replace", "view"):
        return create_view(reader)
    if reader.at("create", "or", "replace"):
        raise unsupported(f"CREATE OR REPLACE {reader.peek(3).text.upper()}")
    raise reader.fault()


def alter_view(reader: Reader) -> Statement:
    """ALTER [MATERIALIZED] VIEW | SEQUENCE [IF EXISTS] name RENAME TO | SET SCHEMA | OWNER TO."""
    reader.expect("alter")
    kind = "MATERIALIZED VIEW" if reader.accept("materialized") else ""
    kind = kind or reader.token.text.upper()
    reader.take()
    maybe = _if_exists(reader)
    path = relation(reader)
    head = f"ALTER {kind} {maybe}{sql_name(path)}"
    if reader.at("rename", "to") or reader.at("set", "schema"):
        return _move(reader, kind, path, head, bool(maybe))
    if reader.accept("owner", "to"):
        sql = f"{head} OWNER TO {quote_name(reader.name())}"
    elif kind == "SEQUENCE":
        sql = head + _sequence_options(reader)
    elif reader.at("set", "(") or reader.at("reset", "("):
        raise unsupported("option of a view")
    else:
        raise reader.fault()
    reader.finish()
    return ddl(sql, f"ALTER {kind}")


def _move(reader: Reader, kind: str, path: list[str], head: str, if_exists: bool) -> Statement:
    """RENAME TO and SET SCHEMA."""
    where = schema_of(path), quote_string(path[-1])
    if reader.accept("rename", "to"):
        op, new = "rename", new_name(reader, path)
        steps = [f"PERFORM crdb_catalog.free({where[0]}, {quote_string(new)}, false)"]
        sql = f"{head} RENAME TO {quote_name(new)}"
    else:
        reader.expect("set", "schema")
        op, steps, sql = "set schema on", [], f"{head} SET SCHEMA {quote_name(reader.name())}"
    reader.finish()
    kinds = quote_string(kind.lower()), quote_string(op)
    steps = [helper("may_rename", *where, *kinds), *steps, sql]
    if if_exists:
        condition = f"crdb_catalog.is_there({', '.join(where)})"
        steps = [f"IF {condition} THEN\n" + ";\n".join(steps) + ";\nEND IF"]
    return ddl(steps, f"ALTER {kind}")


def create_sequence(reader: Reader) -> Statement:
    """CREATE SEQUENCE [IF NOT EXISTS] name options."""
    reader.expect("create")
    if reader.token.key in ("temp", "temporary"):
        raise unsupported("temporary sequence")
    reader.expect("sequence")
    if_not_exists = reader.accept("if", "not", "exists")
    path = relation(reader)
    sql = f"CREATE SEQUENCE {sql_name(path)}{_sequence_options(reader)}"
    steps = [sql]
    if found := re.search(r" AS (int\d)", sql):
        steps.append(
            helper(
                "sequence_type",
                schema_of(path),
                quote_string(path[-1]),
                quote_string(found[1].upper()),
            )
        )
    return ddl(guarded(path, steps, if_not_exists), "CREATE SEQUENCE")


def _sequence_options(reader: Reader) -> str:
    options = []
    while not reader.done:
        if reader.accept("as"):
            options.append(f"AS {parse_type(reader).sql}")
        elif reader.accept("no", "cycle"):
            options.append("NO CYCLE")
        elif reader.at("cycle"):
            raise unimplemented("CYCLE option is not supported", 20961)  # pkg/sql/sequence.go
        elif reader.at("virtual") or reader.at("per"):
            raise unsupported("virtual or cached sequence")
        elif reader.accept("no"):
            options.append(f"NO {reader.take().key.upper()}")
        elif reader.accept("owned", "by"):
            options.append("OWNED BY " + ("NONE" if reader.accept("none") else sql_name(reader.path())))
        elif word := reader.one_of("increment", "minvalue", "maxvalue", "start", "restart", "cache"):
            reader.one_of("by", "with")
            value = ""
            if not reader.done:
                value = ("-" if reader.accept("-") else "") + reader.take().text
            options.append(f"{word.upper()} {value}".rstrip())
        else:
            raise reader.fault()
    return "".join(f" {option}" for option in options)


def create_schema(reader: Reader) -> Statement:
    """CREATE SCHEMA [IF NOT EXISTS] name [AUTHORIZATION role]."""
    reader.expect("create", "schema")
    maybe = "IF NOT EXISTS " if reader.accept("if", "not", "exists") else ""
    owner = name = ""
    if not reader.at("authorization"):
        name = relation(reader)[-1]
    if reader.accept("authorization"):
        owner = reader.name()
    reader.finish()
    sql = f"CREATE SCHEMA {maybe}{quote_name(name or owner)}"
    return ddl(sql + (f" AUTHORIZATION {quote_name(owner)}" if owner else ""), "CREATE SCHEMA")


def drop_schema(reader: Reader) -> Statement:
    """DROP SCHEMA [IF EXISTS] name, … [CASCADE | RESTRICT]."""
    reader.expect("drop", "schema")
    maybe = _if_exists(reader)
    names = [relation(reader)[-1]]
    while reader.accept(","):
        names.append(relation(reader)[-1])
    how = behavior(reader)
    reader.finish()
    cascading = str(how == " CASCADE").lower()
    sql = f"DROP SCHEMA {maybe}{', '.join(quote_name(name) for name in names)}{how}"
    steps = [helper("may_drop_schema", quote_string(name), cascading) for name in names]
    return ddl([*steps, helper("quietly", quote_string(sql)) if how == " CASCADE" else sql], "DROP SCHEMA")


def alter_schema(reader: Reader) -> Statement:
    """ALTER SCHEMA name RENAME TO | OWNER TO."""
    reader.expect("alter", "schema")
    name = relation(reader)[-1]
    head = f"ALTER SCHEMA {quote_name(name)}"
    if reader.at("rename", "to") and name in ("public", "pg_catalog", "information_schema", "crdb_internal"):
        raise Refusal("3F000", f'cannot rename schema "{name}"')  # pkg/sql/alter_schema.go
    if reader.accept("rename", "to"):
        sql = f"{head} RENAME TO {quote_name(reader.name())}"
    else:
        reader.expect("owner", "to")
        sql = f"{head} OWNER TO {quote_name(reader.name())}"
    reader.finish()
    return ddl(sql, "ALTER SCHEMA")


def comment(reader: Reader) -> Statement:
    """COMMENT ON TABLE | COLUMN | INDEX | CONSTRAINT | SCHEMA | DATABASE | TYPE … IS 'text' | NULL."""
    reader.expect("comment", "on")
    kind = reader.one_of("table", "column", "index", "constraint", "schema", "database", "type")
    if kind is None:
        raise reader.fault()
    if kind == "index":
        table, index = table_index(reader)
        text = _comment_text(reader)
        target = [schema_of(table or [""]), quote_string(table[-1] if table else ""), quote_string(index)]
        return ddl([helper("comment_on_index", *target, text)], "COMMENT ON INDEX")
    if kind == "column":
        path = reader.path()
        name = sql_name([*_table_of(path, reader), path[-1]])
    elif kind == "constraint":
        constraint = reader.name()
        reader.expect("on")
        path = relation(reader)
        where = schema_of(path), quote_string(path[-1]), quote_string(constraint)
        step = helper("comment_on_constraint", *where, _comment_text(reader))
        return ddl([step], "COMMENT ON CONSTRAINT")
    elif kind == "database":
        name = quote_name(reader.name())
    else:
        name = sql_name(relation(reader))
    return ddl(f"COMMENT ON {kind.upper()} {name} IS {_comment_text(reader)}", f"COMMENT ON {kind.upper()}")


def _table_of(path: list[str], reader: Reader) -> list[str]:
    if len(path) < 2:
        raise reader.fault()
    return path[1:-1] if len(path) == 4 and path[0] == reader.settings.database else path[:-1]


def _comment_text(reader: Reader) -> str:
    reader.expect("is")
    token = reader.take()
    if token.kind is not Kind.STRING and token.key != "null":
        reader.position -= 1
        raise reader.fault()
    reader.finish()
    return token.text


def refresh(reader: Reader) -> Statement:
    """REFRESH MATERIALIZED VIEW [CONCURRENTLY] name [WITH [NO] DATA]; CONCURRENTLY says nothing there."""
    reader.expect("refresh", "materialized", "view")
    # pkg/sql/refresh_materialized_view.go
    notice = Notice("CONCURRENTLY is not required as views are refreshed concurrently")
    notices = (notice,) if reader.accept("concurrently") else ()
    name = sql_name(relation(reader))
    tail = ""
    if reader.at("as", "of", "system", "time"):
        raise unsupported("AS OF SYSTEM TIME")
    if reader.accept("with"):
        tail = " WITH NO DATA" if reader.accept("no") else " WITH DATA"
        reader.expect("data")
    reader.finish()
    return ddl(f"REFRESH MATERIALIZED VIEW {name}{tail}", "REFRESH MATERIALIZED VIEW", notices=notices)
