"""Which schema changes are jobs, and how SHOW JOBS describes them.

What CockroachDB can do in the statement's own transaction is no job: CREATE TABLE, SEQUENCE, TYPE, SCHEMA,
VIEW, DATABASE, RENAME of a table, COMMENT ON. An ALTER TABLE is one even when there is nothing to backfill:
the table has to be locked again (schema_locked). Sources: pkg/sql/schemachanger/testdata/end_to_end
(create_index, drop_table, drop_schema, truncate, alter_table_*: "create job #1 …"), pkg/sql/alter_type.go and
alter_table_owner.go. TRUNCATE is declarative since v25.4 (cockroachdb/cockroach#153365), ALTER TYPE not
before v26.3 (pkg/sql/schemachanger/scbuild/internal/scbuildstmt/alter_type.go, isV263Active).
The description is the statement printed again with full names (MakeDeclarativeSchemaChangeJobRecord).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cluster.embedded.dialect.jobs_alter import alter_table
from cluster.embedded.dialect.model import Job, Refusal, Settings
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.reprint import expression, name, qualified, rest
from cluster.embedded.dialect.tokens import Kind, Token, split_commas

DECLARATIVE, LEGACY, TYPE = "NEW SCHEMA CHANGE", "SCHEMA CHANGE", "TYPEDESC SCHEMA CHANGE"
GARBAGE = "SCHEMA CHANGE GC"


def job_of(tokens: Sequence[Token], settings: Settings) -> Job | None:
    """The job of a schema change that was understood already; None if it is done without one."""
    reader = Reader(tokens, settings)
    rule = reader.leading(_RULES)
    if rule is None:
        return None
    try:
        return rule(reader)
    except Refusal:  # syntax that is printed again in a way that is not known here
        return Job(DECLARATIVE, " ".join(token.text for token in reader.tokens))


def _flag(reader: Reader, *keys: str) -> str:
    """These words if they are next, with a blank after them; else nothing."""
    return " ".join(keys).upper() + " " if reader.accept(*keys) else ""


def _create_index(reader: Reader) -> Job:
    """tree.CreateIndex."""
    reader.expect("create")
    text = "CREATE " + _flag(reader, "unique") + _flag(reader, "inverted") + _flag(reader, "vector")
    reader.expect("index")
    text += "INDEX " + _flag(reader, "concurrently") + _flag(reader, "if", "not", "exists")
    if not reader.at("on"):
        text += name(reader.name()) + " "
    reader.expect("on")
    text += f"ON {qualified(reader.path(), reader.settings)} "
    if reader.accept("using"):
        method = reader.name()
        text += {"gin": "USING gin ", "hash": ""}.get(method, "")
    text += f"({index_elements(reader)})" + index_options(reader)
    return Job(DECLARATIVE, text, garbage=text)


def index_elements(reader: Reader) -> str:
    """The columns of an index in parentheses at the cursor, without them."""
    parts = []
    for part in split_commas(reader.bracketed()):
        tail = ""
        while len(part) > 1 and part[-1].key in ("asc", "desc", "first", "last", "nulls"):
            tail = f" {part[-1].key.upper()}{tail}"
            part = part[:-1]
        parts.append(expression(part, reader.settings) + tail)
    return ", ".join(parts)


def index_options(reader: Reader) -> str:
    """What follows the columns of an index, to the end."""
    text = " USING HASH" if reader.accept("using", "hash") else ""
    if reader.one_of("storing", "covering", "include"):
        text += f" STORING ({', '.join(name(column) for column in reader.names())})"
    if reader.accept("with"):
        text += f" WITH ({expression(reader.bracketed(), reader.settings)})"
    if reader.accept("where"):
        taken = []
        while not reader.done and not (reader.at("not", "visible") or reader.at("visible")):
            taken.append(reader.take())
        text += f" WHERE {expression(taken, reader.settings)}"
    if reader.accept("not", "visible"):
        text += " NOT VISIBLE"
    return text


def _table_index(reader: Reader) -> str:
    path = reader.path()
    if reader.token.kind is Kind.OP and reader.accept("@"):
        return f"{qualified(path, reader.settings)}@{name(reader.name())}"
    return ".".join(name(part) for part in path)


def _drop_index(reader: Reader) -> Job:
    """tree.DropIndex."""
    reader.expect("drop", "index")
    text = "DROP INDEX " + _flag(reader, "concurrently") + _flag(reader, "if", "exists")
    found = [_table_index(reader)]
    while reader.accept(","):
        found.append(_table_index(reader))
    text += ", ".join(found) + rest(reader)
    return Job(DECLARATIVE, text, garbage=text)


def _alter_index(reader: Reader) -> Job:
    reader.expect("alter", "index")
    text = "ALTER INDEX " + _flag(reader, "if", "exists") + _table_index(reader)
    if reader.accept("rename", "to"):
        text += f" RENAME TO {name(reader.name())}"
    return Job(DECLARATIVE, text + rest(reader))


def _dropping(kind: str, *, data: bool, qualify: bool = True) -> Callable[[Reader], Job]:
    """DROP of relations. data: there is something for the garbage collector to remove."""

    def rule(reader: Reader) -> Job:
        reader.expect("drop", *kind.lower().split())
        text = f"DROP {kind} " + _flag(reader, "if", "exists")
        names: list[str] = []
        while not names or reader.accept(","):
            path = reader.path()
            database = [] if qualify or len(path) > 1 or kind == "DATABASE" else [reader.settings.database]
            names.append(
                qualified(path, reader.settings) if qualify else ".".join(map(name, [*database, *path]))
            )
        text += ", ".join(names) + rest(reader)
        return Job(DECLARATIVE, text, garbage=text if data else "")

    return rule


def _drop_schema(reader: Reader) -> Job:
    made = _dropping("SCHEMA", data=False, qualify=False)(reader)
    return made if not made.description.endswith("CASCADE") else _with_garbage(made)


def _with_garbage(made: Job) -> Job:
    return Job(made.kind, made.description, garbage=made.description)


def _truncate(reader: Reader) -> Job:
    """tree.Truncate."""
    reader.expect("truncate")
    reader.accept("table")
    names = [qualified(reader.path(), reader.settings)]
    while reader.accept(","):
        names.append(qualified(reader.path(), reader.settings))
    text = f"TRUNCATE TABLE {', '.join(names)}{rest(reader)}"
    return Job(DECLARATIVE, text, garbage=text)


def _alter_type(reader: Reader) -> Job:
    """tree.AlterType: the members of an enum change in a job of their own kind."""
    reader.expect("alter", "type")
    text = f"ALTER TYPE {qualified(reader.path(), reader.settings)}"
    if reader.accept("rename", "to"):
        text += f" RENAME TO {name(reader.name())}"
    elif reader.accept("owner", "to"):
        text += f" OWNER TO {name(reader.name())}"
    elif reader.accept("set", "schema"):
        text += f" SET SCHEMA {name(reader.name())}"
    return Job(TYPE, text + rest(reader))


_RULES: dict[str, Callable[[Reader], Job | None]] = {
    "create index": _create_index,
    "create unique index": _create_index,
    "create inverted index": _create_index,
    "create unique inverted": _create_index,
    "drop index": _drop_index,
    "alter index": _alter_index,
    "alter table": alter_table,
    "drop table": _dropping("TABLE", data=True),
    "drop view": _dropping("VIEW", data=False),
    "drop materialized view": _dropping("MATERIALIZED VIEW", data=True),
    "drop sequence": _dropping("SEQUENCE", data=True),
    "drop type": _dropping("TYPE", data=False),
    "drop schema": _drop_schema,
    "drop database": _dropping("DATABASE", data=True, qualify=False),
    "truncate": _truncate,
    "alter type": _alter_type,
}
