"""WITH ORDINALITY: behind any table in CockroachDB, behind functions alone in PostgreSQL (sql.y)."""

from __future__ import annotations

from cluster.embedded.dialect import operands
from cluster.embedded.dialect.model import Settings, unsupported
from cluster.embedded.dialect.tokens import Token, is_name


def ordinality(tokens: list[Token], keys: frozenset[str], settings: Settings) -> list[Token]:
    """Raises Refusal where it is not behind a function."""
    if "ordinality" not in keys:
        return tokens
    for index in range(1, len(tokens) - 1):
        if tokens[index].key == "with" and tokens[index + 1].key == "ordinality":
            start = operands.before(tokens, index)
            if tokens[index - 1].key != ")" or start < 0 or not is_name(tokens[start]):
                raise unsupported("WITH ORDINALITY behind a table or query")
    return tokens
