"""Indexes: CREATE INDEX, INDEX in CREATE TABLE, DROP INDEX, ALTER INDEX. Each belongs to its table: t@idx.

Sources: docs of each; sql.y create_index_stmt, index_def, table_index_name;
pkg/sql/schemachanger/scbuild/internal/scbuildstmt/create_index.go, drop_index.go.
"""

from __future__ import annotations

from collections.abc import Sequence

from cluster.embedded.dialect.ddl import behavior, ddl, helper, local, procedure, relation, schema_of
from cluster.embedded.dialect.ddl_key import (
    Key,
    index_visibility,
    key,
    refuse_repetition,
    text_array,
    unimplemented_syntax,
)
from cluster.embedded.dialect.model import Notice, Refusal, Statement, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import Kind, quote_name, quote_string

_INVERTED = ("gin", "gist", "inverted")
_FORWARD = ("btree",)
_CONCURRENTLY = Notice("CONCURRENTLY is not required as all indexes are {} concurrently")


def create_index(reader: Reader) -> Statement:
    """CREATE [UNIQUE] [INVERTED] INDEX [CONCURRENTLY] [IF NOT EXISTS] [name] ON table …"""
    reader.expect("create")
    unique = reader.accept("unique")
    inverted = reader.accept("inverted")
    if reader.at("vector"):
        raise unsupported("vector index")
    reader.expect("index")
    notices = _concurrently(reader, "created")
    if_not_exists = reader.accept("if", "not", "exists")
    name = "" if reader.at("on") else reader.name()
    if if_not_exists and not name:
        raise reader.fault()
    reader.expect("on")
    table = relation(reader)
    made, gin = index_definition(reader, inverted=inverted)
    reader.finish()
    steps = [
        index_step(table, name, made, unique=unique, inverted=gin, if_not_exists=if_not_exists, explicit=True)
    ]
    return ddl(steps, "CREATE INDEX", notices=(*notices, *made.notices))


def _concurrently(reader: Reader, done: str) -> tuple[Notice, ...]:
    if not reader.accept("concurrently"):
        return ()
    return (Notice(_CONCURRENTLY.message.format(done)),)


def index_definition(reader: Reader, *, inverted: bool = False) -> tuple[Key, bool]:
    """What follows the table or the name: [USING method] (…) …; whether it is inverted. Raises Refusal."""
    if reader.accept("using"):
        method = reader.name()
        if method in ("hash", "spgist", "brin"):
            raise unimplemented_syntax(reader, method)
        if method not in (*_INVERTED, *_FORWARD):
            reader.position -= 1
            fault = reader.fault()
            words = f'at or near "{method}": syntax error: unrecognized access method: {method}'
            raise Refusal("42601", words, fault.detail)
        inverted = inverted or method in _INVERTED
    return key(reader), inverted


def index_step(
    table: Sequence[str],
    name: str,
    made: Key,
    *,
    unique: bool = False,
    inverted: bool = False,
    if_not_exists: bool = False,
    explicit: bool = False,
) -> str:
    """The statement that makes the index. explicit: by CREATE INDEX, so DROP INDEX needs no CASCADE."""
    if inverted:
        _refuse_for_inverted(made, unique)
    generated = made.generated_name(table[-1], "key" if unique else "idx")
    # In CREATE TABLE the finished table is checked, with another code (tabledesc/validate.go).
    refuse_repetition(
        name or ("" if explicit else generated), made.elements, made.stored, "42P17" if explicit else "0A000"
    )
    if not inverted and any(element.operators for element in made.elements):
        raise Refusal("42804", "operator classes are only allowed for the last column of an inverted index")
    parts = []
    for place, element in enumerate(made.elements):
        if inverted and place == len(made.elements) - 1:
            parts.append(element.sql + (f" {element.operators}" if element.operators else ""))
        elif inverted:
            parts.append(element.sql)
        else:
            parts.append(element.sql + (" DESC NULLS LAST" if element.descending else " ASC NULLS FIRST"))
    tail = f"{' USING gin' if inverted else ''} ({', '.join(parts)})"
    if made.stored:
        tail += f" INCLUDE ({', '.join(quote_name(column) for column in made.stored)})"
    if made.predicate:
        tail += f" WHERE {made.predicate}"
    flags = ("c" if unique and not explicit else "") + made.flags()
    return procedure(
        "create_index",
        schema_of(table),
        quote_string(table[-1]),
        quote_string(name or generated),
        str(not name).lower(),
        str(if_not_exists).lower(),
        quote_string("UNIQUE " if unique else ""),
        quote_string(flags),
        text_array(made.columns),
        text_array(made.stored),
        str(made.buckets or "NULL"),
        quote_string(tail),
    )


