"""One SQL text of the client into the statements that PostgreSQL runs. Pure, and cached."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import lru_cache

from cluster.embedded.dialect import statements
from cluster.embedded.dialect.model import CatalogNeeded, Effect, Refusal, Settings, Statement
from cluster.embedded.dialect.scanner import tokenize
from cluster.embedded.dialect.shapes import Shapes
from cluster.embedded.dialect.tokens import render, split_statements

_CACHED_TEXTS = 2048
_LARGEST_CACHED = 16_384  # characters; longer texts (bulk inserts) come once


def translate(sql: str, settings: Settings) -> tuple[Statement, ...]:
    """Each statement of the text, in order; none for an empty text.

    Raises Refusal: the answer is this error. Raises CatalogNeeded: call again with Settings.catalog.
    """
    if len(sql) > _LARGEST_CACHED:
        return _translate(sql, settings)
    return _cached(sql, settings)


@lru_cache(maxsize=32)
def shapes_under(settings: Settings) -> Shapes:
    """What is known of shapes under these settings; its translated() is quicker than translate()."""
    return Shapes(settings, _translate)


def _translate(sql: str, settings: Settings) -> tuple[Statement, ...]:
    found: list[Statement] = []
    changed = reset = False
    for tokens, offset in split_statements(tokenize(sql)):
        try:
            # What is known of the tables may no longer be true behind a schema change.
            made = statements.one(
                tokens, replace(settings, catalog=None) if changed else settings, sql, offset
            )
        except CatalogNeeded:
            if not changed:
                raise
            made = (Statement("", later=render(tokens)),)
        except Refusal as reason:
            # A syntax error is one before anything runs.
            if not reset or reason.sqlstate == "42601":
                raise
            made = (Statement("", later=render(tokens)),)
        if reset and not made[0].later:
            made = (Statement("", later=render(tokens)),)
        reset = reset or any(map(_resets, made))
        found.extend(made)
        changed = changed or any(each.effect is Effect.DDL for each in made)
    return tuple(found)


# default_int_size is the parser's there, which reads the whole text before (pkg/sql/pgwire/conn.go).
_DECIDING = frozenset(each.name for each in fields(Settings)) - {"default_int_size"} | {"all"}


def _resets(statement: Statement) -> bool:
    """Whether what follows in the same text is to be translated otherwise."""
    if statement.effect in (Effect.SET, Effect.RESET):
        return (statement.argument or "").partition("\0")[0] in _DECIDING
    return statement.effect is Effect.USE_DATABASE


_cached = lru_cache(maxsize=_CACHED_TEXTS)(_translate)
