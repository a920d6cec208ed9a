"""ALTER TABLE (docs, "ALTER TABLE"; sql.y alter_table_cmd)."""

from __future__ import annotations

from dataclasses import dataclass, field

from cluster.embedded.dialect.ddl import (
    behavior,
    ddl,
    helper,
    new_name,
    relation,
    schema_of,
    sql_name,
)
from cluster.embedded.dialect.ddl_alter_column import add_column, alter_column, drop_column, rename_column
from cluster.embedded.dialect.ddl_constraint import Constraint, check_name, table_constraint
from cluster.embedded.dialect.ddl_primary_key import alter_primary_key, primary_key_step
from cluster.embedded.dialect.model import CatalogNeeded, Notice, Refusal, Settings, Statement, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.storage import Parameters, reset_parameters, table_parameters
from cluster.embedded.dialect.tokens import Token, quote_name, quote_string, words


@dataclass(slots=True)
class Change:
    """What an ALTER TABLE does: steps before, actions of one ALTER TABLE of PostgreSQL's, steps after."""

    path: list[str]
    settings: Settings
    if_exists: bool = False
    before: list[str] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    condition: str = ""  # SQL: the action is taken only if it holds
    combined: bool = False  # one of several actions
    new_key: bool = False  # one of the actions adds a primary key

    def flush(self) -> None:
        """One action is read: its steps follow those of the actions before it."""
        found = list(self.before)
        if self.actions:
            found.append(f"{self.head()} {', '.join(self.actions)}")
        found += self.after
        if self.condition and found:
            nothing = "ELSE\nPERFORM crdb_catalog.nothing_done();\n"
            found = [f"IF {self.condition} THEN\n" + ";\n".join(found) + f";\n{nothing}END IF"]
        self.steps += found
        self.before, self.actions, self.after, self.condition = [], [], [], ""

    def add_constraint(self, constraint: Constraint) -> str:
        """The step that adds it."""
        self.notices += constraint.notices
        if constraint.kind == "primary":
            return primary_key_step(self.path, constraint)
        return constraint.step(self.path, self.name_check)

    @property
    def table(self) -> str:
        return sql_name(self.path)

    def head(self) -> str:
        return f"ALTER TABLE {'IF EXISTS ' if self.if_exists else ''}{self.table}"

    def arguments(self, *names: str) -> tuple[str, ...]:
        return (schema_of(self.path), quote_string(self.path[-1]), *(quote_string(name) for name in names))

    def name_check(self, tokens: list[Token]) -> str:
        """The generated name of a CHECK; the server makes it free (crdb_catalog.add_constraint)."""
        if self.settings.catalog is None:
            raise CatalogNeeded
        info = self.settings.catalog.find(self.path[-1], self.path[0] if len(self.path) > 1 else None)
        columns = {*info.visible, *info.hidden} if info else set()
        return check_name(tokens, columns | self.new_columns)

    new_columns: set[str] = field(default_factory=set)


def alter_table(reader: Reader) -> Statement:
    """ALTER TABLE [IF EXISTS] name action, … Raises Refusal, CatalogNeeded."""
    reader.expect("alter", "table")
    if_exists = reader.accept("if", "exists")
    change = Change(relation(reader), reader.settings, if_exists)
    if _moves(reader):
        _alone(reader, change)
    else:
        parts = reader.parts()
        change.combined = len(parts) > 1
        change.new_key = any(_adds_key(inner) for inner in parts)
        for inner in parts:
            _action(inner, change)
            inner.finish()
            change.flush()
    change.flush()
    steps = change.steps
    if if_exists and steps:
        condition = f"crdb_catalog.is_there({schema_of(change.path)}, {quote_string(change.path[-1])})"
        steps = [f"IF {condition} THEN\n" + ";\n".join(steps) + ";\nEND IF"]
    return ddl(steps, "ALTER TABLE", notices=tuple(change.notices))


