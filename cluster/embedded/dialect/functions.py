"""Functions that CockroachDB writes or answers in another way (docs, "Functions and operators")."""

from __future__ import annotations

from collections.abc import Sequence

from cluster.embedded.dialect.model import Settings
from cluster.embedded.dialect.tokens import Kind, Token, close_of, raw, split_commas, word, words

# CockroachDB calls these with parentheses too; in PostgreSQL they are keywords.
_KEYWORDS = words(
    "current_user session_user current_date current_timestamp current_time localtimestamp localtime"
)
_CHANGED = _KEYWORDS | words("if ifnull nvl extract")


def functions(tokens: list[Token], keys: frozenset[str], settings: Settings) -> list[Token]:
    """Each call that needs it in PostgreSQL's words."""
    if keys.isdisjoint(_CHANGED):
        return tokens
    made: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        called = index + 1 < len(tokens) and tokens[index + 1].key == "("
        if (
            called
            and token.kind is Kind.WORD
            and token.key in _CHANGED
            and not (made and made[-1].key == ".")
        ):
            close = close_of(tokens, index + 1)
            inner = functions(tokens[index + 2 : close], keys, settings)
            # What is inside is done either way: to look at it again would double the work at each depth.
            stop, replacement = _call(token, inner, tokens, close) or (
                close + 1,
                [token, tokens[index + 1], *inner, *tokens[close : close + 1]],
            )
            made += replacement
            index = stop
            continue
        made.append(token)
        index += 1
    return made


def _call(name: Token, inner: list[Token], tokens: list[Token], close: int) -> tuple[int, list[Token]] | None:
    """What stands instead of a call, and where the text goes on; None: leave it."""
    if name.key in _KEYWORDS:
        return None if inner else (close + 1, [name])
    if name.key in ("ifnull", "nvl"):
        return close + 1, [
            word("coalesce", name.space),
            tokens[close]._replace(text="(", key="("),
            *inner,
            tokens[close],
        ]
    if name.key == "if":
        return _if(name, inner, close)
    if name.key == "extract":
        # FLOAT8 there, numeric here.
        call = [name, raw("(", ""), *inner, raw(")::float8", "")]
        return close + 1, call
    return None


def _if(name: Token, inner: list[Token], close: int) -> tuple[int, list[Token]] | None:
    parts = split_commas(inner)
    if len(parts) != 3 or not all(parts):
        return None
    condition, yes, no = parts
    made = [raw("(CASE WHEN", name.space), *_apart(condition), raw("THEN"), *_apart(yes)]
    return close + 1, [*made, raw("ELSE"), *_apart(no), raw("END)")]


def _apart(tokens: Sequence[Token]) -> list[Token]:
    """The tokens, with a blank before the first."""
    first, *others = tokens
    return [first if first.space else first._replace(space=" "), *others]
