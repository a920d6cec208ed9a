"""CREATE TABLE: hidden rowid, generated names, indexes inside the definition (docs, "CREATE TABLE")."""

from __future__ import annotations

from dataclasses import dataclass, field

from cluster.embedded.dialect.ddl import (
    ddl,
    guarded,
    helper,
    relation,
    schema_of,
    sql_name,
)
from cluster.embedded.dialect.ddl_column import Column, column
from cluster.embedded.dialect.ddl_constraint import FREE_NAME, check_name, table_constraint
from cluster.embedded.dialect.ddl_index import index_steps
from cluster.embedded.dialect.model import Notice, Refusal, Statement, unsupported
from cluster.embedded.dialect.query import query_tokens
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.storage import EXPIRATION, Parameters, table_parameters
from cluster.embedded.dialect.tables import mark_column
from cluster.embedded.dialect.tokens import (
    Token,
    is_name,
    name_of,
    quote_name,
    quote_string,
    render,
    split_commas,
)
from cluster.embedded.dialect.types import HIDDEN

_INDEX_WORDS = ("index", "inverted", "vector")


@dataclass(slots=True)
class _Table:
    path: list[str]
    columns: list[Column] = field(default_factory=list)
    constraints: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    has_key: bool = False
    after_index: bool = False
    names: set[str] = field(default_factory=set)
    # Checks wait until all columns are known: they are named after the columns that they mention.
    column_names: set[str] = field(default_factory=set)
    families: list[tuple[str, list[str]]] = field(default_factory=list)  # name ("": generated), columns

    def name_check(self, tokens: list[Token]) -> str:
        name = check_name(tokens, self.column_names)
        number = 0
        while (free := f"{name}{number or ''}") in self.names:
            number += 1
        self.names.add(free)
        return free


def create_table(reader: Reader) -> Statement:
    """CREATE TABLE [IF NOT EXISTS] name (…) [WITH (…)] | AS query. Raises Refusal."""
    reader.expect("create")
    notices: tuple[Notice, ...] = ()
    if reader.accept("unlogged"):
        notices = (Notice("UNLOGGED TABLE will behave as a regular table in CockroachDB"),)
    reader.expect("table")
    if_not_exists = reader.accept("if", "not", "exists")
    table = _Table(relation(reader))
    names: list[str] = []
    if reader.at("as") or (reader.at("(") and _is_as(reader)):
        if reader.at("("):
            names = reader.names()
        return _create_as(reader, table, names, if_not_exists)
    table.column_names = _column_names(reader)
    _elements(reader, table)
    settings = _tail(reader)
    notices += tuple(settings.notices)
    return ddl(_steps(table, settings, if_not_exists), "CREATE TABLE", notices=notices)


def create_temporary(reader: Reader) -> Statement:
    """CREATE TEMP TABLE, VIEW, SEQUENCE: CockroachDB has them behind a session variable only."""
    raise unsupported("temporary table")


def _is_as(reader: Reader) -> bool:
    """Whether the parenthesis at the cursor is only a list of names, with AS after it."""
    mark = reader.position
    reader.bracketed()
    found = reader.at("as")
    reader.position = mark
    return found


def _column_names(reader: Reader) -> set[str]:
    mark = reader.position
    parts = split_commas(reader.bracketed())
    reader.position = mark
    return {name_of(part[0]) for part in parts if part and is_name(part[0])}


def _elements(reader: Reader, table: _Table) -> None:
    reader.expect("(")
    if reader.accept(")"):
        return
    while True:
        _element(reader, table)
        if reader.accept(")"):
            return
        reader.expect(",")


def _element(reader: Reader, table: _Table) -> None:
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
        inner = _one_element(reader)
        made = column(inner, table.name_check)
        table.columns.append(made)
        table.has_key = table.has_key or made.primary
        table.after += made.steps(table.path)
        if made.family is not None:
            _join_family(table, made.name, *made.family)


def _join_family(table: _Table, column_name: str, family: str, create: str) -> None:
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
    start, depth = reader.position, 0
    while not reader.done:
        key = reader.token.key
        if depth == 0 and key in (",", ")"):
            break
        depth += (key in ("(", "[")) - (key in (")", "]"))
        reader.take()
    if reader.position == start:
        raise reader.fault()
    return reader.part(start, reader.position)


