"""Constraints of a table: CHECK, UNIQUE, PRIMARY KEY, FOREIGN KEY; names (sql.y: constraint_elem)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cluster.embedded.dialect.ddl import helper, relation, schema_of
from cluster.embedded.dialect.ddl_index import index_step
from cluster.embedded.dialect.ddl_key import Key, elements, key, text_array, unimplemented_syntax
from cluster.embedded.dialect.kept import CHECK, kept
from cluster.embedded.dialect.model import Notice, Refusal
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import Token, is_name, name_of, quote_name, quote_string

# Between two of these stands a name for which only the server can find a free one: crdb_catalog.run. Behind
# FLAGS in it stand the flags of sql/21_index_names.sql.
FREE_NAME, FLAGS = "\x02", "\x03"
_ACTIONS = ("no", "cascade", "restrict", "set")

CheckNamer = Callable[[list[Token]], str]


@dataclass(slots=True)
class ForeignKey:
    """What a FOREIGN KEY refers to, and how. tail: MATCH and the actions, as SQL."""

    columns: tuple[str, ...]
    table: list[str]
    referenced: tuple[str, ...]
    tail: str = ""


@dataclass(slots=True)
class Constraint:
    """A constraint. kind: check, unique, primary or foreign; name: "" for one that is to be generated.

    tokens and expression: of a CHECK; key: of UNIQUE and PRIMARY KEY; foreign: of FOREIGN KEY; altered: by
    ALTER PRIMARY KEY.
    """

    kind: str
    name: str = ""
    if_not_exists: bool = False
    not_valid: bool = False
    tokens: tuple[Token, ...] = ()
    expression: str = ""
    key: Key | None = None
    foreign: ForeignKey | None = None
    altered: bool = False

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the client is told of it."""
        return self.key.notices if self.key else ()

    def check_sql(self, name: str) -> str:
        """A CHECK as it stands in CREATE TABLE."""
        checked = f"crdb_catalog.checked(({self.expression}), tableoid, {quote_string(name)})"
        return f"CONSTRAINT {quote_name(name)} CHECK ({checked}){' NOT VALID' if self.not_valid else ''}"

    def step(self, table: Sequence[str], name_check: CheckNamer) -> str:
        """The statement that adds it to the table; not for a PRIMARY KEY."""
        if self.kind == "check":
            return helper(
                "add_check",
                schema_of(table),
                quote_string(table[-1]),
                quote_string(self.name or name_check(list(self.tokens))),
                str(not self.name).lower(),
                str(self.if_not_exists).lower(),
                quote_string(self.expression),
                str(self.not_valid).lower(),
            )
        if self.kind == "unique":
            assert self.key
            return index_step(table, self.name, self.key, unique=True, if_not_exists=self.if_not_exists)
        assert self.foreign
        name = self.name or "_".join([table[-1], *self.foreign.columns, "fkey"])
        return helper(
            "add_foreign_key",
            schema_of(table),
            quote_string(table[-1]),
            quote_string(name),
            str(not self.name).lower(),
            str(self.if_not_exists).lower(),
            text_array(self.foreign.columns),
            schema_of(self.foreign.table),
            quote_string(self.foreign.table[-1]),
            text_array(self.foreign.referenced),
            quote_string(self.foreign.tail),
            str(self.not_valid).lower(),
        )


def primary_key_sql(table: str, name: str, made: Key) -> str:
    """PRIMARY KEY as it stands in CREATE TABLE: named as CockroachDB names it, and marked."""
    refuse_in_primary_key(made)
    flags = made.flags(primary=True) + (f"h{made.buckets}" if made.buckets else "")
    free = f"{FREE_NAME}{name or table + '_pkey'}{FLAGS}{flags}{FREE_NAME}"
    listed = ", ".join(quote_name(column) for column in made.columns)
    return f"CONSTRAINT {quote_name(free)} PRIMARY KEY ({listed})"


def refuse_in_primary_key(made: Key) -> None:
    """Expressions, repetitions and stored columns (pkg/sql/alter_primary_key.go, create_table.go)."""
    seen: set[str] = set()
    for element in made.elements:
        if not element.column:
            raise Refusal(
                "42611",
                f'expressions such as "{element.written}" are not allowed in primary index definition',
                hint="use columns instead",
            )
        if element.column in seen:
            raise Refusal("42P17", f'index "primary" contains duplicate column "{element.column}"')
        seen.add(element.column)


