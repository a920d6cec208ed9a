"""ON CONFLICT ON CONSTRAINT, and RETURNING NOTHING (docs, "INSERT"; sql.y on_conflict, returning_clause)."""

from __future__ import annotations

from cluster.embedded.dialect.model import TableInfo
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import Kind, Token, is_name, name_of, quote_name, raw

_CONSTRAINT = ("on", "conflict", "on", "constraint")


def names_constraint(tokens: list[Token]) -> int | None:
    """Where ON CONFLICT ON CONSTRAINT name starts outside brackets, or None."""
    depth = 0
    for index, token in enumerate(tokens):
        if token.kind is Kind.PUNCT:
            depth += (token.key in "([{") - (token.key in ")]}")
        elif depth == 0 and token.key == "on" and index + 4 < len(tokens) and is_name(tokens[index + 4]):
            found = tuple(each.key for each in tokens[index : index + 4])
            if found == _CONSTRAINT:
                return index
    return None


def by_columns(tokens: list[Token], info: TableInfo) -> list[Token]:
    """The constraint of ON CONFLICT ON CONSTRAINT by its columns.

    CockroachDB's unique constraints are indexes, which PostgreSQL does not know by name there. A name that
    the table does not have stays, for PostgreSQL to say so.
    """
    at = names_constraint(tokens)
    if at is None:
        return tokens
    name = name_of(tokens[at + 4])
    target = info.indexes[name].target if name in info.indexes else ""
    if name == info.primary_key:
        target = f"({', '.join(quote_name(column) for column in info.key_columns)})"
    if not target:
        return tokens
    return [*tokens[: at + 2], raw(target), *tokens[at + 5 :]]


def without_nothing(tokens: list[Token]) -> list[Token]:
    """RETURNING NOTHING is what PostgreSQL does without RETURNING."""
    if len(tokens) > 1 and tokens[-1].key == "nothing" and tokens[-2].key == "returning":
        return tokens[:-2]
    return tokens


def check_conflict_target(reader: Reader) -> None:
    """ON CONFLICT (…) takes names of columns alone (sql.y, on_conflict). Raises the syntax error."""
    tokens = reader.tokens
    for index in range(1, len(tokens) - 1):
        if tokens[index].key == "conflict" and tokens[index - 1].key == "on" and tokens[index + 1].key == "(":
            start = reader.position
            reader.position = index + 1
            reader.names()
            reader.position = start
