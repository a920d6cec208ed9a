"""Rewrites that hold anywhere in a query or an expression: pure functions in RULES, applied in order.

A rule takes the tokens and the set of their keys (to be quick where it has nothing to do) and gives tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cluster.embedded.dialect.annotations import annotated
from cluster.embedded.dialect.arithmetic import floor_division
from cluster.embedded.dialect.clauses import clauses
from cluster.embedded.dialect.functions import functions
from cluster.embedded.dialect.literals import bytes_literals
from cluster.embedded.dialect.model import Settings, unsupported
from cluster.embedded.dialect.ordering import nulls_first
from cluster.embedded.dialect.ordinality import ordinality
from cluster.embedded.dialect.precedence import precedence
from cluster.embedded.dialect.quantified import quantified
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.shadows import shadow
from cluster.embedded.dialect.shards import no_shard_columns
from cluster.embedded.dialect.tokens import Kind, Token, close_of, word
from cluster.embedded.dialect.types import FOREIGN, foreign_type

Rule = Callable[[list[Token], frozenset[str], Settings], list[Token]]

# Words that mean another type in PostgreSQL, or none.
_CAST_TYPES = {
    "string": "text",
    "bytes": "bytea",
    "blob": "bytea",
    "int64": "int8",
    "dec": "numeric",
    "json": "jsonb",
}
_INTEGERS = frozenset(["int", "integer"])
_TYPE_WORDS = frozenset(_CAST_TYPES) | _INTEGERS | FOREIGN


# Functions of everyday queries whose names begin as the catalog's do.
_NO_CATALOG = frozenset(["pg_typeof", "pg_sleep", "pg_collation_for", "pg_try_advisory_lock"])


def reads_catalog(keys: frozenset[str]) -> bool:
    """Whether the query reads pg_catalog: drivers' own queries there cast to INTEGER and mean int4."""
    if "pg_" not in " ".join(keys):  # most often; quicker than to look at each
        return False
    return "pg_catalog" in keys or any(
        key.lstrip('"').startswith("pg_") and key not in _NO_CATALOG for key in keys
    )


def _type_at(tokens: list[Token], index: int, settings: Settings, catalog: bool) -> None:
    """Rename the type that starts at index, in place."""
    token = tokens[index]
    key = token.key
    if token.kind is not Kind.WORD:
        return
    if key in FOREIGN:
        reader = Reader(tokens, settings)
        reader.position = index + 1
        raise foreign_type(key, reader)
    if key == "string" and index + 1 < len(tokens) and tokens[index + 1].key == "(":
        tokens[index] = word("varchar", token.space)
    elif key in _CAST_TYPES:
        tokens[index] = word(_CAST_TYPES[key], token.space)
    elif key in _INTEGERS and not catalog:
        tokens[index] = word("int4" if settings.default_int_size == 4 else "int8", token.space)


def casts(tokens: list[Token], keys: frozenset[str], settings: Settings) -> list[Token]:
    """`x::STRING`, `x:::INT8`, CAST(x AS BYTES), `STRING 'x'`: the type by PostgreSQL's name."""
    if not ("::" in keys or ":::" in keys or "cast" in keys or keys & _TYPE_WORDS):
        return tokens
    catalog = reads_catalog(keys)
    for index, token in enumerate(tokens):
        following = index + 1
        if token.kind is Kind.OP and token.key in ("::", ":::"):
            if token.key == ":::":
                tokens[index] = Token(Kind.OP, "::", "::", token.space)
            if following < len(tokens):
                _type_at(tokens, following, settings, catalog)
        elif token.key == "cast" and following < len(tokens) and tokens[following].key == "(":
            if place := _as_in_cast(tokens, following):
                _type_at(tokens, place, settings, catalog)
        elif token.key in _TYPE_WORDS and following < len(tokens) and tokens[following].kind is Kind.STRING:
            _type_at(tokens, index, settings, catalog)
    return tokens


def _as_in_cast(tokens: list[Token], opening: int) -> int | None:
    """Where the type of CAST(… AS type) starts."""
    depth = 0
    for index in range(opening, len(tokens) - 1):
        key = tokens[index].key
        if key in ("(", "["):
            depth += 1
        elif key in (")", "]"):
            depth -= 1
            if depth == 0:
                return None
        elif key == "as" and depth == 1:
            return index + 1
    return None


def system_time(tokens: list[Token], keys: frozenset[str], settings: Settings) -> list[Token]:
    """AS OF SYSTEM TIME is refused: PostgreSQL keeps no history."""
    if "system" in keys and "of" in keys:
        for index in range(len(tokens) - 3):
            if [token.key for token in tokens[index : index + 4]] == ["as", "of", "system", "time"]:
                raise unsupported("AS OF SYSTEM TIME")
    return tokens


def subscripted_arrays(tokens: list[Token], keys: frozenset[str], settings: Settings) -> list[Token]:
    """`ARRAY[1, 2][1]`: PostgreSQL wants parentheses round what has a subscript."""
    if "array" not in keys:
        return tokens
    made = list(tokens)
    index = len(made) - 1
    while index >= 0:
        if made[index].key == "array" and made[index + 1 : index + 2] and made[index + 1].key == "[":
            close = close_of(made, index + 1)
            if close + 1 < len(made) and made[close + 1].key == "[":
                made.insert(close + 1, Token(Kind.PUNCT, ")", ")"))
                made.insert(index, Token(Kind.PUNCT, "(", "(", made[index].space or " "))
        index -= 1
    return made


def empty_arrays(tokens: list[Token], keys: frozenset[str], settings: Settings) -> list[Token]:
    """`INSERT … VALUES (ARRAY[])`: the column says of what type; PostgreSQL knows that for '{}'."""
    if "array" not in keys or keys.isdisjoint(_ASSIGNING):
        return tokens
    made: list[Token] = []
    index = 0
    while index < len(tokens):
        three = [token.key for token in tokens[index : index + 3]]
        after = tokens[index + 3].key if index + 3 < len(tokens) else ""
        if three == ["array", "[", "]"] and after not in ("::", ":::", "||"):
            made.append(Token(Kind.STRING, "'{}'", "'{}'", tokens[index].space))
            index += 3
            continue
        made.append(tokens[index])
        index += 1
    return made


_ASSIGNING = frozenset(["insert", "upsert", "update", "default"])


def catalog_views(tokens: list[Token], keys: frozenset[str], settings: Settings) -> list[Token]:
    """pg_catalog's relations that look different in CockroachDB (shadows.py)."""
    return list(shadow(tokens)) if reads_catalog(keys) or "information_schema" in keys else tokens


RULES: tuple[Rule, ...] = (
    bytes_literals,
    system_time,
    clauses,
    functions,
    quantified,
    annotated,
    ordinality,
    precedence,
    casts,
    floor_division,
    empty_arrays,
    subscripted_arrays,
    nulls_first,
    catalog_views,
    no_shard_columns,
)


def rewrite(tokens: Sequence[Token], settings: Settings) -> list[Token]:
    """The tokens of a query or expression as PostgreSQL has to read them. Raises Refusal."""
    made = list(tokens)
    keys = frozenset(token.key for token in made)
    for rule in RULES:
        made = rule(made, keys, settings)
    return made
