"""ALTER TABLE (docs, "ALTER TABLE"; sql.y alter_table_cmd)."""

from __future__ import annotations

from dataclasses import dataclass, field

from cluster.embedded.dialect.ddl import (
    behaviour,
    ddl,
    expression,
    helper,
    relation,
    schema_of,
    sql_name,
    storage_parameters,
)
from cluster.embedded.dialect.ddl_column import column
from cluster.embedded.dialect.ddl_constraint import FREE_NAME, Constraint, check_name, table_constraint
from cluster.embedded.dialect.ddl_table import set_schema_locked, table_settings
from cluster.embedded.dialect.model import CatalogueNeeded, Refusal, Settings, Statement, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tables import mark_column
from cluster.embedded.dialect.tokens import Token, name_of, quote_name, quote_string, words
from cluster.embedded.dialect.types import parse_type


@dataclass(slots=True)
class _Change:
    """What an ALTER TABLE does: steps before, actions of one ALTER TABLE of PostgreSQL's, steps after."""

    path: list[str]
    settings: Settings
    if_exists: bool = False
    before: list[str] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)

    @property
    def table(self) -> str:
        return sql_name(self.path)

    def head(self) -> str:
        return f"ALTER TABLE {'IF EXISTS ' if self.if_exists else ''}{self.table}"

    def arguments(self, *names: str) -> tuple[str, ...]:
        return (schema_of(self.path), quote_string(self.path[-1]), *(quote_string(name) for name in names))

    def name_check(self, tokens: list[Token]) -> str:
        """The generated name of a CHECK; the server makes it free (crdb_catalog.add_constraint)."""
        if self.settings.catalogue is None:
            raise CatalogueNeeded
        info = self.settings.catalogue.find(self.path[-1], self.path[0] if len(self.path) > 1 else None)
        columns = {*info.visible, *info.hidden} if info else set()
        return check_name(tokens, columns | self.new_columns)

    new_columns: set[str] = field(default_factory=set)


def alter_table(reader: Reader) -> Statement:
    """ALTER TABLE [IF EXISTS] name action, … Raises Refusal, CatalogueNeeded."""
    reader.expect("alter", "table")
    if_exists = reader.accept("if", "exists")
    change = _Change(relation(reader), reader.settings, if_exists)
    if reader.at("rename") or reader.at("set", "schema") or reader.at("owner"):
        _alone(reader, change)
    else:
        for inner in reader.parts():
            _action(inner, change)
            inner.finish()
    steps = list(change.before)
    if change.actions:
        main = f"{change.head()} {', '.join(change.actions)}"
        steps.append(helper("run", schema_of(change.path), quote_string(main)) if FREE_NAME in main else main)
    steps += change.after
    if if_exists and len(steps) > 1:
        condition = f"crdb_catalog.is_there({schema_of(change.path)}, {quote_string(change.path[-1])})"
        steps = [f"IF {condition} THEN\n" + ";\n".join(steps) + ";\nEND IF"]
    return ddl(steps, "ALTER TABLE")


def _alone(reader: Reader, change: _Change) -> None:
    """The forms that PostgreSQL does not take in a list."""
    if reader.accept("rename", "to"):
        new = reader.name()
        change.before.append(
            f"PERFORM crdb_catalog.free({schema_of(change.path)}, {quote_string(new)}, false)"
        )
        change.after.append(f"{change.head()} RENAME TO {quote_name(new)}")
    elif reader.accept("rename", "constraint"):
        old = reader.name()
        reader.expect("to")
        change.after.append(helper("rename_constraint", *change.arguments(old, reader.name())))
    elif reader.accept("rename"):
        reader.accept("column")
        reader.accept("if", "exists")
        old = reader.name()
        reader.expect("to")
        change.after.append(f"{change.head()} RENAME COLUMN {quote_name(old)} TO {quote_name(reader.name())}")
    elif reader.accept("set", "schema"):
        change.after.append(f"{change.head()} SET SCHEMA {quote_name(reader.name())}")
    else:
        reader.expect("owner", "to")
        change.after.append(f"{change.head()} OWNER TO {quote_name(reader.name())}")
    reader.finish()


def _action(reader: Reader, change: _Change) -> None:
    if reader.accept("add"):
        _add(reader, change)
    elif reader.accept("drop"):
        _drop(reader, change)
    elif reader.at("alter", "primary", "key"):
        raise unsupported("ALTER PRIMARY KEY")
    elif reader.accept("alter"):
        reader.accept("column")
        _alter_column(reader, change)
    elif reader.accept("validate", "constraint"):
        change.actions.append(f"VALIDATE CONSTRAINT {quote_name(reader.name())}")
    elif reader.at("set", "("):
        reader.take()
        for name, value in table_settings(storage_parameters(reader)).items():
            assert name == "schema_locked"
            change.after.append(set_schema_locked(change.table, value))
    elif reader.at("reset", "("):
        reader.take()
        if set(reader.names()) != {"schema_locked"}:
            raise unsupported("RESET of this storage parameter")
        change.after.append(set_schema_locked(change.table, "false"))
    elif reader.at("rename"):
        raise reader.fault()
    elif not reader.done:
        words = [reader.peek(n).text.upper() for n in range(2) if reader.peek(n).text]
        raise (
            unsupported(f"ALTER TABLE … {' '.join(words)}") if reader.token.key in _LATER else reader.fault()
        )
    else:
        raise reader.fault()


