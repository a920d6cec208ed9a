"""SELECT, WITH, VALUES, TABLE: read by token, not by tree."""

from __future__ import annotations

from collections.abc import Sequence

from cluster.embedded.dialect import show
from cluster.embedded.dialect.arithmetic import wide_literals
from cluster.embedded.dialect.expressions import reads_catalog, rewrite
from cluster.embedded.dialect.foreign import foreign_clauses
from cluster.embedded.dialect.hints import index_hints
from cluster.embedded.dialect.integers import whole_literals
from cluster.embedded.dialect.model import Refusal, Settings, Statement, unsupported
from cluster.embedded.dialect.own_database import own_database
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.stars import visible_stars
from cluster.embedded.dialect.tokens import Kind, Token, close_of, name_of, raw, render, word


def query_tokens(tokens: Sequence[Token], settings: Settings, *, columns: bool = False) -> list[Token]:
    """A query in PostgreSQL's words. columns: its rows become a table or view. Raises Refusal."""
    made = list(tokens)
    keys = frozenset(token.key for token in made)
    for rule in (index_hints, _table_statement, _bracketed_sources, _no_internals, visible_stars):
        ruled = rule(made, keys, settings)
        if ruled is not made:  # a rule that has nothing to do gives back what it got
            made, keys = ruled, frozenset(token.key for token in ruled)
    if not reads_catalog(keys):
        made = wide_literals(foreign_clauses(made, keys, settings), keys, settings)
        made = whole_literals(made, keys, columns=columns)
    return rewrite(made, settings)


def query(reader: Reader) -> Statement:
    """A statement that reads rows."""
    _no_select_into(reader)
    tokens = own_database(reader.tokens, reader.settings)
    return Statement(render(query_tokens(tokens, reader.settings)))


def _no_select_into(reader: Reader) -> None:
    """SELECT … INTO is PostgreSQL's only."""
    depth = 0
    for index, token in enumerate(reader.tokens):
        if token.kind is Kind.PUNCT:
            depth += (token.key in "([{") - (token.key in ")]}")
        elif token.key == "into" and depth == 0 and reader.tokens[index - 1].key not in ("insert", "upsert"):
            reader.position = index
            raise reader.fault()


def _table_statement(tokens: list[Token], keys: frozenset[str], settings: Settings) -> list[Token]:
    """TABLE t is SELECT * FROM t, hidden columns and all."""
    if "table" in keys and tokens and tokens[0].key == "table":
        star = Token(Kind.OP, "*", "*", " ")
        return [word("SELECT", tokens[0].space), star, word("FROM"), *tokens[1:]]
    return tokens


def _bracketed_sources(tokens: list[Token], keys: frozenset[str], settings: Settings) -> list[Token]:
    """`FROM [SHOW …]`, `WITH x AS (SHOW …)`: the rows of a SHOW as a table (docs, "Table expressions")."""
    if "[" not in keys and "show" not in keys:
        return tokens
    made: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        listed = token.key == "[" and index and tokens[index - 1].key in ("from", "join", ",", "(")
        common = token.key == "(" and tokens[index + 1 : index + 2] and tokens[index + 1].key == "show"
        if listed or common:
            close = close_of(tokens, index)
            inner = tokens[index + 1 : close]
            if inner and inner[0].key == "show":
                made.append(raw(f"({_shown(inner, settings)})", token.space or " "))
                index = close + 1
                if [after.key for after in tokens[index : index + 2]] == ["with", "ordinality"]:
                    raise unsupported("WITH ORDINALITY after a SHOW")
                continue
            if inner and inner[0].key in ("insert", "upsert", "update", "delete"):
                raise unsupported(f"[{inner[0].key.upper()} …] as a table")
        made.append(token)
        index += 1
    return made


def _shown(tokens: list[Token], settings: Settings) -> str:
    return show.show(Reader(tokens, settings)).sql


# Functions of crdb_internal that are here (sql/10_builtins.sql).
_INTERNAL_FUNCTIONS = frozenset(["force_retry", "node_executable_version"])
_BEFORE_RELATION = frozenset(["from", "join", "into", "update", "table", ","])


def _no_internals(tokens: list[Token], keys: frozenset[str], settings: Settings) -> list[Token]:
    """crdb_internal and system are closed since v26.1; opened, they are not here.

    The words are those of v26.2 (from transcripts of sessions).
    """
    if keys.isdisjoint(("crdb_internal", "system")):
        return tokens
    for index in range(len(tokens) - 2):
        schema = tokens[index].key
        if schema not in ("crdb_internal", "system") or tokens[index + 1].key != ".":
            continue
        before = tokens[index - 1].key if index else ""
        called = schema == "crdb_internal" and tokens[index + 3 : index + 4] and tokens[index + 3].key == "("
        if (called and tokens[index + 2].key in _INTERNAL_FUNCTIONS) or before == ".":
            continue
        if called or before in _BEFORE_RELATION:
            if settings.allow_unsafe_internals:
                raise unsupported(f"{schema}.{name_of(tokens[index + 2])}")
            raise Refusal(
                "42501",
                "Access to crdb_internal and system is restricted.",
                hint="These interfaces are unsupported in production. To proceed, set the session variable"
                " allow_unsafe_internals = true (not recommended), or contact Cockroach Labs for a supported"
                " alternative.",
            )
    return tokens
