"""Statements about the session itself: prepared statements, cursors, COPY, and no-ops of drivers."""

from __future__ import annotations

from cluster.embedded.dialect.ddl import relation, sql_name
from cluster.embedded.dialect.dml import changed
from cluster.embedded.dialect.model import CatalogNeeded, Effect, Statement, unsupported
from cluster.embedded.dialect.query import query_tokens
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.scanner import tokenize
from cluster.embedded.dialect.tokens import quote_name, render
from cluster.embedded.dialect.types import parse_type


def prepare(reader: Reader) -> Statement:
    """PREPARE name [(types)] AS statement: a query or a change of rows."""
    reader.expect("prepare")
    name = quote_name(reader.name())
    types = ""
    if reader.accept("("):
        found = [parse_type(reader).sql]
        while reader.accept(","):
            found.append(parse_type(reader).sql)
        reader.expect(")")
        types = f" ({', '.join(found)})"
    reader.expect("as")
    if reader.token.key not in (
        "select",
        "with",
        "values",
        "table",
        "insert",
        "upsert",
        "update",
        "delete",
        "(",
    ):
        raise unsupported(f"PREPARE of {reader.token.text.upper()}")
    body = render(query_tokens(changed(reader.rest(), reader.settings), reader.settings))
    return Statement(f"PREPARE {name}{types} AS {body}", tag="PREPARE")


def execute(reader: Reader) -> Statement:
    """EXECUTE name [(values)]."""
    reader.expect("execute")
    name = quote_name(reader.name())
    return Statement(f"EXECUTE {name}{render(query_tokens(reader.rest(), reader.settings))}")


def deallocate(reader: Reader) -> Statement:
    """DEALLOCATE [PREPARE] name | ALL."""
    reader.expect("deallocate")
    reader.accept("prepare")
    name = "ALL" if reader.accept("all") else quote_name(reader.name())
    reader.finish()
    return Statement(f"DEALLOCATE {name}", tag="DEALLOCATE ALL" if name == "ALL" else "DEALLOCATE")


def declare(reader: Reader) -> Statement:
    """DECLARE name [options] CURSOR [WITH | WITHOUT HOLD] FOR query."""
    reader.expect("declare")
    name = quote_name(reader.name())
    options = []
    while not reader.accept("cursor"):
        if reader.at("scroll") or reader.at("binary"):
            raise unsupported(f"DECLARE {reader.token.text.upper()} CURSOR")
        option = reader.one_of("insensitive", "asensitive", "no")
        if option is None:
            raise reader.fault()
        if option == "no":
            reader.expect("scroll")
        else:
            options.append(option.upper() + " ")
    hold = ""
    if reader.accept("with", "hold"):
        hold = " WITH HOLD"
    else:
        reader.accept("without", "hold")
    reader.expect("for")
    body = render(query_tokens(reader.rest(), reader.settings))
    # CockroachDB's cursors go forward only; PostgreSQL's would go back where the plan allows it.
    return Statement(f"DECLARE {name} {''.join(options)}NO SCROLL CURSOR{hold} FOR {body}")


def cursor(reader: Reader) -> Statement:
    """FETCH, MOVE, CLOSE: as PostgreSQL's.

    But for places: FETCH FIRST gives the first row again while the cursor is still on it (logic test cursor).
    """
    if reader.token.key != "close" and reader.peek(1).key in ("first", "absolute", "relative"):
        raise unsupported(f"{reader.token.text.upper()} {reader.peek(1).text.upper()}")
    return Statement(render(reader.tokens))


def copy(reader: Reader) -> Statement:
    """COPY table [(columns)] FROM STDIN | TO STDOUT, COPY (query) TO STDOUT; no files."""
    reader.expect("copy")
    if reader.at("("):
        body = render(query_tokens(reader.bracketed(), reader.settings))
        what = f"({body})"
    else:
        path = relation(reader)
        if reader.at("("):
            columns = reader.names()
        elif _outwards(reader):
            columns = []
        else:
            if reader.settings.catalog is None:
                raise CatalogNeeded
            info = reader.settings.catalog.find(path[-1], path[0] if len(path) > 1 else None)
            columns = list(info.visible) if info and info.hidden else []
        listed = f" ({', '.join(quote_name(column) for column in columns)})" if columns else ""
        what = sql_name(path) + listed
        if _outwards(reader):
            what = f"({_selected(sql_name(path), columns, reader)})"
    if not reader.at("from", "stdin") and not reader.at("to", "stdout"):
        raise unsupported("COPY from or to a file")
    return Statement(f"COPY {what}{render(reader.rest())}")


def _outwards(reader: Reader) -> bool:
    return reader.at("to", "stdout")


def _selected(table: str, columns: list[str], reader: Reader) -> str:
    """The query that COPY … TO stands for: computed columns are copied, too (pkg/sql/copy_to.go)."""
    listed = ", ".join(quote_name(column) for column in columns) or "*"
    query = f"SELECT {listed} FROM {table}"  # noqa: S608
    return render(query_tokens(tokenize(query), reader.settings))


def unlisten(reader: Reader) -> Statement:
    """UNLISTEN: a no-op (docs: LISTEN and NOTIFY are not there); drivers send it to clean a connection."""
    reader.expect("unlisten")
    reader.take()
    reader.finish()
    return Statement("UNLISTEN *", tag="UNLISTEN")


def analyze(reader: Reader) -> Statement:
    """ANALYZE table: to CockroachDB a schema change (pkg/sql/sem/tree/stmt.go)."""
    reader.take()
    if reader.done:
        raise unsupported("ANALYZE of all tables")
    name = sql_name(relation(reader))
    reader.finish()
    return Statement(f"ANALYZE {name}", tag="ANALYZE", effect=Effect.DDL)
