"""The actions of ALTER TABLE on columns: ADD, DROP, ALTER, RENAME COLUMN (sql.y alter_table_cmd).

What CockroachDB refuses of them is known to the server only: sql/73_ddl_columns.sql and 75_ddl_types.sql.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster.embedded.dialect.ddl import behavior, expression, helper, procedure
from cluster.embedded.dialect.ddl_column import column, identity_options, set_on_update
from cluster.embedded.dialect.kept import DEFAULT, kept
from cluster.embedded.dialect.model import Refusal, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import name_of, quote_name, quote_string, render, words
from cluster.embedded.dialect.types import parse_type

if TYPE_CHECKING:
    from cluster.embedded.dialect.ddl_alter import Change


_SEQUENCE_WORDS = words("increment minvalue maxvalue no start restart cache cycle sequence")


def add_column(reader: Reader, change: Change) -> None:
    """[COLUMN] [IF NOT EXISTS] definition, after ADD."""
    reader.accept("column")
    if_not_exists = reader.accept("if", "not", "exists")
    name = name_of(reader.token)
    change.new_columns.add(name)
    made = column(reader)
    if made.primary:
        raise Refusal("42611", f'multiple primary keys for table "{change.path[-1]}" are not allowed')
    clauses = " ".join(made.clauses)
    if "nextval" in clauses:
        # docs, "ALTER TABLE", known limitations of ADD COLUMN
        raise unsupported("ADD COLUMN with a sequence in its DEFAULT")
    identity = str(" AS IDENTITY" in clauses).lower()
    add = quote_string(f"{change.head()} ADD COLUMN {made.sql()}")
    change.after.append(procedure("add_column", *change.arguments(made.name), identity, add))
    change.after += made.steps(change.path)
    if made.family is not None:
        change.after.append(helper("join_family", *change.arguments(made.name, *made.family)))
    change.after += [change.add_constraint(constraint) for constraint in made.constraints]
    if if_not_exists:
        change.condition = f"crdb_catalog.column_is_new({', '.join(change.arguments(made.name))})"


def drop_column(reader: Reader, change: Change) -> None:
    """[COLUMN] [IF EXISTS] name [CASCADE | RESTRICT], after DROP."""
    reader.accept("column")
    if_exists = reader.accept("if", "exists")
    name = reader.name()
    how = behavior(reader)
    if reader.settings.sql_safe_updates:
        raise Refusal(
            "01000",
            "rejected (sql_safe_updates = true): ALTER TABLE DROP COLUMN will remove all data in that column "
            "and drop any indexes that reference that column",
        )
    change.before.append(helper("may_drop_column", *change.arguments(name), str(how == " CASCADE").lower()))
    change.before.append(helper("drop_shards_of", *change.arguments(name)))
    drop = f"{change.head()} DROP COLUMN {quote_name(name)}{how}"
    change.after.append(helper("quietly", quote_string(drop)))
    if if_exists:
        change.condition = f"NOT crdb_catalog.column_is_missing({', '.join(change.arguments(name))})"


def rename_column(reader: Reader, change: Change) -> None:
    """[COLUMN] name TO name, after RENAME."""
    reader.accept("column")
    old = reader.name()
    reader.expect("to")
    change.before.append(helper("may_rename_column", *change.arguments(old)))
    change.after.append(helper("rename_column", *change.arguments(old, reader.name())))


def alter_column(reader: Reader, change: Change) -> None:
    """Everything after ALTER [COLUMN]."""
    name = reader.name()
    head = f"ALTER COLUMN {quote_name(name)}"
    if reader.accept("set", "data", "type") or reader.accept("type"):
        _change_type(reader, change, name)
        return
    change.before.append(helper("check_expiration", *change.arguments(name), "'alter'"))
    if reader.accept("set", "default"):
        change.before.append(helper("may_have_default", *change.arguments(name), "false"))
        change.actions.append(f"{head} SET DEFAULT {kept(reader.rest(), reader.settings, DEFAULT)}")
    elif reader.accept("drop", "default"):
        change.before.append(helper("may_have_default", *change.arguments(name), "true"))
        change.actions.append(f"{head} DROP DEFAULT")
    elif reader.accept("set", "on", "update"):
        change.after.append(set_on_update(change.path, name, expression(reader.rest(), reader.settings)))
    elif reader.accept("drop", "on", "update"):
        change.after.append(set_on_update(change.path, name, None))
    elif reader.accept("set", "not", "null"):
        change.before.append(helper("may_be_not_null", *change.arguments(name)))
        change.actions.append(f"{head} SET NOT NULL")
    elif reader.accept("drop", "not", "null"):
        change.before.append(helper("may_be_null", *change.arguments(name)))
        change.actions.append(f"{head} DROP NOT NULL")
    elif reader.accept("drop", "stored"):
        change.before.append(helper("may_drop_stored", *change.arguments(name)))
        change.actions.append(f"{head} DROP EXPRESSION")
    elif reader.accept("set", "visible"):
        change.after.append(helper("mark_hidden", *change.arguments(name), "false"))
    elif reader.accept("set", "not", "visible"):
        change.after.append(helper("mark_hidden", *change.arguments(name), "true"))
    elif reader.accept("drop", "identity"):
        maybe = " IF EXISTS" if reader.accept("if", "exists") else ""
        change.actions.append(f"{head} DROP IDENTITY{maybe}")
    elif reader.accept("add", "generated"):
        when = _generated(reader)
        reader.expect("as", "identity")
        options = identity_options(reader)
        change.actions.append(f"{head} ADD GENERATED {when} AS IDENTITY{options}")
    elif reader.accept("set", "generated"):
        change.actions.append(f"{head} SET GENERATED {_generated(reader)}")
    elif reader.at("restart") or (reader.at("set") and reader.peek(1).key in _SEQUENCE_WORDS):
        raise unsupported("ALTER COLUMN … SET of an identity column's sequence")
    else:
        raise reader.fault()


def _generated(reader: Reader) -> str:
    if reader.accept("always"):
        return "ALWAYS"
    reader.expect("by", "default")
    return "BY DEFAULT"


def _change_type(reader: Reader, change: Change, name: str) -> None:
    kind = parse_type(reader)
    if kind.serial:
        raise unsupported("change to a SERIAL type")
    using = source = "NULL"
    if reader.accept("using"):
        tokens = reader.rest()
        source = quote_string(render(tokens).strip())
        using = quote_string(expression(tokens, reader.settings))
    change.after.append(
        helper(
            "change_type",
            *change.arguments(name, kind.sql),
            str(kind.mark),
            using,
            source,
            str(change.combined).lower(),
        )
    )
