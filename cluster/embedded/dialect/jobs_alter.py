"""ALTER TABLE as SHOW JOBS describes it (pkg/sql/sem/tree/alter_table.go, create.go: Format)."""

from __future__ import annotations

from cluster.embedded.dialect.model import Job
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.reprint import expression, name, qualified, rest, type_at
from cluster.embedded.dialect.tokens import Token, split_commas, words

_DECLARATIVE, _LEGACY = "NEW SCHEMA CHANGE", "SCHEMA CHANGE"
# What a column's default or computed expression ends at.
_QUALIFIERS = words(
    "not null unique primary check default references as generated constraint family create on"
)
_CONSTRAINTS = words("constraint check unique foreign primary")


def alter_table(reader: Reader) -> Job | None:
    """The job of an ALTER TABLE; None for those that only change a name. Raises Refusal."""
    reader.expect("alter", "table")
    maybe = "IF EXISTS " if reader.accept("if", "exists") else ""
    head = f"ALTER TABLE {maybe}{qualified(reader.path(), reader.settings)}"
    # Without schema_locked and without a job (end_to_end/alter_table_rename).
    if reader.at("rename", "to") or reader.at("set", "schema"):
        return None
    if reader.accept("owner", "to"):
        return Job(_LEGACY, f"{head} OWNER TO {name(reader.name())}")
    parts = reader.parts()
    if all(part.at("set", "(", "schema_locked") or part.at("reset", "(", "schema_locked") for part in parts):
        return None
    found = [_command(part) for part in parts]
    text = f"{head} {', '.join(text for text, _ in found)}"
    return Job(_DECLARATIVE, text, garbage=text if any(rewrites for _, rewrites in found) else "")


def _command(reader: Reader) -> tuple[str, bool]:
    """One command, and whether it writes the table or an index anew."""
    if reader.accept("add"):
        if reader.token.key in _CONSTRAINTS:
            text, rewrites = _constraint(reader)
            return f"ADD {text}", rewrites
        reader.accept("column")
        maybe = "IF NOT EXISTS " if reader.accept("if", "not", "exists") else ""
        text, rewrites = column(reader)
        return f"ADD COLUMN {maybe}{text}", rewrites
    if reader.accept("drop", "constraint"):
        maybe = "IF EXISTS " if reader.accept("if", "exists") else ""
        dropped = reader.name()
        return f"DROP CONSTRAINT {maybe}{name(dropped)}{rest(reader)}", dropped.endswith("_key")
    if reader.accept("drop"):
        reader.accept("column")
        maybe = "IF EXISTS " if reader.accept("if", "exists") else ""
        return f"DROP COLUMN {maybe}{name(reader.name())}{rest(reader)}", True
    if reader.accept("alter", "primary", "key", "using", "columns"):
        columns = expression(reader.bracketed(), reader.settings)
        return f"ALTER PRIMARY KEY USING COLUMNS ({columns}){rest(reader)}", True
    if reader.accept("alter"):
        reader.accept("column")
        return _alter_column(reader)
    if reader.accept("rename"):
        kind = "CONSTRAINT" if reader.accept("constraint") else "COLUMN"
        reader.accept("column")
        old = name(reader.name())
        reader.expect("to")
        return f"RENAME {kind} {old} TO {name(reader.name())}", False
    if reader.accept("validate", "constraint"):
        return f"VALIDATE CONSTRAINT {name(reader.name())}", False
    if reader.accept("set"):
        return f"SET ({_parameters(reader)})", False
    if reader.accept("reset"):
        return f"RESET ({', '.join(_quoted(parameter) for parameter in reader.names())})", False
    raise reader.fault()


def _parameters(reader: Reader) -> str:
    parts = []
    for part in split_commas(reader.bracketed()):
        value = f" = {expression(part[2:], reader.settings)}" if len(part) > 2 else ""
        parts.append(_quoted(part[0].text) + value)
    return ", ".join(parts)


def _quoted(parameter: str) -> str:
    """A storage parameter's name, as v26.2 prints it."""
    bare = parameter.strip("'\"").lower()
    return f"'{bare}'"


def _alter_column(reader: Reader) -> tuple[str, bool]:
    head = f"ALTER COLUMN {name(reader.name())}"
    if reader.accept("set", "data", "type") or reader.accept("type"):
        text = f"{head} SET DATA TYPE {type_at(reader)}"
        if reader.accept("using"):
            return f"{text} USING {expression(reader.rest(), reader.settings)}", True
        return text + rest(reader), False
    if reader.accept("set", "default"):
        return f"{head} SET DEFAULT {expression(reader.rest(), reader.settings)}", False
    if reader.accept("set", "on", "update"):
        return f"{head} SET ON UPDATE {expression(reader.rest(), reader.settings)}", False
    return head + rest(reader), False