# Actions that CockroachDB has and the embedded cluster has not (yet).
_LATER = words(
    """
    set partition locality split unsplit configure scatter experimental_relocate experimental_audit
    inject enable disable force no relocate reset
    """
)


def _add(reader: Reader, change: _Change) -> None:
    if reader.token.key in ("constraint", "check", "unique", "foreign", "primary"):
        constraint = table_constraint(reader, change.name_check)
        if constraint.kind == "primary":
            change.before.append(helper("drop_rowid_key", *change.arguments()))
        change.after.append(_add_constraint(change, constraint))
        return
    reader.accept("column")
    if_not_exists = reader.accept("if", "not", "exists")
    change.new_columns.add(name_of(reader.token))
    made = column(reader, change.name_check)
    free = "IF NOT EXISTS " if if_not_exists else ""
    change.actions.append(f"ADD COLUMN {free}{made.sql(checks=if_not_exists)}")
    if not if_not_exists:
        change.after += [_add_constraint(change, check) for check in made.checks]
    if made.mark:
        change.after.append(mark_column(change.table, made.name, made.mark))


# How a generated name ends (pkg/sql/catalog/tabledesc, docs "CREATE TABLE").
_SUFFIXES = {"unique": "key", "foreign": "fkey", "primary": "pkey"}


def _add_constraint(change: _Change, constraint: Constraint) -> str:
    columns = () if constraint.kind == "primary" else constraint.columns
    generated = "_".join([change.path[-1], *columns, _SUFFIXES.get(constraint.kind, "")])
    kind = "unique" if constraint.kind == "primary" else constraint.kind
    return helper(
        "add_constraint",
        *change.arguments(constraint.name or generated),
        str(constraint.generated).lower(),
        str(constraint.if_not_exists).lower(),
        quote_string(kind),
        quote_string(constraint.definition),
    )


def _drop(reader: Reader, change: _Change) -> None:
    if reader.accept("constraint"):
        if_exists = reader.accept("if", "exists")
        name = reader.name()
        how = behaviour(reader)
        change.after.append(
            helper(
                "drop_constraint",
                *change.arguments(name),
                str(if_exists).lower(),
                str(how == " CASCADE").lower(),
            )
        )
        return
    reader.accept("column")
    if_exists = reader.accept("if", "exists")
    name = reader.name()
    how = behaviour(reader)
    if reader.settings.sql_safe_updates:
        raise Refusal(
            "01000",
            "rejected (sql_safe_updates = true): ALTER TABLE DROP COLUMN will remove all data in that column "
            "and drop any indexes that reference that column",
        )
    change.before.append(helper("may_drop_column", *change.arguments(name), str(how == " CASCADE").lower()))
    change.actions.append(f"DROP COLUMN {'IF EXISTS ' if if_exists else ''}{quote_name(name)}{how}")


def _alter_column(reader: Reader, change: _Change) -> None:
    name = reader.name()
    head = f"ALTER COLUMN {quote_name(name)}"
    if reader.accept("set", "default"):
        change.actions.append(f"{head} SET DEFAULT {expression(reader.rest(), reader.settings)}")
    elif reader.accept("drop", "default"):
        change.actions.append(f"{head} DROP DEFAULT")
    elif reader.accept("set", "not", "null"):
        change.actions.append(f"{head} SET NOT NULL")
    elif reader.accept("drop", "not", "null"):
        change.before.append(helper("may_be_null", *change.arguments(name)))
        change.actions.append(f"{head} DROP NOT NULL")
    elif reader.accept("drop", "stored"):
        change.actions.append(f"{head} DROP EXPRESSION")
    elif reader.accept("set", "data", "type") or reader.accept("type"):
        kind = parse_type(reader)
        using = ""
        if reader.accept("using"):
            using = f" USING {expression(reader.rest(), reader.settings)}"
        if kind.serial:
            raise unsupported("change to a SERIAL type")
        change.before.append(helper("may_change_type", *change.arguments(name, kind.sql)))
        change.actions.append(f"{head} TYPE {kind.sql}{using}")
        change.after.append(helper("mark_type", *change.arguments(name), str(kind.mark)))
    elif reader.accept("set", "visible"):
        change.after.append(helper("mark_hidden", *change.arguments(name), "false"))
    elif reader.accept("set", "not", "visible"):
        change.after.append(helper("mark_hidden", *change.arguments(name), "true"))
    elif not reader.done and reader.token.key in ("set", "drop", "add", "restart"):
        raise unsupported(
            f"ALTER COLUMN … {reader.token.text.upper()} {reader.peek(1).text.upper()}".rstrip()
        )
    else:
        raise reader.fault()
