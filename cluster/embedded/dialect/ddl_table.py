"""CREATE TABLE, as it is read: columns, constraints, indexes, families (docs, "CREATE TABLE")."""

from __future__ import annotations

from cluster.embedded.dialect.ddl import ddl, relation
from cluster.embedded.dialect.ddl_column import Column, column
from cluster.embedded.dialect.ddl_constraint import table_constraint
from cluster.embedded.dialect.ddl_index import index_definition, index_step
from cluster.embedded.dialect.ddl_shard import shard_column, shard_name
from cluster.embedded.dialect.ddl_table_as import create_as
from cluster.embedded.dialect.ddl_table_steps import Table, table_steps
from cluster.embedded.dialect.model import Notice, Refusal, Statement, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.shards import is_shard_column
from cluster.embedded.dialect.storage import Parameters, table_parameters
from cluster.embedded.dialect.tokens import Token, is_name, name_of, split_commas, words

_INDEX_WORDS = ("index", "inverted", "vector")
# What an element may begin with that is no column; some of these are names of columns, too.
_OTHER_ELEMENTS = words("index inverted vector unique family like constraint check foreign primary exclude")


def create_table(reader: Reader) -> Statement:
    """CREATE TABLE [IF NOT EXISTS] name (…) [WITH (…)] | AS query. Raises Refusal."""
    reader.expect("create")
    notices: tuple[Notice, ...] = ()
    if reader.accept("unlogged"):
        notices = (Notice("UNLOGGED TABLE will behave as a regular table in CockroachDB"),)
    reader.expect("table")
    if_not_exists = reader.accept("if", "not", "exists")
    table = Table(relation(reader))
    parts, behind = _in_brackets(reader)
    if behind == "with" and all(len(part) == 1 for part in parts):
        raise unsupported("storage parameters in CREATE TABLE AS")
    if behind == "as":
        if any(len(part) > 1 for part in parts):
            raise unsupported("constraint in CREATE TABLE AS")
        return create_as(reader, table, reader.names() if parts else [], if_not_exists)
    table.column_names = {name_of(part[0]) for part in parts if part and is_name(part[0])}
    _elements(reader, table)
    settings = _tail(reader)
    steps = table_steps(table, settings, if_not_exists)
    return ddl(steps, "CREATE TABLE", notices=(*notices, *table.notices, *settings.notices))


def create_temporary(reader: Reader) -> Statement:
    """CREATE TEMP TABLE, VIEW, SEQUENCE: CockroachDB has them behind a session variable only."""
    raise unsupported("temporary table")


def _in_brackets(reader: Reader) -> tuple[list[list[Token]], str]:
    """The parts between the parentheses at the cursor, none without them, and the word behind; only looks."""
    if not reader.at("("):
        return [], reader.token.key
    mark = reader.position
    parts = split_commas(reader.bracketed())
    behind = reader.token.key
    reader.position = mark
    return parts, behind


def _elements(reader: Reader, table: Table) -> None:
    reader.expect("(")
    if reader.accept(")"):
        return
    while True:
        _element(reader, table)
        if reader.accept(")"):
            return
        reader.expect(",")


def _element(reader: Reader, table: Table) -> None:
    if reader.token.key not in _OTHER_ELEMENTS:
        _column(reader, table)
        return
    following = reader.peek(1).key
    if reader.token.key in _INDEX_WORDS or (reader.at("unique") and following in _INDEX_WORDS):
        _index(reader, table)
    elif reader.at("family") and (following == "(" or reader.peek(2).key == "("):
        reader.take()
        name = "" if reader.at("(") else reader.name()
        table.families.append((name, reader.names()))
    elif reader.at("like"):
        raise unsupported("CREATE TABLE … LIKE")
    elif reader.at("constraint") or (
        reader.token.key in ("check", "unique", "foreign", "primary", "exclude")
    ):
        _constraint(reader, table)
    else:
        _column(reader, table)


def _column(reader: Reader, table: Table) -> None:
    if is_name(reader.token) and is_shard_column(name_of(reader.token)):
        # As SHOW CREATE TABLE prints it; the index that it belongs to says the rest.
        table.written_shards.add(name := reader.name())
        table.columns.append(Column(name, "int8", clauses=["NOT NULL", "DEFAULT 0"]))
        _one_element(reader)
        return
    made = column(_one_element(reader))
    if made.primary and made.primary.key:
        table.set_primary(made.primary)
        table.sharded.append(made.primary.key)
        if made.primary.key.buckets and shard_name(made.primary.key) not in table.written_shards:
            # A sharded key of one column puts its shard column before it (logic test hash_sharded_index).
            table.columns.append(shard_column(made.primary.key))
    table.columns.append(made)
    table.after += made.steps(table.path)
    if made.family is not None:
        _join_family(table, made.name, *made.family)


def _join_family(table: Table, column_name: str, family: str, create: str) -> None:
    """FAMILY in the definition of a column: the first mention makes it (logic test family)."""
    found = [columns for name, columns in table.families if family and name == family]
    if found and create == "create":
        raise Refusal("XXUUU", f'family "{family}" already exists')
    if found:
        found[0].append(column_name)
    else:
        table.families.append((family, [column_name]))


def _one_element(reader: Reader) -> Reader:
    """The element at the cursor, up to its comma or the closing parenthesis."""
    tokens, start, depth = reader.tokens, reader.position, 0
    stop = start
    while stop < len(tokens):
        key = tokens[stop].key
        if depth == 0 and (key == "," or key == ")"):
            break
        if key == "(" or key == "[":
            depth += 1
        elif key == ")" or key == "]":
            depth -= 1
        stop += 1
    reader.position = stop
    if stop == start:
        raise reader.fault()
    return reader.part(start, stop)


def _index(reader: Reader, table: Table) -> None:
    unique = reader.accept("unique")
    inverted = reader.accept("inverted")
    if reader.at("vector"):
        raise unsupported("vector index")
    reader.expect("index")
    name = "" if reader.at("(") or reader.at("using") else reader.name()
    inner = _one_element(reader)
    made, gin = index_definition(inner, inverted=inverted)
    inner.finish()
    table.notices += made.notices
    table.sharded.append(made)
    table.indexes.append(index_step(table.path, name, made, unique=unique, inverted=gin))


def _constraint(reader: Reader, table: Table) -> None:
    made = table_constraint(_one_element(reader))
    table.notices += made.notices
    if made.kind == "primary":
        table.set_primary(made)
        if made.key:
            table.sharded.append(made.key)
    elif made.kind == "unique":
        table.indexes.append(made.step(table.path, table.name_check))
    else:
        table.constraints.append(made)


def _tail(reader: Reader) -> Parameters:
    settings = Parameters()
    while not reader.done:
        if reader.accept("with"):
            settings = table_parameters(reader)
        elif reader.at("partition"):
            raise unsupported("PARTITION BY")
        elif reader.at("locality"):
            raise unsupported("LOCALITY")
        elif reader.at("on", "commit"):
            raise unsupported("temporary table")
        else:
            raise reader.fault()
    return settings