def _constraint(reader: Reader) -> tuple[str, bool]:
    text = ""
    if reader.accept("constraint"):
        maybe = "IF NOT EXISTS " if reader.accept("if", "not", "exists") else ""
        text = f"CONSTRAINT {maybe}{name(reader.name())} "
    rewrites = False
    if reader.accept("check"):
        text += f"CHECK ({expression(reader.bracketed(), reader.settings)})"
    elif reader.accept("foreign", "key"):
        columns = ", ".join(name(column) for column in reader.names())
        reader.expect("references")
        text += f"FOREIGN KEY ({columns}) {_references(reader)}"
    else:
        rewrites = True
        key = reader.accept("primary", "key")
        if not key:
            reader.expect("unique")
        text += f"{'PRIMARY KEY' if key else 'UNIQUE'} ({expression(reader.bracketed(), reader.settings)})"
        if reader.one_of("storing", "covering", "include"):
            text += f" STORING ({', '.join(name(column) for column in reader.names())})"
    return text + rest(reader), rewrites


def _references(reader: Reader) -> str:
    text = f"REFERENCES {qualified(reader.path(), reader.settings)}"
    if reader.at("("):
        text += f" ({', '.join(name(column) for column in reader.names())})"
    actions = {}
    while reader.accept("on"):
        event = reader.take().key.upper()
        first = reader.take().key.upper()
        if first in ("SET", "NO"):
            first += " " + reader.take().key.upper()
        actions[event] = first
    for event in ("DELETE", "UPDATE"):
        if event in actions and actions[event] != "NO ACTION":
            text += f" ON {event} {actions[event]}"
    return text


def column(reader: Reader) -> tuple[str, bool]:
    """A column's definition in the order in which CockroachDB prints its parts; whether it is backfilled."""
    head = f"{name(reader.name())} {type_at(reader)}"
    serial = " SERIAL" in head
    parts: dict[str, str] = {}
    checks = ""
    named = ""
    while not reader.done:
        if reader.accept("constraint"):
            named = f" CONSTRAINT {name(reader.name())}"
            continue
        if reader.accept("not", "null"):
            parts["null"] = f"{named} NOT NULL"
        elif reader.accept("null"):
            parts["null"] = f"{named} NULL"
        elif reader.accept("not", "visible"):
            parts["visible"] = " NOT VISIBLE"
        elif reader.accept("primary", "key"):
            parts["key"] = f"{named} PRIMARY KEY"
        elif reader.accept("unique"):
            parts["key"] = f"{named} UNIQUE"
        elif reader.accept("default"):
            parts["default"] = f"{named} DEFAULT {expression(_until(reader), reader.settings)}"
        elif reader.accept("check"):
            checks += f"{named} CHECK ({expression(reader.bracketed(), reader.settings)})"
        elif reader.accept("references"):
            parts["references"] = f"{named} {_references(reader)}"
        elif reader.accept("generated", "always", "as", "identity"):
            parts["default"] = " GENERATED ALWAYS AS IDENTITY"
        elif reader.accept("generated", "by", "default", "as", "identity"):
            parts["default"] = " GENERATED BY DEFAULT AS IDENTITY"
        elif reader.accept("as") or reader.accept("generated", "always", "as"):
            computed = expression(reader.bracketed(), reader.settings)
            parts["computed"] = f" AS ({computed}) {reader.take().key.upper()}"
        else:
            raise reader.fault()
        named = ""
    order = ("null", "visible", "key", "default", "checks", "references", "computed")
    parts["checks"] = checks
    text = head + "".join(parts.get(part, "") for part in order)
    filled = parts.get("default", " DEFAULT NULL") != " DEFAULT NULL"
    rewrites = serial or filled or "key" in parts or parts.get("computed", "").endswith("STORED")
    return text, rewrites


def _until(reader: Reader) -> list[Token]:
    """The tokens of an expression, up to what begins the next part of the column."""
    taken: list[Token] = []
    depth = 0
    while not reader.done:
        key = reader.token.key
        if (
            depth == 0
            and taken
            and key in _QUALIFIERS
            and not (key == "null" and taken[-1].key in ("is", "not"))
        ):
            break
        depth += (key in ("(", "[", "case")) - (key in (")", "]", "end"))
        taken.append(reader.take())
    return taken
