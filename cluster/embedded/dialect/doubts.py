"""What an error of PostgreSQL's leaves out, and the catalog knows: asked beside the session, then said.

question() gives the SQL for an error, clarified() puts the answer into the error. Without an answer (the
table was made in the transaction that failed) the error stays as translate_error() made it.
"""
# ruff: noqa: S608 — every name in a question is quoted by quote_string().

from __future__ import annotations

import re
from collections.abc import Sequence

from cluster.embedded.dialect.candidates import sources
from cluster.embedded.dialect.tokens import quote_string
from cluster.embedded.dialect.types import CHAR, STRING_LENGTH

Fields = dict[str, str]
Rows = Sequence[Sequence[str | None]]

_KEY = re.compile(
    r"Key \((.*)\)=\((.*)\) (?:already exists|is duplicated|is not present|is still referenced)", re.DOTALL
)
_SHOWN_KEY = re.compile(
    r"(Key \(.*\)=)\(.*\)( (?:already exists|is not present|is still referenced).*)", re.DOTALL
)
_TOO_LONG = re.compile(r"value too long for type character varying\((\d+)\)")
_TARGET = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/)*(?:insert\s+into|upsert\s+into|update)\s+((?:[\w\"]+\s*\.\s*)*[\w\"]+)",
    re.IGNORECASE | re.DOTALL,
)
_AMBIGUOUS = re.compile(r'column reference "(.*)" is ambiguous')
_OWNER = re.compile(r"must be owner of (?:table|relation|view|materialized view|sequence|index) (.+)")
_DENIED = re.compile(r"permission denied for (?:table|view|materialized view|sequence) (.+)")


def question(fields: Fields, sql: str) -> str | None:
    """The SQL whose rows clarified() needs for this error of PostgreSQL's, or None.

    sql: the client's statement. The question names what the error names, and reads the catalog only.
    """
    code, message = fields.get("C", ""), fields.get("M", "")
    if code in ("23505", "23503"):
        return _key_types(fields, message)
    if code == "22001" and (match := _TOO_LONG.fullmatch(message)) and (target := _TARGET.match(sql)):
        return _kinds_of_length(target[1], int(match[1]))
    if code == "42702" and (match := _AMBIGUOUS.fullmatch(message)):
        return _who_has(match[1], [path for _, path in sources(sql)])
    if code == "42501" and (_NEEDS_CREATE.match(sql) or _NEEDS_DROP.match(sql)):
        # The schema changes of the dialect look at the table before: then the owner is not what is missed.
        match = _OWNER.fullmatch(message) or _DENIED.fullmatch(message)
        return _may_change(match[1]) if match else None
    return None


def clarified(made: Fields, fields: Fields, sql: str, user: str, rows: Rows) -> Fields:
    """The error with what the rows tell. made: as translate_error() gave it; fields: PostgreSQL's."""
    code = fields.get("C", "")
    if not rows:
        return made
    if code in ("23505", "23503"):
        return _with_key(made, fields, rows)
    if code == "22001":
        return _with_kind(made, sql, rows)
    if code == "42702":
        return _with_candidates(made, sql, rows)
    return _not_the_owner(made, sql, user, rows)


# -- the values of a key ------------------------------------------------------------------------------------


def _key_types(fields: Fields, message: str) -> str | None:
    schema, table, name = fields.get("s"), fields.get("t"), fields.get("n")
    if not (schema and table and name and _KEY.match(fields.get("D", ""))):
        return None
    of_table = (
        f"c.relname = {quote_string(table)} AND c.relnamespace = "
        f"(SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = {quote_string(schema)})"
    )
    if fields["C"] == "23503":
        side = "confrelid", "confkey"
        if message.startswith("insert or update"):
            side = "conrelid", "conkey"
        return (
            "SELECT a.atttypid::pg_catalog.regtype FROM pg_catalog.pg_constraint k"
            " JOIN pg_catalog.pg_class c ON c.oid = k.conrelid"
            f" CROSS JOIN pg_catalog.unnest(k.{side[1]}) WITH ORDINALITY u(number, place)"
            f" JOIN pg_catalog.pg_attribute a ON a.attrelid = k.{side[0]} AND a.attnum = u.number"
            f" WHERE k.conname = {quote_string(name)} AND {of_table} ORDER BY u.place"
        )
    return (
        "SELECT a.atttypid::pg_catalog.regtype FROM pg_catalog.pg_index i"
        " JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid JOIN pg_catalog.pg_class c ON c.oid = i.indrelid"
        " JOIN pg_catalog.pg_attribute a ON a.attrelid = x.oid AND a.attnum <= i.indnkeyatts"
        f" WHERE x.relname = {quote_string(name)} AND {of_table} ORDER BY a.attnum"
    )


_BARE = frozenset(["smallint", "integer", "bigint", "numeric", "oid"])
_FLOAT = frozenset(["real", "double precision"])
_TEXT = frozenset(["text", "character varying", "character", '"char"', "name"])
_SPECIAL = {
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "'": "\\'",
    "\\": "\\\\",
}


def _with_key(made: Fields, fields: Fields, rows: Rows) -> Fields:
    key, shown = _KEY.match(fields.get("D", "")), _SHOWN_KEY.fullmatch(made.get("D", ""))
    types = [row[0] or "" for row in rows]
    if key is None or shown is None or any(each.endswith("[]") for each in types):
        return made
    values = _split(key[2], types)
    if values is None:
        return made
    printed = ", ".join(_literal(value, kind) for value, kind in zip(values, types, strict=True))
    return {**made, "D": f"{shown[1]}({printed}){shown[2]}"}


def _split(text: str, types: list[str]) -> list[str] | None:
    """The values of a key; a text may hold the separator, then the others tell where it ends."""
    parts = text.split(", ")
    if (extra := len(parts) - len(types)) == 0:
        return parts
    texts = [place for place, kind in enumerate(types) if kind in _TEXT]
    if extra < 0 or len(texts) != 1:
        return None
    (place,) = texts
    end = place + extra + 1
    return [*parts[:place], ", ".join(parts[place:end]), *parts[end:]]


def _literal(value: str, kind: str) -> str:
    """A value as CockroachDB prints a datum (pkg/sql/sem/tree/datum.go, Format)."""
    if kind == "boolean":
        return {"t": "true", "f": "false"}.get(value, value)
    if kind in _FLOAT:
        return f"{value}.0" if re.fullmatch(r"-?\d{1,6}", value) else value
    if kind in _BARE:
        return value
    return string_literal(value) if kind in _TEXT else "'" + value.replace("'", "''") + "'"


def string_literal(text: str) -> str:
    r"""A string as pkg/sql/lexbase/encode.go writes it: 'plain', else e'it\'s', with \u00E9 for é."""
    if all(" " <= character <= "~" and character not in "'\\" for character in text):
        return f"'{text}'"
    return "e'" + "".join(map(_escaped, text)) + "'"


def _escaped(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    number = ord(character)
    if " " <= character <= "~":
        return character
    if number < 0x80:
        return f"\\x{number:02x}"
    return f"\\u{number:04X}" if number < 0x800 else f"\\U{number:08X}"


# -- a text that is too long --------------------------------------------------------------------------------


def _kinds_of_length(target: str, length: int) -> str:
    return (
        "SELECT a.attname, coalesce((SELECT pg_catalog.split_part(o, '=', 2)::float8::int4"
        " FROM pg_catalog.unnest(a.attoptions) o WHERE o LIKE 'n\\_distinct\\_inherited=%'), 0)"
        f" FROM pg_catalog.pg_attribute a WHERE a.attrelid = {_regclass(target)}"
        f" AND a.atttypmod = {length + 4} AND a.attnum > 0 AND NOT a.attisdropped"
        " AND a.atttypid IN ('varchar'::pg_catalog.regtype, 'varchar[]'::pg_catalog.regtype)"
        " ORDER BY a.attnum"
    )


def _with_kind(made: Fields, sql: str, rows: Rows) -> Fields:
    """STRING(n), CHAR(n) or VARCHAR(n), as the column was typed (pkg/sql/sem/tree/casts.go)."""
    named = {str(name): int(marks or 0) & (STRING_LENGTH | CHAR) for name, marks in rows}
    kinds = set(named.values())
    if len(kinds) > 1:  # those that the statement names
        kinds = {
            kind for name, kind in named.items() if re.search(rf"\b{re.escape(name)}\b", sql, re.IGNORECASE)
        }
    if len(kinds) != 1:
        return made
    (kind,) = kinds
    word = {STRING_LENGTH: "STRING", CHAR: "CHAR"}.get(kind)
    if word is None:
        return made
    message = re.sub(r"\bVARCHAR\b", word, made["M"])
    return {**made, "M": message.removesuffix("(1)") if word == "CHAR" else message}


# -- a column that several tables have ----------------------------------------------------------------------


def _who_has(column: str, paths: list[str]) -> str | None:
    if not paths:
        return None
    tables = ", ".join(f"({place}, {_regclass(path)})" for place, path in enumerate(paths))
    return (
        f"SELECT v.place FROM (VALUES {tables}) v(place, t)"
        " WHERE EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = v.t"
        f" AND a.attname = {quote_string(column)} AND a.attnum > 0 AND NOT a.attisdropped) ORDER BY 1"
    )


def _with_candidates(made: Fields, sql: str, rows: Rows) -> Fields:
    """The tables by the names that they have in the query (pkg/sql/opt/optbuilder/scope.go)."""
    match = _AMBIGUOUS.fullmatch(made["M"])
    names = [name for name, _ in sources(sql)]
    if match is None or len(rows) < 2:
        return made
    listed = ", ".join(f"{names[int(row[0] or 0)]}.{match[1]}" for row in rows)
    return {**made, "M": f"{made['M']} (candidates: {listed})"}


# -- a schema change of what is another's -------------------------------------------------------------------

# What the statement asks for on the table: CREATE by the declarative schema changer, DROP.
_NEEDS_CREATE = re.compile(
    r"\s*(?:create\s+(?:unique\s+|inverted\s+)*index|drop\s+index|comment\s+on\s+(?:table|column|index)"
    r"|alter\s+table\s+(?:if\s+exists\s+)?\S+\s+(?:add|drop|alter)\b)",
    re.IGNORECASE,
)
_NEEDS_DROP = re.compile(
    r"\s*(?:drop\s+(?:table|view|materialized\s+view|sequence)"
    r"|alter\s+table\s+(?:if\s+exists\s+)?\S+\s+rename\s+to)\b",
    re.IGNORECASE,
)


def _may_change(name: str) -> str:
    return (
        "SELECT c.relname, CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' WHEN 'S' THEN 'sequence'"
        " ELSE 'table' END,"
        # TRUNCATE stands for CREATE and DROP (sql/63_grants.sql); who owns the schema may change its tables.
        " (c.relkind <> 'S' AND pg_catalog.has_table_privilege(c.oid, 'TRUNCATE'))"
        " OR (n.nspname <> 'public' AND pg_catalog.pg_has_role(n.nspowner, 'USAGE'))"
        f" FROM (SELECT {_regclass(name)}::oid AS named) t"
        " LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = t.named"
        " JOIN pg_catalog.pg_class c ON c.oid = coalesce(i.indrelid, t.named)"
        " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    )


def _not_the_owner(made: Fields, sql: str, user: str, rows: Rows) -> Fields:
    """Who has neither the table nor the privilege (builder_state.go, checkPrivilegeOrOwnership…)."""
    name, kind, may = (value or "" for value in rows[0])
    if may == "t":
        return made
    if _NEEDS_DROP.match(sql):
        said = f"user {user} does not have DROP privilege on relation {name}"
    elif _NEEDS_CREATE.match(sql):
        said = f"must be owner of {kind} {name} or have CREATE privilege on {kind} {name}"
    else:
        return made
    return {"S": made.get("S", "ERROR"), "V": made.get("V", "ERROR"), "C": "42501", "M": said}


def _regclass(path: str) -> str:
    return f"pg_catalog.to_regclass({quote_string(path)})"