def _index(reader: Reader, table: _Table) -> None:
    unique = reader.accept("unique")
    inverted = reader.accept("inverted")
    if reader.at("vector"):
        raise unsupported("vector index")
    reader.expect("index")
    name = "" if reader.at("(") or reader.at("using") else reader.name()
    inner = _one_element(reader)
    table.after += index_steps(inner, table.path, name, unique=unique, inverted=inverted)
    inner.finish()
    table.after_index = True


def _constraint(reader: Reader, table: _Table) -> None:
    inner = _one_element(reader)
    made = table_constraint(inner, table.name_check)
    table.has_key = table.has_key or made.kind == "primary"
    if made.kind == "unique" and table.after_index:
        # Indexes and unique constraints are numbered, and listed, in the order in which they are written.
        add = f"ALTER TABLE {sql_name(table.path)} ADD {made.sql}"
        table.after.append(helper("run", schema_of(table.path), quote_string(add)) if made.name else add)
    else:
        table.constraints.append(made.sql)


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


def _hidden_rowid(table: _Table) -> Column:
    name, number = "rowid", 0
    while name in table.column_names:
        number += 1
        name = f"rowid_{number}"
    return Column(name, "int8", HIDDEN, ["NOT NULL", "DEFAULT unique_rowid()"])


def _expiration(table: _Table, settings: Parameters) -> list[str]:
    """The hidden column of ttl_expire_after, unless it is written out; the steps before the table is made."""
    span = settings.kept.get("ttl_expire_after")
    if span is None:
        return []
    if EXPIRATION not in table.column_names:
        text = f"current_timestamp + {quote_string(span)}::interval"
        made = Column(EXPIRATION, "timestamptz", HIDDEN, ["NOT NULL", f"DEFAULT {text}"], on_update=text)
        table.columns.append(made)
        table.after += made.steps(table.path)
    return [helper("ttl_interval", quote_string("ttl_expire_after"), quote_string(span))]


def _steps(table: _Table, settings: Parameters, if_not_exists: bool) -> list[str]:
    name = sql_name(table.path)
    before = _expiration(table, settings)
    after = list(table.after)
    if not table.has_key:
        rowid = _hidden_rowid(table)
        table.columns.append(rowid)
        table.constraints.append(f"PRIMARY KEY ({quote_name(rowid.name)})")
        after.insert(0, mark_column(name, rowid.name, HIDDEN))
    items = [made.sql() for made in table.columns] + table.constraints
    create = f"CREATE TABLE {name} ({', '.join(items)})"
    if FREE_NAME in create:
        create = helper("run", schema_of(table.path), quote_string(create))
    if table.families:
        after.append(_families(table))
    after.append(settings.store(table.path, is_new=True))
    return guarded(table.path, [*before, create, *after], if_not_exists)


def _families(table: _Table) -> str:
    names = ", ".join(quote_string(name) for name, _ in table.families)
    columns = ", ".join(quote_string("\x1f".join(columns)) for _, columns in table.families)
    return helper(
        "set_families",
        schema_of(table.path),
        quote_string(table.path[-1]),
        f"ARRAY[{names}]",
        f"ARRAY[{columns}]",
    )


def _create_as(reader: Reader, table: _Table, names: list[str], if_not_exists: bool) -> Statement:
    reader.expect("as")
    query = render(query_tokens(reader.rest(), reader.settings))
    name = sql_name(table.path)
    columns = f" ({', '.join(quote_name(column) for column in names)})" if names else ""
    rowid = _hidden_rowid(table)
    steps = [
        f"CREATE TABLE {name}{columns} AS {query}",
        f"ALTER TABLE {name} ADD COLUMN {rowid.sql()}",
        f"ALTER TABLE {name} ADD PRIMARY KEY ({quote_name(rowid.name)})",
        mark_column(name, rowid.name, HIDDEN),
        Parameters().store(table.path, is_new=True),
    ]
    return ddl(guarded(table.path, steps, if_not_exists), "CREATE TABLE AS")