def _refuse_for_inverted(made: Key, unique: bool) -> None:
    """What an inverted index cannot be (create_index.go)."""
    if made.buckets:
        raise Refusal("26000", "inverted indexes don't support hash sharding")
    if made.stored:
        raise Refusal("26000", "inverted indexes don't support stored columns")
    if unique:
        raise Refusal("26000", "inverted indexes can't be unique")
    if made.elements[-1].descending:
        raise Refusal("0A000", "the last column in an inverted index cannot have the DESC option")
    if any(element.operators for element in made.elements[:-1]):
        raise Refusal("42804", "operator classes are only allowed for the last column of an inverted index")
    if any(element.descending for element in made.elements):
        raise unsupported("DESC in an inverted index")


def table_index(reader: Reader) -> tuple[list[str] | None, str]:
    """`table@index` or `index` at the cursor: (table or None, index)."""
    path = reader.path()
    if reader.token.kind is Kind.OP and reader.accept("@"):
        return local(path, reader.settings), reader.name()
    path = local(path, reader.settings)
    # schema.index stands for any table of the schema.
    return ([path[0], ""] if len(path) > 1 else None), path[-1]


def index_arguments(table: list[str] | None, index: str) -> list[str]:
    """The three arguments by which the helpers of sql/71_ddl_indexes.sql find an index."""
    return [schema_of(table or [""]), quote_string(table[-1] if table else ""), quote_string(index)]


def drop_index(reader: Reader) -> Statement:
    """DROP INDEX [CONCURRENTLY] [IF EXISTS] table@index, … [CASCADE | RESTRICT]."""
    reader.expect("drop", "index")
    if reader.settings.sql_safe_updates:
        # scbuildstmt/drop_index.go, failIfSafeUpdates
        raise Refusal("01000", "rejected (sql_safe_updates = true): DROP INDEX")
    notices = _concurrently(reader, "dropped")
    if_exists = reader.accept("if", "exists")
    found = [table_index(reader)]
    while reader.accept(","):
        found.append(table_index(reader))
    how = behavior(reader)
    reader.finish()
    rows = [f"ARRAY[{', '.join(index_arguments(table, index))}]" for table, index in found]
    step = helper(
        "drop_indexes",
        f"ARRAY[{', '.join(rows)}]::text[]",
        str(if_exists).lower(),
        str(how == " CASCADE").lower(),
    )
    return ddl([step], "DROP INDEX", notices=notices)


def alter_index(reader: Reader) -> Statement:
    """ALTER INDEX [IF EXISTS] table@index RENAME TO name | [NOT] VISIBLE | VISIBILITY share."""
    reader.expect("alter", "index")
    if_exists = reader.accept("if", "exists")
    table, index = table_index(reader)
    arguments = index_arguments(table, index)
    if reader.accept("rename", "to"):
        new = reader.name()
        if not new:
            raise Refusal("42601", "empty index name")
        step = helper("rename_index", *arguments, quote_string(new), str(if_exists).lower())
    elif (visibility := index_visibility(reader)) is not None:
        step = helper("show_or_hide_index", *arguments, str(visibility), str(if_exists).lower())
    elif reader.done:
        raise reader.fault()
    elif reader.token.key in (
        "partition",
        "split",
        "unsplit",
        "scatter",
        "configure",
        "relocate",
        "rebalance",
    ):
        raise unsupported(f"ALTER INDEX … {reader.token.text.upper()}")
    else:
        raise reader.fault()
    reader.finish()
    return ddl([step], "ALTER INDEX")
