"""One SQL text of the client into the statements that PostgreSQL runs. Pure, and cached."""

from __future__ import annotations

from functools import lru_cache

from cluster.embedded.dialect import shapes, statements
from cluster.embedded.dialect.model import Settings, Statement
from cluster.embedded.dialect.tokens import split_statements, tokenize

_CACHED_TEXTS = 2048
_LARGEST_CACHED = 16_384  # characters; longer texts (bulk inserts) come once


def translate(sql: str, settings: Settings) -> tuple[Statement, ...]:
    """Each statement of the text, in order; none for an empty text.

    Raises Refusal: the answer is this error. Raises CatalogueNeeded: call again with Settings.catalogue.
    """
    if len(sql) > _LARGEST_CACHED:
        return _translate(sql, settings)
    return _cached(sql, settings)


def translated_before(sql: str, settings: Settings) -> str | None:
    """What PostgreSQL is to run, if a text like this one but for its values was translated before.

    It stands for one Statement that is nothing but this SQL. None: ask translate().
    """
    if len(sql) > _LARGEST_CACHED:
        return None
    return shapes.translated(sql, settings, _translate)


def _translate(sql: str, settings: Settings) -> tuple[Statement, ...]:
    found: list[Statement] = []
    for tokens, offset in split_statements(tokenize(sql)):
        found.extend(statements.one(tokens, settings, sql, offset))
    return tuple(found)


_cached = lru_cache(maxsize=_CACHED_TEXTS)(_translate)
