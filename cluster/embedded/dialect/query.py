"""SELECT, WITH, VALUES, INSERT, UPSERT, UPDATE, DELETE: read by token, not by tree."""

from __future__ import annotations

from collections.abc import Sequence

from cluster.embedded.dialect.expressions import rewrite
from cluster.embedded.dialect.model import Settings, Statement
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import Token, render


def query_tokens(tokens: Sequence[Token], settings: Settings) -> list[Token]:
    """A query in PostgreSQL's words."""
    return rewrite(tokens, settings)


def query(reader: Reader) -> Statement:
    """Any statement that reads or changes rows."""
    return Statement(render(query_tokens(reader.tokens, reader.settings)))
