"""The query of a view as CockroachDB keeps and prints it; None where its spelling is not known for sure.

CockroachDB keeps the syntax tree with full names of tables (pkg/sql/create_view.go) and prints it in one
line, or in several when that is longer than 96 characters (pkg/sql/show_create_clauses.go, ShowCreateView).
Here are plain queries only: columns, calls and constants of joined tables, comparisons with AND, GROUP BY.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from cluster.embedded.dialect.ddl import local, schema_of
from cluster.embedded.dialect.model import Refusal, Settings
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import Kind, Token, quote_string, words

# Between two of these stands a table's OID, or a name that may need quotes: crdb_catalog.view_query fills
# them in.
TABLE, NAME = "\x04", "\x05"

_COMPARISONS = {"=": "=", "!=": "!=", "<>": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_SPECIAL_FUNCTIONS = frozenset(["coalesce", "nullif", "if", "ifnull"])  # printed in capitals
# Words that are no names here: what they begin is either read by its own rule or not at all.
_CLAUSES = words(
    """
    select distinct from where group order limit offset fetch having window union intersect except for
    with values table only lateral tablesample join inner left right full cross natural outer using on
    and or not as is in between like ilike similar exists any some all array row case when then else end
    cast collate null true false default returning current_catalog current_date current_role
    current_schema current_time current_timestamp current_user localtime localtimestamp session_user
    user extract overlay position substring trim treat interval date time timestamp timestamptz timetz
    """
)
_PLAIN = re.compile(r"'[^'\\\x00-\x1f]*'")  # never with a mark in it


class _Unknown(Exception):
    """This part of SQL is not printed here."""


def view_text(tokens: Sequence[Token], settings: Settings) -> tuple[str, str] | None:
    """The query of CREATE VIEW, from SELECT on: as it is kept and as it is printed, as SQL expressions."""
    try:
        kept, printed = (_query(Reader(tokens, settings), parenthesized=how) for how in (True, False))
    except (_Unknown, Refusal):
        return None
    return _as_sql(kept), _as_sql(printed)


def _query(reader: Reader, *, parenthesized: bool) -> str:
    reader.expect("select")
    text = "SELECT " + ("DISTINCT " if reader.accept("distinct") else "") + _list(reader, _item)
    reader.expect("from")
    text += " FROM " + _table(reader)
    while reader.token.key in ("join", "inner", "left"):
        inner = reader.one_of("inner", "left")
        reader.accept("outer")
        reader.expect("join")
        text += {"inner": " INNER", "left": " LEFT", None: ""}[inner] + " JOIN " + _table(reader)
        reader.expect("on")
        text += " ON " + _condition(reader, parenthesized)
    if reader.accept("where"):
        text += " WHERE " + _condition(reader, parenthesized)
    if reader.accept("group", "by"):
        text += " GROUP BY " + _list(reader, _column)
    if not reader.done:
        raise _Unknown
    return text


def _list(reader: Reader, one: Callable[[Reader], str]) -> str:
    found = [one(reader)]
    while reader.accept(","):
        found.append(one(reader))
    return ", ".join(found)


def _word(reader: Reader) -> str:
    if reader.token.kind is not Kind.WORD or reader.token.key in _CLAUSES:
        raise _Unknown
    return f"{NAME}{reader.take().key}{NAME}"


def _column(reader: Reader) -> str:
    text = _word(reader)
    if reader.accept("."):
        text += "." + _word(reader)
    return text


def _operand(reader: Reader) -> str:
    token = reader.token
    if token.kind is Kind.NUMBER and re.fullmatch(r"\d+(\.\d+)?", token.text):
        return reader.take().text
    if token.kind is Kind.STRING and _PLAIN.fullmatch(token.text):
        return reader.take().text
    if token.key in ("true", "false"):
        return reader.take().key
    if reader.accept("null"):
        return "NULL"
    if reader.peek(1).key == "(" and token.kind is Kind.WORD and token.key not in _CLAUSES:
        name = reader.take().key
        reader.take()
        inner = "*" if reader.accept("*") else "" if reader.at(")") else _list(reader, _operand)
        reader.expect(")")
        return f"{name.upper() if name in _SPECIAL_FUNCTIONS else name}({inner})"
    return _column(reader)


def _item(reader: Reader) -> str:
    text = _operand(reader)
    if reader.accept("as") or (reader.token.kind is Kind.WORD and reader.token.key not in _CLAUSES):
        text += " AS " + _word(reader)
    return text


def _table(reader: Reader) -> str:
    if reader.token.key in _CLAUSES:
        raise _Unknown
    path = local(reader.path(), reader.settings)
    text = f"{TABLE}{schema_of(path)}, {quote_string(path[-1])}{TABLE}"
    if reader.accept("as") or (reader.token.kind is Kind.WORD and reader.token.key not in _CLAUSES):
        text += " AS " + _word(reader)
    return text


def _condition(reader: Reader, parenthesized: bool) -> str:
    """Comparisons with AND. In the text that is kept each of two is parenthesized (exprFmtWithParen)."""
    found = [_comparison(reader)]
    while reader.accept("and"):
        found.append(_comparison(reader))
    if len(found) > 2:
        raise _Unknown
    return " AND ".join(f"({one})" if parenthesized and len(found) > 1 else one for one in found)


def _comparison(reader: Reader) -> str:
    left = _operand(reader)
    if reader.accept("is"):
        negated = "NOT " if reader.accept("not") else ""
        reader.expect("null")
        return f"{left} IS {negated}NULL"
    operator = _COMPARISONS.get(reader.token.key)
    if operator is None:
        raise _Unknown
    reader.take()
    return f"{left} {operator} {_operand(reader)}"


def _as_sql(text: str) -> str:
    """The text as an SQL expression, its tables as their OIDs at this moment."""
    parts = text.split(TABLE)
    return " || ".join(
        f"crdb_catalog.table_mark({part})" if place % 2 else quote_string(part)
        for place, part in enumerate(parts)
    )
