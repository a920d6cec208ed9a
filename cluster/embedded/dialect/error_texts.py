"""What an error must say that PostgreSQL's does not: found in the client's statement."""

from __future__ import annotations

import re

from cluster.embedded.dialect.grammar_help import help_topic
from cluster.embedded.dialect.model import Refusal
from cluster.embedded.dialect.scanner import tokenize
from cluster.embedded.dialect.tokens import close_of, split_commas, split_statements

Fields = dict[str, str]

# -- errors of builtin functions begin with their name (pkg/sql/sem/eval) --------------------------------

_BUILTINS = {"2201F": "sqrt", "2201E": "ln|log", "22023": "date_trunc|extract"}


def name_builtin(made: Fields, code: str, message: str, sql: str) -> None:
    if code not in _BUILTINS or (code == "22023" and not message.startswith("unit ")):
        return
    if match := re.search(rf"\b({_BUILTINS[code]})\s*\(", sql, re.IGNORECASE):
        made["M"] = f"{match[1].lower()}(): {made['M']}"


# -- counts and names that PostgreSQL does not tell ----------------------------------------------------

_AGGREGATE = re.compile(r"\b(?:where|on)\b.*?\b([a-z_]+)\s*\(", re.IGNORECASE | re.DOTALL)


def grouping(made: Fields, message: str, sql: str) -> None:
    """An aggregate in WHERE is named (pkg/sql/opt/optbuilder/scope.go)."""
    if message.startswith("aggregate functions are not allowed in") and (match := _AGGREGATE.search(sql)):
        made["M"] = f"{match[1].lower()}(): {message}"


def _insert_counts(made: Fields, message: str, sql: str) -> None:
    """INSERT … expressions, 3 expressions for 2 targets (pkg/sql/opt/optbuilder/insert.go)."""
    if not message.startswith("INSERT has more "):
        return
    try:
        tokens = tokenize(sql)
    except Refusal:
        return
    keys = [token.key for token in tokens]
    if "values" not in keys[:-1]:
        return
    values = keys.index("values")
    opens = [index for index, key in enumerate(keys[:values]) if key == "("]
    if len(opens) != 1 or keys[values + 1] != "(":
        return
    targets = len(split_commas(tokens[opens[0] + 1 : close_of(tokens, opens[0])]))
    expressions = len(split_commas(tokens[values + 2 : close_of(tokens, values + 1)]))
    made["M"] = f"{message}, {expressions} expressions for {targets} targets"


def missing_relation(made: Fields, message: str, sql: str) -> None:
    """The name as it was typed: the database before it is gone from PostgreSQL's text."""
    if match := re.fullmatch(r'relation "([\w.]+)" does not exist', message):
        typed = re.search(rf"(?<![\w.\"])([\w]+\.{re.escape(match[1])})(?![\w.])", sql)
        if typed:
            made["M"] = f'relation "{typed[1]}" does not exist'


# -- syntax -----------------------------------------------------------------------------------------------

_NEAR = re.compile(r'syntax error at (?:or near "(.*)"|end of input)', re.DOTALL)


def _syntax(made: Fields, message: str, sql: str) -> None:
    """`at or near "x": syntax error`, with the text and a caret under the place (pkg/sql/parser)."""
    match = _NEAR.fullmatch(message)
    if match is None:
        return
    near = match.group(1) or "EOF"
    # CockroachDB's scanner folds words before the parser sees them.
    made["M"] = f'at or near "{near if near == "EOF" else near.lower()}": syntax error'
    if not sql:
        return
    at = len(sql) if near == "EOF" else max(sql.find(near), 0)
    line_end = sql.find("\n", at)
    shown = sql if line_end < 0 else sql[:line_end]
    column = at - (sql.rfind("\n", 0, at) + 1)
    made["D"] = f"source SQL:\n{shown}\n{' ' * column}^"
    if topic := _topic(sql, near):
        made["H"] = f"try \\h {topic}"


def syntax_or_counts(made: Fields, message: str, sql: str) -> None:
    _syntax(made, message, sql)
    if sql:
        _insert_counts(made, message, sql)


def _topic(sql: str, near: str) -> str:
    """What the hint of a syntax error refers to, in the statement where near stands."""
    try:
        statements = [tokens for tokens, _ in split_statements(tokenize(sql))]
    except Refusal:
        return ""
    for tokens in reversed(statements):
        keys = [token.key for token in tokens]
        if near == "EOF" or near.lower() in keys:
            return help_topic(keys, near.lower() if near != "EOF" else near)
    return ""
