"""A table as CREATE TABLE defines it, and the statements that make it."""

from __future__ import annotations

from dataclasses import dataclass, field

from cluster.embedded.dialect.ddl import guarded, helper, procedure, schema_of, sql_name
from cluster.embedded.dialect.ddl_column import Column
from cluster.embedded.dialect.ddl_constraint import Constraint, check_name, primary_key_sql
from cluster.embedded.dialect.ddl_key import Element, Key
from cluster.embedded.dialect.ddl_shard import shard_column, shard_name, shard_steps
from cluster.embedded.dialect.model import Notice, Refusal, unsupported
from cluster.embedded.dialect.storage import EXPIRATION, Parameters
from cluster.embedded.dialect.tables import mark_column
from cluster.embedded.dialect.tokens import Token, quote_name, quote_string
from cluster.embedded.dialect.types import HIDDEN


@dataclass(slots=True)
class Table:
    """A table as its definition says; after: statements that come after CREATE TABLE."""

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


def table_steps(table: Table, settings: Parameters, if_not_exists: bool) -> list[str]:
    """The statements that make the table, in their order. Raises Refusal."""
    name = sql_name(table.path)
    before = _expiration(table, settings)
    after = list(table.after)
    after += _shards(table)
    if table.primary is None:
        rowid = hidden_rowid(table)
        table.columns.append(rowid)
        table.primary = rowid_key(rowid)
        after.insert(0, mark_column(name, rowid.name, HIDDEN))
    assert table.primary.key
    items = [made.sql() for made in table.columns]
    items.append(primary_key_sql(table.path[-1], table.primary.name, table.primary.key))
    items += _checks(table)
    create = quote_string(f"CREATE TABLE {name} ({', '.join(items)})")
    # A UNIQUE of a column comes before the indexes of the table; foreign keys need them all.
    for column_made in table.columns:
        after += [one.step(table.path, table.name_check) for one in column_made.of_kind("unique")]
    after += table.indexes
    after += [
        one.step(table.path, table.name_check) for one in table.all_constraints() if one.kind == "foreign"
    ]
    if table.families:
        after.append(_families(table))
    schema = schema_of(table.path)
    if not (before or after or settings.kept):
        whether = str(if_not_exists).lower()
        return [procedure("create_table", schema, quote_string(table.path[-1]), whether, create)]
    after.append(settings.store(table.path, is_new=True))
    return guarded(table.path, [*before, helper("run", schema, create), *after], if_not_exists)


def _expiration(table: Table, settings: Parameters) -> list[str]:
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


def _shards(table: Table) -> list[str]:
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


def _checks(table: Table) -> list[str]:
    checks = [one for one in table.all_constraints() if one.kind == "check"]
    for one in checks:
        if one.name in table.names:
            raise Refusal("42710", f'duplicate constraint name: "{one.name}"')
        table.names |= {one.name} - {""}
    return [one.check_sql(one.name or table.name_check(list(one.tokens))) for one in checks]


def _families(table: Table) -> str:
    names = ", ".join(quote_string(name) for name, _ in table.families)
    columns = ", ".join(quote_string("\x1f".join(columns)) for _, columns in table.families)
    return helper(
        "set_families",
        schema_of(table.path),
        quote_string(table.path[-1]),
        f"ARRAY[{names}]",
        f"ARRAY[{columns}]",
    )


def hidden_rowid(table: Table) -> Column:
    """The column of a table without a primary key: rowid, or the first rowid_N that is free."""
    name, number = "rowid", 0
    while name in table.column_names:
        number += 1
        name = f"rowid_{number}"
    return Column(name, "int8", HIDDEN, ["NOT NULL", "DEFAULT unique_rowid()"])


def rowid_key(rowid: Column) -> Constraint:
    """The primary key over it."""
    return Constraint("primary", key=Key((Element(quote_name(rowid.name), rowid.name, rowid.name),)))