def check_name(tokens: list[Token], columns: set[str]) -> str:
    """The name of a CHECK without one: check_ and each mention of a column.

    Source: pkg/sql/catalog/schemaexpr/check_constraint.go.
    """
    mentioned = [
        name_of(token)
        for index, token in enumerate(tokens)
        if is_name(token)
        and name_of(token) in columns
        and not (index + 1 < len(tokens) and tokens[index + 1].key in ("(", "."))
        and not (index and tokens[index - 1].key in ("::", ":::"))
    ]
    return "_".join(["check", *mentioned])


def table_constraint(reader: Reader) -> Constraint:
    """[CONSTRAINT [IF NOT EXISTS] name] CHECK | UNIQUE | PRIMARY KEY | FOREIGN KEY …, to the reader's end."""
    name, if_not_exists = "", False
    if reader.accept("constraint"):
        if_not_exists = reader.accept("if", "not", "exists")
        name = reader.name()
    if reader.accept("check"):
        made = check(reader, name)
    elif reader.accept("unique"):
        if reader.accept("without"):
            raise without_index()
        found = elements(reader)
        refuse_deferrable(reader)
        if reader.at("using") or reader.at("with"):
            raise reader.fault()
        made = Constraint("unique", name, key=key(reader, visible=False, parsed=found))
        refuse_deferrable(reader)
    elif reader.accept("primary", "key"):
        made = Constraint("primary", name, key=primary_columns(reader))
    elif reader.accept("foreign", "key"):
        columns = tuple(reader.names())
        reader.expect("references")
        made = Constraint("foreign", name, foreign=references(reader, columns))
    elif reader.at("exclude"):
        raise unimplemented_syntax(reader, "exclude", 46657)
    else:
        raise reader.fault()
    if reader.accept("not", "valid"):
        if made.kind in ("unique", "primary"):
            # sqlerrors.NewUnsupportedUnvalidatedConstraintError
            word = "UNIQUE" if made.kind == "unique" else "PRIMARY KEY"
            raise Refusal("0A000", f"{word} constraints cannot be marked NOT VALID")
        made.not_valid = True
    reader.finish()
    made.if_not_exists = if_not_exists
    return made


def primary_columns(reader: Reader) -> Key:
    """(columns) [USING HASH] [WITH (…)]: a primary key stores all columns and has no condition."""
    found = elements(reader)
    if reader.token.key in ("storing", "covering", "include", "where", "partition"):
        raise reader.fault()
    return key(reader, visible=False, parsed=found)


def check(reader: Reader, name: str) -> Constraint:
    """CHECK (expression), the cursor after CHECK."""
    tokens = reader.bracketed()
    return Constraint("check", name, tokens=tuple(tokens), expression=kept(tokens, reader.settings, CHECK))


def without_index() -> Refusal:
    """UNIQUE WITHOUT INDEX needs a session variable (pkg/sql/alter_table.go)."""
    return Refusal("0A000", "unique constraints without an index are not yet supported")


def references(reader: Reader, columns: tuple[str, ...]) -> ForeignKey:
    """table [(columns)] [MATCH …] [ON DELETE …] [ON UPDATE …], the cursor after REFERENCES."""
    table = relation(reader)
    referenced = tuple(reader.names()) if reader.at("(") else ()
    tail = ""
    if reader.accept("match"):
        kind = reader.one_of("full", "simple", "partial")
        if kind is None:
            raise reader.fault()
        if kind == "partial":
            raise unimplemented_syntax(reader, kind, 20305)
        tail += f" MATCH {kind.upper()}"
    while reader.at("on", "delete") or reader.at("on", "update"):
        reader.take()
        tail += f" ON {reader.take().key.upper()} {_action(reader)}"
    refuse_deferrable(reader)
    return ForeignKey(columns, table, referenced, tail)


def refuse_deferrable(reader: Reader) -> None:
    """DEFERRABLE and INITIALLY … are not implemented by CockroachDB (sql.y, opt_deferrable)."""
    if reader.at("deferrable") or reader.at("initially"):
        raise unimplemented_syntax(reader, reader.token.key, 31632)


def _action(reader: Reader) -> str:
    first = reader.one_of(*_ACTIONS)
    if first == "no":
        reader.expect("action")
        return "NO ACTION"
    if first == "set":
        second = reader.one_of("null", "default")
        if second is None:
            raise reader.fault()
        return f"SET {second.upper()}"
    if first is None:
        raise reader.fault()
    return first.upper()
