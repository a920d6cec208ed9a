"""The definition of a column, in CREATE TABLE and in ALTER TABLE … ADD COLUMN (sql.y: column_table_def)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cluster.embedded.dialect.ddl import expression, helper, schema_of, sql_name, until
from cluster.embedded.dialect.ddl_constraint import Constraint, check, references, without_index
from cluster.embedded.dialect.ddl_key import Element, Key, key
from cluster.embedded.dialect.kept import DEFAULT, STORED, VIRTUAL, kept
from cluster.embedded.dialect.model import unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tables import mark_column
from cluster.embedded.dialect.tokens import close_of, is_name, quote_name, quote_string, words
from cluster.embedded.dialect.types import HIDDEN, NOT_STORED, parse_type

_QUALIFIERS = words(
    """
    not null unique primary check default references as generated constraint collate family create on
    stored visible
    """
)


@dataclass(slots=True)
class Column:
    """A column as PostgreSQL is to make it. mark: see tables.py.

    constraints: its checks, its UNIQUE and REFERENCES, which become the table's; primary: its PRIMARY KEY.
    """

    name: str
    type: str
    mark: int = 0
    clauses: list[str] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)
    primary: Constraint | None = None
    on_update: str = ""  # an expression
    family: tuple[str, str] | None = None  # name ("": generated), and create, maybe (IF NOT EXISTS) or ""

    def steps(self, path: Sequence[str]) -> list[str]:
        """What is to be done of it once the table has it; path: the table's."""
        found = [mark_column(sql_name(path), self.name, self.mark)] if self.mark else []
        if self.on_update:
            found.append(set_on_update(path, self.name, self.on_update))
        return found

    def sql(self) -> str:
        """Its definition, without what is the table's."""
        return " ".join([quote_name(self.name), self.type, *self.clauses])

    def of_kind(self, *kinds: str) -> list[Constraint]:
        """Its constraints of these kinds, in order."""
        return [constraint for constraint in self.constraints if constraint.kind in kinds]

    def single_key(self) -> tuple[Element, ...]:
        """The column as the only element of a key."""
        return (Element(quote_name(self.name), self.name, self.name),)


def column(reader: Reader) -> Column:
    """The column definition at the cursor, up to a comma or the end. Raises Refusal."""
    name = reader.name()
    kind = parse_type(reader)
    made = Column(name, kind.sql, kind.mark)
    if kind.serial:
        made.clauses += ["NOT NULL", _SERIAL_DEFAULT]
    problems: list[str] = []
    while not reader.done and not reader.at(","):
        _clause(reader, made, problems)
    if problems:
        # The grammar finds out when it has read the whole definition (pkg/sql/sem/tree/create.go).
        raise reader.fault(message=f'{problems[0]} for column "{name}"')
    return made


_SERIAL_DEFAULT = "DEFAULT unique_rowid()"


def _clause(reader: Reader, made: Column, problems: list[str]) -> None:
    named = ""
    if reader.accept("constraint"):
        named = reader.name()
    if reader.accept("not", "null"):
        if "NULL" in made.clauses:
            problems.append("conflicting NULL/NOT NULL declarations")
        if "NOT NULL" not in made.clauses:
            made.clauses.append("NOT NULL")
    elif reader.accept("null"):
        if "NOT NULL" in made.clauses and _SERIAL_DEFAULT not in made.clauses:
            problems.append("conflicting NULL/NOT NULL declarations")
        made.clauses.append("NULL")
    elif reader.accept("not", "visible"):
        made.mark |= HIDDEN
    elif reader.accept("primary", "key"):
        made.primary = Constraint("primary", named, key=_single_key(reader, made))
    elif reader.accept("unique"):
        if reader.accept("without"):
            raise without_index()
        made.constraints.append(Constraint("unique", named, key=Key(made.single_key())))
    elif reader.accept("check"):
        made.constraints.append(check(reader, named))
    elif reader.accept("default"):
        if any(clause.startswith("DEFAULT ") and clause != _SERIAL_DEFAULT for clause in made.clauses):
            problems.append("multiple default values specified")
        made.clauses.append(f"DEFAULT {kept(until(reader, _QUALIFIERS), reader.settings, DEFAULT)}")
    elif reader.accept("references"):
        made.constraints.append(Constraint("foreign", named, foreign=references(reader, (made.name,))))
    elif reader.accept("as"):
        _computed(reader, made)
    elif reader.accept("generated"):
        _generated(reader, made)
    elif reader.accept("on", "update"):
        if made.on_update:
            problems.append("multiple ON UPDATE values specified")
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


def _single_key(reader: Reader, made: Column) -> Key:
    """A column's PRIMARY KEY [USING HASH [WITH (bucket_count = n)]]: other clauses may follow."""
    if not reader.at("using", "hash"):
        return Key(made.single_key())
    end = reader.position + 2
    if reader.peek(2).key == "with":
        end = close_of(reader.tokens, reader.position + 3) + 1
    inner = reader.part(reader.position, end)
    reader.position = end
    return key(inner, visible=False, parsed=made.single_key())


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
    how = "use AS ( <expr> ) STORED or AS ( <expr> ) VIRTUAL"
    if not reader.at("("):
        raise reader.fault(message=how)
    tokens = reader.bracketed()
    found = reader.one_of("stored", "virtual")
    if found is None:
        raise reader.fault(message=how)
    text = kept(tokens, reader.settings, STORED if found == "stored" else VIRTUAL)
    # A VIRTUAL column is kept as a stored one with a mark: PostgreSQL's own cannot be indexed.
    made.clauses.append(f"GENERATED ALWAYS AS ({text}) STORED")
    if found == "virtual":
        made.mark |= NOT_STORED


def _refuse_hash(reader: Reader) -> None:
    if reader.at("using", "hash"):
        raise unsupported("hash-sharded index")
