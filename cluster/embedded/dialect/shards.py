"""The columns of hash-sharded indexes in queries: they hold CockroachDB's own hashes, which are not here."""

from __future__ import annotations

from cluster.embedded.dialect.model import Settings, unsupported
from cluster.embedded.dialect.tokens import Token, is_name, name_of


def is_shard_column(name: str) -> bool:
    """Whether a name is one that CockroachDB gives to a shard column (tabledesc.GetShardColumnName)."""
    head, _, number = name.rpartition("_shard_")
    return head.startswith("crdb_internal_") and number.isdigit()


def no_shard_columns(tokens: list[Token], keys: frozenset[str], settings: Settings) -> list[Token]:
    """Refuse to read or write one (0A000)."""
    if any("_shard_" in key for key in keys):
        for token in tokens:
            if is_name(token) and is_shard_column(name_of(token)):
                raise unsupported("reading or writing the column of a hash-sharded index")
    return tokens