def _adds_key(reader: Reader) -> bool:
    """Whether an action is ADD [CONSTRAINT name] PRIMARY KEY."""
    if not reader.at("add"):
        return False
    start = 3 if reader.peek(1).key == "constraint" else 1
    return reader.peek(start).key == "primary" and reader.peek(start + 1).key == "key"


def _moves(reader: Reader) -> bool:
    return reader.at("rename", "to") or reader.at("set", "schema") or reader.at("owner")


def _alone(reader: Reader, change: Change) -> None:
    """The forms that stand alone in both dialects."""
    if reader.accept("rename", "to"):
        change.before.append(helper("may_rename", *change.arguments("table", "rename")))
        change.after.append(helper("rename_relation", *change.arguments(new_name(reader, change.path))))
    elif reader.accept("set", "schema"):
        change.before.append(helper("may_rename", *change.arguments("table", "set schema on")))
        change.before.append(helper("make_way", *change.arguments(new := reader.name())))
        change.after.append(f"{change.head()} SET SCHEMA {quote_name(new)}")
    else:
        reader.expect("owner", "to")
        owner = reader.name()
        change.before.append(helper("note_owner", *change.arguments(owner)))
        change.after.append(f"{change.head()} OWNER TO {quote_name(owner)}")
    reader.finish()


def _action(reader: Reader, change: Change) -> None:
    if reader.accept("add"):
        _add(reader, change)
    elif reader.accept("drop"):
        _drop(reader, change)
    elif reader.accept("alter", "primary", "key"):
        change.after.append(change.add_constraint(alter_primary_key(reader)))
    elif reader.accept("alter"):
        reader.accept("column")
        alter_column(reader, change)
    elif reader.accept("validate", "constraint"):
        change.after.append(helper("validate_constraint", *change.arguments(reader.name())))
    elif reader.at("set", "("):
        reader.take()
        _store(change, table_parameters(reader))
    elif reader.at("reset", "("):
        reader.take()
        _store(change, reset_parameters(reader))
    elif reader.accept("rename", "constraint"):
        old = reader.name()
        reader.expect("to")
        change.after.append(helper("rename_constraint", *change.arguments(old, reader.name())))
    elif reader.at("rename", "to") or reader.at("set", "schema") or reader.at("owner"):
        raise reader.fault()
    elif reader.accept("rename"):
        rename_column(reader, change)
    elif not reader.done:
        words = [reader.peek(n).text.upper() for n in range(2) if reader.peek(n).text]
        raise (
            unsupported(f"ALTER TABLE … {' '.join(words)}") if reader.token.key in _LATER else reader.fault()
        )
    else:
        raise reader.fault()


def _store(change: Change, parameters: Parameters) -> None:
    named = {*parameters.kept, *parameters.resets}
    if "schema_locked" in named and len(named) > 1:
        # logic test schema_locked
        raise Refusal(
            "22023",
            '"schema_locked" can only be set/reset on its own without other parameters in a single-statement '
            "implicit transaction.",
        )
    change.notices += parameters.notices
    # Without any, all that is left to say is whether the table is there.
    step = parameters.store(change.path) if named else helper("existing", *change.arguments())
    change.after.append(step)


# Actions that CockroachDB has and the embedded cluster has not (yet).
_LATER = words(
    """
    set partition locality split unsplit configure scatter experimental_relocate experimental_audit
    inject enable disable force no relocate reset
    """
)


def _add(reader: Reader, change: Change) -> None:
    if reader.token.key in ("constraint", "check", "unique", "foreign", "primary", "exclude"):
        change.after.append(change.add_constraint(table_constraint(reader)))
        return
    add_column(reader, change)


def _drop(reader: Reader, change: Change) -> None:
    if reader.accept("constraint"):
        if_exists = reader.accept("if", "exists")
        name = reader.name()
        how = behavior(reader)
        change.after.append(
            helper(
                "drop_constraint",
                *change.arguments(name),
                str(if_exists).lower(),
                str(how == " CASCADE").lower(),
                str(change.new_key).lower(),
            )
        )
        return
    drop_column(reader, change)
