"""Hash-sharded indexes: the hidden column that CockroachDB shows for one, in CREATE TABLE.

PostgreSQL needs no shards, so its index has the plain columns, a name that ends in the number of buckets
(sql/21_index_names.sql), and beside it stands a column that holds nothing: sql/76_ddl_shards.sql prints it.
Sources: docs "Hash-sharded indexes"; logic test hash_sharded_index; tabledesc.GetShardColumnName.
"""

from __future__ import annotations

from collections.abc import Sequence

from cluster.embedded.dialect.ddl import helper, schema_of
from cluster.embedded.dialect.ddl_column import Column
from cluster.embedded.dialect.ddl_key import Key, text_array
from cluster.embedded.dialect.model import unsupported
from cluster.embedded.dialect.tokens import quote_string


def shard_name(made: Key) -> str:
    """crdb_internal_a_b_shard_16. Raises Refusal for an index of expressions."""
    if not all(made.columns):
        raise unsupported("hash-sharded index on an expression")
    return "_".join(["crdb_internal", *made.columns, "shard", str(made.buckets)])


def shard_column(made: Key) -> Column:
    """The column of a key in CREATE TABLE."""
    return Column(shard_name(made), "int8", clauses=["NOT NULL", "DEFAULT 0"])


def shard_steps(table: Sequence[str], made: Key) -> list[str]:
    """What marks it after CREATE TABLE, and checks the columns that it is made of."""
    return [
        helper(
            "mark_shard",
            schema_of(table),
            quote_string(table[-1]),
            quote_string(shard_name(made)),
            text_array(made.columns),
            str(made.buckets),
        )
    ]
