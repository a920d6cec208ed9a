"""Indexes: CREATE INDEX, INDEX in CREATE TABLE, DROP INDEX, ALTER INDEX. Each belongs to its table: t@idx.

Sources: docs "CREATE INDEX", "DROP INDEX"; sql.y create_index_stmt, index_def, table_index_name.
"""

from __future__ import annotations

from collections.abc import Sequence

from cluster.embedded.dialect.ddl import (
    behaviour,
    ddl,
    expression,
    helper,
    local,
    relation,
    schema_of,
    sql_name,
    storage_parameters,
)
from cluster.embedded.dialect.model import Refusal, Statement, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import (
    Kind,
    Token,
    is_name,
    name_of,
    quote_name,
    quote_string,
    split_commas,
)

_METHODS = {"btree": "", "prefix": "", "gin": " USING gin", "inverted": " USING gin"}


def create_index(reader: Reader) -> Statement:
    """CREATE [UNIQUE] [INVERTED] INDEX [CONCURRENTLY] [IF NOT EXISTS] [name] ON table …"""
    reader.expect("create")
    unique = reader.accept("unique")
    inverted = reader.accept("inverted")
    if reader.at("vector"):
        raise unsupported("vector index")
    reader.expect("index")
    reader.accept("concurrently")
    if_not_exists = reader.accept("if", "not", "exists")
    name = "" if reader.at("on") else reader.name()
    if if_not_exists and not name:
        raise reader.fault()
    reader.expect("on")
    table = relation(reader)
    steps = index_steps(reader, table, name, unique=unique, inverted=inverted, if_not_exists=if_not_exists)
    reader.finish()
    return ddl(steps, "CREATE INDEX")


def index_steps(
    reader: Reader,
    table: Sequence[str],
    name: str,
    *,
    unique: bool = False,
    inverted: bool = False,
    if_not_exists: bool = False,
) -> list[str]:
    """The statements that make the index whose definition, from USING or its columns on, is at the cursor."""
    method = " USING gin" if inverted else ""
    if reader.accept("using"):
        word = reader.name()
        if word not in _METHODS:
            if word == "hash":
                raise unsupported("hash-sharded index")
            raise Refusal("42704", f"unrecognized access method: {word}")
        method = _METHODS[word]
    parts = split_commas(reader.bracketed())
    if method and len(parts) > 1:
        raise unsupported("inverted index on several columns")
    columns = [_element(part, reader, ordered=not method) for part in parts]
    if reader.at("using", "hash"):
        raise unsupported("hash-sharded index")
    tail = method + f" ({', '.join(sql for sql, _ in columns)})"
    if reader.one_of("storing", "covering", "include"):
        tail += f" INCLUDE ({', '.join(quote_name(column) for column in reader.names())})"
    if reader.at("partition"):
        raise unsupported("PARTITION BY")
    if reader.accept("with") and set(storage_parameters(reader)) != {"fillfactor"}:
        raise unsupported("storage parameter of an index")
    if reader.accept("where"):
        tail += f" WHERE {_predicate(reader)}"
    if reader.at("not", "visible") or reader.at("visibility"):
        raise unsupported("index that is not visible")
    reader.accept("visible")
    base = name or "_".join([table[-1], *(label for _, label in columns), "key" if unique else "idx"])
    return [
        helper(
            "create_index",
            schema_of(table),
            quote_string(table[-1]),
            quote_string(base),
            str(not name).lower(),
            str(if_not_exists).lower(),
            quote_string("UNIQUE " if unique else ""),
            quote_string(f"ON {sql_name(table)}{tail}"),
        )
    ]


def _predicate(reader: Reader) -> str:
    taken: list[Token] = []
    while not reader.done and not (reader.at("not", "visible") or reader.at("visible")):
        taken.append(reader.take())
    return f"({expression(taken, reader.settings)})"


def _element(part: list[Token], reader: Reader, *, ordered: bool) -> tuple[str, str]:
    """One column of an index: its SQL, and what it gives to a generated name."""
    if not part:
        raise reader.fault()
    body = list(part)
    nulls = ""
    if len(body) > 2 and body[-2].key == "nulls":
        nulls = body[-1].key
        body = body[:-2]
    descending = body[-1].key == "desc"
    if body[-1].key in ("asc", "desc") and len(body) > 1:
        body = body[:-1]
    if nulls and (nulls == "last") != descending:
        raise unsupported(f"NULLS {nulls.upper()} with this direction in an index")
    if len(body) == 1 and is_name(body[0]):
        sql, label = quote_name(name_of(body[0])), name_of(body[0])
    elif len(body) == 2 and is_name(body[0]) and body[1].kind is Kind.WORD:
        raise unsupported(f"operator class {body[1].text}")
    else:
        # Expression indexes are named …_expr_… (docs, "Expression indexes").
        sql, label = f"({expression(body, reader.settings)})", "expr"
    if not ordered:
        return sql, label
    return sql + (" DESC NULLS LAST" if descending else " ASC NULLS FIRST"), label


def table_index(reader: Reader) -> tuple[list[str] | None, str]:
    """`table@index` or `index` at the cursor: (table or None, index)."""
    path = reader.path()
    if reader.token.kind is Kind.OP and reader.accept("@"):
        return local(path, reader.settings), reader.name()
    path = local(path, reader.settings)
    # schema.index stands for any table of the schema.
    return ([path[0], ""] if len(path) > 1 else None), path[-1]


def drop_index(reader: Reader) -> Statement:
    """DROP INDEX [CONCURRENTLY] [IF EXISTS] table@index, … [CASCADE | RESTRICT]."""
    reader.expect("drop", "index")
    reader.accept("concurrently")
    if_exists = reader.accept("if", "exists")
    found = [table_index(reader)]
    while reader.accept(","):
        found.append(table_index(reader))
    how = behaviour(reader)
    reader.finish()
    steps = [
        helper(
            "drop_index",
            schema_of(table or [""]),
            quote_string(table[-1] if table else ""),
            quote_string(index),
            str(if_exists).lower(),
            str(how == " CASCADE").lower(),
        )
        for table, index in found
    ]
    return ddl(steps, "DROP INDEX")


def alter_index(reader: Reader) -> Statement:
    """ALTER INDEX [IF EXISTS] table@index RENAME TO name."""
    reader.expect("alter", "index")
    if_exists = reader.accept("if", "exists")
    table, index = table_index(reader)
    if not reader.accept("rename", "to"):
        raise unsupported(f"ALTER INDEX … {reader.token.text.upper()}") if not reader.done else reader.fault()
    new = reader.name()
    reader.finish()
    return ddl(
        [
            helper(
                "rename_index",
                schema_of(table or [""]),
                quote_string(table[-1] if table else ""),
                quote_string(index),
                quote_string(new),
                str(if_exists).lower(),
            )
        ],
        "ALTER INDEX",
    )
