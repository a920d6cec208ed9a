"""Queries that PostgreSQL would answer and CockroachDB refuses (docs, "PostgreSQL compatibility")."""

from __future__ import annotations

from cluster.embedded.dialect.model import Refusal, Settings, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import Kind, Token, close_of, is_name, name_of, render, words
from cluster.embedded.dialect.unimplemented import unimplemented_syntax

_SYSTEM_COLUMNS = words("ctid xmin xmax cmin cmax")
# Keywords of a clause, and the one that must follow for it to be meant.
_CLAUSES = {"grouping": "sets", "rollup": "(", "cube": "(", "tablesample": "", "overriding": ""}


_NOT_IMPLEMENTED = words("grouping rollup cube")


def _not_implemented(tokens: list[Token], index: int, settings: Settings) -> Refusal:
    """GROUP BY ROLLUP and its like: the grammar knows them (pkg/sql/parser/sql.y, group_by_item)."""
    reader = Reader(tokens, settings, render(tokens))
    opening = next((n for n in range(index, len(tokens)) if tokens[n].key == "("), index)
    reader.position = close_of(tokens, opening)
    return unimplemented_syntax(reader.fault(), 46280)


def _operator(tokens: list[Token], index: int) -> None:
    """A star with an alias (logic test select), and @1, which PostgreSQL takes for a sign of its own."""
    token, before = tokens[index], tokens[index - 1] if index else None
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if token.key == "*" and before is not None and before.key == "." and index > 1:
        if following is not None and following.key == "as" and is_name(tokens[index - 2]):
            raise Refusal("42601", f'"{name_of(tokens[index - 2])}.*" cannot be aliased')
    elif token.key == "@" and following is not None and following.kind is Kind.NUMBER:
        raise unsupported("an ordinal column reference")


def foreign_clauses(tokens: list[Token], keys: frozenset[str], settings: Settings) -> list[Token]:
    """The same tokens. Raises Refusal: system columns, GROUPING SETS, TABLESAMPLE, an empty select list."""
    if keys.isdisjoint(_CLAUSES) and keys.isdisjoint(_SYSTEM_COLUMNS) and "select" not in keys:
        return tokens
    for index, token in enumerate(tokens):
        if token.kind is Kind.OP:
            _operator(tokens, index)
            continue
        if token.kind is not Kind.WORD:
            continue
        following = tokens[index + 1].key if index + 1 < len(tokens) else ""
        preceding = tokens[index - 1].key if index else ""
        if token.key in _SYSTEM_COLUMNS and preceding != "as" and following != "(":
            raise Refusal("42703", f'column "{token.key}" does not exist')
        if (
            token.key in _CLAUSES
            and _CLAUSES[token.key] in ("", following)
            and preceding not in (".", "as", "select")
        ):
            if token.key in _NOT_IMPLEMENTED:
                raise _not_implemented(tokens, index, settings)
            raise unsupported(f"{token.key} {_CLAUSES[token.key].strip('(')}".strip().upper())
        if token.key == "from" and preceding == "select":
            raise Refusal("42601", 'at or near "from": syntax error')
    return tokens
