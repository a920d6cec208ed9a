"""The definition of a column, in CREATE TABLE and in ALTER TABLE … ADD COLUMN (sql.y: column_table_def)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cluster.embedded.dialect.ddl import expression, helper, inner_expression, schema_of, sql_name, until
from cluster.embedded.dialect.ddl_constraint import FREE_NAME, CheckNamer, Constraint, references
from cluster.embedded.dialect.model import Refusal, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tables import mark_column
from cluster.embedded.dialect.tokens import is_name, quote_name, quote_string, words
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
    on_update: str = ""  # an expression
    family: tuple[str, str] | None = None  # name ("": generated), and create, maybe (IF NOT EXISTS) or ""

    def steps(self, path: Sequence[str]) -> list[str]:
        """What is to be done of it once the table has it; path: the table's."""
        found = [mark_column(sql_name(path), self.name, self.mark)] if self.mark else []
        if self.on_update:
            found.append(set_on_update(path, self.name, self.on_update))
        return found

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
    elif reader.accept("on", "update"):
        if made.on_update:
            raise Refusal("42601", f'multiple ON UPDATE values specified for column "{made.name}"')
        made.on_update = expression(until(reader, _QUALIFIERS), reader.settings)
    elif reader.at("family") or reader.at("create"):
        _family(reader, made)
    elif reader.at("collate"):
        raise unsupported("COLLATE on a column")
    else:
        raise reader.fault()


def _family(reader: Reader, made: Column) -> None:
    create = ""
    if reader.accept("create"):
        create = "maybe" if reader.accept("if", "not", "exists") else "create"
    reader.expect("family")
    named = not reader.done and is_name(reader.token) and reader.token.key not in _QUALIFIERS
    if not named and create != "create":
        raise reader.fault()
    made.family = (reader.name() if named else "", create)


def set_on_update(path: Sequence[str], column_name: str, text: str | None) -> str:
    """The step that sets the expression of ON UPDATE, or drops it (None)."""
    table = f"crdb_catalog.existing({schema_of(path)}, {quote_string(path[-1])})"
    return helper(
        "set_on_update", table, quote_string(column_name), "NULL" if text is None else quote_string(text)
    )


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
    made.clauses.append(f"GENERATED {when} AS IDENTITY{identity_options(reader)}")


def identity_options(reader: Reader) -> str:
    """The options of the sequence of an identity column, in parentheses; "" for none."""
    return f" ({' '.join(token.text for token in reader.bracketed())})" if reader.at("(") else ""


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
