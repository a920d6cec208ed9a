"""Constraints of a table: CHECK, UNIQUE, PRIMARY KEY, FOREIGN KEY; names (sql.y: constraint_elem)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cluster.embedded.dialect.ddl import expression, relation, sql_name
from cluster.embedded.dialect.model import unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import Token, is_name, name_of, quote_name, quote_string, split_commas

# Between two of these stands a name for which only the server can find a free one: crdb_catalog.run.
FREE_NAME = "\x02"
_ACTIONS = ("no", "cascade", "restrict", "set")

CheckNamer = Callable[[list[Token]], str]


@dataclass(slots=True)
class Constraint:
    """A constraint. kind: check, unique, primary or foreign; definition: its SQL without a name."""

    kind: str
    name: str
    definition: str
    columns: tuple[str, ...] = ()
    generated: bool = False
    if_not_exists: bool = False
    expression: str = ""  # of a CHECK

    @property
    def sql(self) -> str:
        """As it stands in CREATE TABLE."""
        if not self.name:
            return self.definition
        if self.kind == "check":
            checked = f"crdb_catalog.checked(({self.expression}), tableoid, {quote_string(self.name)})"
            unchecked = " NOT VALID" if self.definition.endswith(" NOT VALID") else ""
            return f"CONSTRAINT {quote_name(self.name)} CHECK ({checked}){unchecked}"
        free = self.kind in ("unique", "primary")
        name = f"{FREE_NAME}{self.name}{FREE_NAME}" if free else self.name
        return f"CONSTRAINT {quote_name(name)} {self.definition}"


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


def table_constraint(reader: Reader, name_check: CheckNamer) -> Constraint:
    """[CONSTRAINT [IF NOT EXISTS] name] CHECK | UNIQUE | PRIMARY KEY | FOREIGN KEY …, to the reader's end."""
    name, if_not_exists = "", False
    if reader.accept("constraint"):
        if_not_exists = reader.accept("if", "not", "exists")
        name = reader.name()
    generated = not name
    columns: list[str] = []
    condition = ""
    if reader.accept("check"):
        kind, tokens = "check", reader.bracketed()
        name = name or name_check(tokens)
        condition = expression(tokens, reader.settings)
        definition = f"CHECK ({condition})"
    elif reader.accept("unique"):
        if reader.accept("without"):
            raise unsupported("UNIQUE WITHOUT INDEX")
        kind = "unique"
        columns, definition = _key(reader)
        definition = f"UNIQUE {definition}"
    elif reader.accept("primary", "key"):
        kind = "primary"
        columns, definition = _key(reader)
        definition = f"PRIMARY KEY {definition}"
    elif reader.accept("foreign", "key"):
        kind, columns = "foreign", reader.names()
        reader.expect("references")
        listed = ", ".join(quote_name(column) for column in columns)
        definition = f"FOREIGN KEY ({listed}) {references(reader)}"
    else:
        raise reader.fault()
    if reader.accept("not", "valid"):
        if kind in ("unique", "primary"):
            raise reader.fault()
        definition += " NOT VALID"
    reader.finish()
    return Constraint(kind, name, definition, tuple(columns), generated, if_not_exists, condition)


def _key(reader: Reader) -> tuple[list[str], str]:
    columns = []
    for part in split_commas(reader.bracketed()):
        if not part:
            raise reader.fault()
        if not is_name(part[0]) or len(part) > 2:
            raise unsupported("expression in a constraint")
        if len(part) == 2 and part[1].key == "desc":
            raise unsupported("DESC in a PRIMARY KEY or UNIQUE constraint")
        columns.append(name_of(part[0]))
    sql = f"({', '.join(quote_name(column) for column in columns)})"
    if reader.at("using", "hash"):
        raise unsupported("hash-sharded index")
    if reader.one_of("storing", "covering", "include"):
        sql += f" INCLUDE ({', '.join(quote_name(name) for name in reader.names())})"
    if reader.at("where"):
        raise unsupported("partial UNIQUE constraint")
    return columns, sql


def references(reader: Reader) -> str:
    """REFERENCES table [(columns)] [MATCH …] [ON DELETE …] [ON UPDATE …], the cursor after REFERENCES."""
    sql = f"REFERENCES {sql_name(relation(reader))}"
    if reader.at("("):
        sql += f" ({', '.join(quote_name(name) for name in reader.names())})"
    if reader.accept("match"):
        kind = reader.one_of("full", "simple", "partial")
        if kind in (None, "partial"):
            raise unsupported("MATCH PARTIAL")
        sql += f" MATCH {str(kind).upper()}"
    while reader.at("on", "delete") or reader.at("on", "update"):
        reader.take()
        sql += f" ON {reader.take().key.upper()} {_action(reader)}"
    if reader.at("deferrable") or reader.at("initially", "deferred"):
        raise unsupported("deferrable constraint")
    if not reader.accept("not", "deferrable"):
        reader.accept("initially", "immediate")
    return sql


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
