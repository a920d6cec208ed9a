"""The definition of a column, in CREATE TABLE and in ALTER TABLE … ADD COLUMN (sql.y: column_table_def)."""

from __future__ import annotations

from dataclasses import dataclass, field

from cluster.embedded.dialect.ddl import expression, inner_expression, until
from cluster.embedded.dialect.ddl_constraint import FREE_NAME, CheckNamer, Constraint, references
from cluster.embedded.dialect.model import unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import quote_name, words
from cluster.embedded.dialect.types import HIDDEN, parse_type

_QUALIFIERS = words(
    """
    not null unique primary check default references as generated constraint collate family create on
    stored visible
    """
)


@dataclass(slots=True)
class Column:
    """A column as PostgreSQL is to make it. mark: see tables.py."""

    name: str
    type: str
    mark: int = 0
    clauses: list[str] = field(default_factory=list)
    checks: list[Constraint] = field(default_factory=list)
    primary: bool = False

    def sql(self, *, checks: bool = True) -> str:
        """Its definition, with or without its checks."""
        kept = [check.sql for check in self.checks] if checks else []
        return " ".join([quote_name(self.name), self.type, *self.clauses, *kept])


def column(reader: Reader, name_check: CheckNamer) -> Column:
    """The column definition at the cursor, up to a comma or the end. Raises Refusal."""
    name = reader.name()
    kind = parse_type(reader)
    made = Column(name, kind.sql, kind.mark)
    if kind.serial:
        made.clauses += ["NOT NULL", "DEFAULT unique_rowid()"]
    while not reader.done and not reader.at(","):
        _clause(reader, made, name_check)
    return made


def _clause(reader: Reader, made: Column, name_check: CheckNamer) -> None:
    named = ""
    if reader.accept("constraint"):
        named = reader.name()
    if reader.accept("not", "null"):
        if "NOT NULL" not in made.clauses:
            made.clauses.append("NOT NULL")
    elif reader.accept("null"):
        made.clauses.append("NULL")
    elif reader.accept("not", "visible"):
        made.mark |= HIDDEN
    elif reader.accept("primary", "key"):
        made.primary = True
        made.clauses.append(_constraint(named, unique=True) + "PRIMARY KEY")
        _refuse_hash(reader)
    elif reader.accept("unique"):
        if reader.accept("without"):
            raise unsupported("UNIQUE WITHOUT INDEX")
        made.clauses.append(_constraint(named, unique=True) + "UNIQUE")
    elif reader.at("check"):
        reader.take()
        tokens = reader.bracketed()
        condition = expression(tokens, reader.settings)
        name = named or name_check(tokens)
        check = Constraint("check", name, f"CHECK ({condition})", generated=not named, expression=condition)
        made.checks.append(check)
    elif reader.accept("default"):
        made.clauses.append(f"DEFAULT {expression(until(reader, _QUALIFIERS), reader.settings)}")
    elif reader.accept("references"):
        made.clauses.append(_constraint(named) + references(reader))
    elif reader.accept("as"):
        _computed(reader, made)
    elif reader.accept("generated"):
        _generated(reader, made)
    elif reader.at("on", "update"):
        raise unsupported("ON UPDATE expression of a column")
    elif reader.at("family") or reader.at("create"):
        raise unsupported("column family")
    elif reader.at("collate"):
        raise unsupported("COLLATE on a column")
    else:
        raise reader.fault()


def _constraint(name: str, *, unique: bool = False) -> str:
    if not name:
        return ""
    return f"CONSTRAINT {quote_name(FREE_NAME + name + FREE_NAME if unique else name)} "


def _generated(reader: Reader, made: Column) -> None:
    if reader.accept("by", "default"):
        reader.expect("as", "identity")
        _identity(reader, made, "BY DEFAULT")
        return
    reader.expect("always", "as")
    if reader.accept("identity"):
        _identity(reader, made, "ALWAYS")
    else:
        _computed(reader, made)


def _identity(reader: Reader, made: Column, when: str) -> None:
    options = f" ({' '.join(token.text for token in reader.bracketed())})" if reader.at("(") else ""
    made.clauses.append(f"GENERATED {when} AS IDENTITY{options}")


def _computed(reader: Reader, made: Column) -> None:
    text = inner_expression(reader)
    if reader.accept("stored"):
        made.clauses.append(f"GENERATED ALWAYS AS {text} STORED")
    elif reader.accept("virtual"):
        made.clauses.append(f"GENERATED ALWAYS AS {text} VIRTUAL")
    else:
        raise reader.fault()


def _refuse_hash(reader: Reader) -> None:
    if reader.at("using", "hash"):
        raise unsupported("hash-sharded index")
