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
from cluster.embedded.dialect.ddl_constraint import (
    Constraint,
    check_name,
    primary_key_sql,
    table_constraint,
)
from cluster.embedded.dialect.ddl_index import index_definition, index_step
from cluster.embedded.dialect.ddl_key import Element, Key
from cluster.embedded.dialect.ddl_shard import shard_column, shard_name, shard_steps
from cluster.embedded.dialect.model import Notice, Refusal, Statement, unsupported
from cluster.embedded.dialect.query import query_tokens
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.shards import is_shard_column
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
    after: list[str] = field(default_factory=list)
    primary: Constraint | None = None
    # The statements that make its indexes, in order; UNIQUE constraints are among them.
    indexes: list[str] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)
    sharded: list[Key] = field(default_factory=list)
    written_shards: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    # Checks wait until all columns are known: they are named after the columns that they mention.
    column_names: set[str] = field(default_factory=set)
    families: list[tuple[str, list[str]]] = field(default_factory=list)  # name ("": generated), columns
    notices: list[Notice] = field(default_factory=list)

    def name_check(self, tokens: list[Token]) -> str:
        name = check_name(tokens, self.column_names)
        number = 0
        while (free := f"{name}{number or ''}") in self.names:
            number += 1
        self.names.add(free)
        return free

    def set_primary(self, made: Constraint) -> None:
        if self.primary:
            # tabledesc.AddPrimaryIndex gives no code.
            raise Refusal("XXUUU", f'multiple primary keys for table "{self.path[-1]}" are not allowed')
        self.primary = made

    def all_constraints(self) -> list[Constraint]:
        """Those of the table, then those of its columns (tree.CreateTable.HoistConstraints)."""
        hoisted = [one for made in self.columns for one in made.of_kind("check", "foreign")]
        return [*self.constraints, *hoisted]


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
            if any(len(part) > 1 for part in split_commas(_bracketed(reader))):
                raise unsupported("constraint in CREATE TABLE AS")
            names = reader.names()
        return _create_as(reader, table, names, if_not_exists)
    table.column_names = _column_names(reader)
    _elements(reader, table)
    settings = _tail(reader)
    steps = _steps(table, settings, if_not_exists)
    return ddl(steps, "CREATE TABLE", notices=(*notices, *table.notices, *settings.notices))


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


def _bracketed(reader: Reader) -> list[Token]:
    mark = reader.position
    found = reader.bracketed()
    reader.position = mark
    return found


def _column_names(reader: Reader) -> set[str]:
    parts = split_commas(_bracketed(reader))
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
    elif is_name(reader.token) and is_shard_column(name_of(reader.token)):
        # As SHOW CREATE TABLE prints it; the index that it belongs to says the rest.
        table.written_shards.add(name := reader.name())
        table.columns.append(Column(name, "int8", clauses=["NOT NULL", "DEFAULT 0"]))
        _one_element(reader)
    else:
        inner = _one_element(reader)
        made = column(inner)
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
    made, gin = index_definition(inner, inverted=inverted)
    inner.finish()
    table.notices += made.notices
    table.sharded.append(made)
    table.indexes.append(index_step(table.path, name, made, unique=unique, inverted=gin))


def _constraint(reader: Reader, table: _Table) -> None:
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
    after += _shards(table)
    if table.primary is None:
        rowid = _hidden_rowid(table)
        table.columns.append(rowid)
        table.primary = _rowid_key(rowid)
        after.insert(0, mark_column(name, rowid.name, HIDDEN))
    assert table.primary.key
    items = [made.sql() for made in table.columns]
    items.append(primary_key_sql(table.path[-1], table.primary.name, table.primary.key))
    items += _checks(table)
    create = helper("run", schema_of(table.path), quote_string(f"CREATE TABLE {name} ({', '.join(items)})"))
    # A UNIQUE of a column comes before the indexes of the table; foreign keys need them all.
    for column_made in table.columns:
        after += [one.step(table.path, table.name_check) for one in column_made.of_kind("unique")]
    after += table.indexes
    after += [
        one.step(table.path, table.name_check) for one in table.all_constraints() if one.kind == "foreign"
    ]
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


def _shards(table: _Table) -> list[str]:
    """The columns of hash-sharded indexes that are not there yet, and the statements that mark them all."""
    marks: dict[str, list[str]] = {}
    for made in table.sharded:
        if made.buckets:
            name = shard_name(made)
            if name not in {one.name for one in table.columns}:
                table.columns.append(shard_column(made))
            marks[name] = shard_steps(table.path, made)
    if table.written_shards - set(marks):
        raise unsupported("column of a hash-sharded index without the index")
    return [step for steps in marks.values() for step in steps]


def _checks(table: _Table) -> list[str]:
    checks = [one for one in table.all_constraints() if one.kind == "check"]
    for one in checks:
        if one.name in table.names:
            raise Refusal("42710", f'duplicate constraint name: "{one.name}"')
        table.names |= {one.name} - {""}
    return [one.check_sql(one.name or table.name_check(list(one.tokens))) for one in checks]


def _rowid_key(rowid: Column) -> Constraint:
    return Constraint("primary", key=Key((Element(quote_name(rowid.name), rowid.name, rowid.name),)))


def _create_as(reader: Reader, table: _Table, names: list[str], if_not_exists: bool) -> Statement:
    reader.expect("as")
    query = render(query_tokens(reader.rest(), reader.settings, columns=True))
    name = sql_name(table.path)
    columns = f" ({', '.join(quote_name(column) for column in names)})" if names else ""
    rowid = _hidden_rowid(table)
    key_sql = primary_key_sql(table.path[-1], "", _rowid_key(rowid).key or Key(()))
    steps = [
        f"CREATE TABLE {name}{columns} AS {query}",
        helper(
            "widen_integers", schema_of(table.path), quote_string(table.path[-1]), quote_string(query.strip())
        ),
        f"ALTER TABLE {name} ADD COLUMN {rowid.sql()}",
        helper("run", schema_of(table.path), quote_string(f"ALTER TABLE {name} ADD {key_sql}")),
        mark_column(name, rowid.name, HIDDEN),
        Parameters().store(table.path, is_new=True),
    ]
    return ddl(guarded(table.path, steps, if_not_exists), "CREATE TABLE AS")
