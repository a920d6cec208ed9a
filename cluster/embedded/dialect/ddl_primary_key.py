"""ALTER PRIMARY KEY and ADD PRIMARY KEY.

Sources: docs "ALTER TABLE", ALTER PRIMARY KEY; logic test alter_primary_key;
pkg/sql/schemachanger/scbuild/internal/scbuildstmt/alter_table_alter_primary_key.go.
"""

from __future__ import annotations

from collections.abc import Sequence

from cluster.embedded.dialect.ddl import helper, schema_of
from cluster.embedded.dialect.ddl_constraint import (
    Constraint,
    primary_columns,
    refuse_in_primary_key,
)
from cluster.embedded.dialect.ddl_key import text_array
from cluster.embedded.dialect.model import Refusal
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import quote_string


def alter_primary_key(reader: Reader) -> Constraint:
    """USING COLUMNS (…) [USING HASH] [WITH (…)], the cursor after ALTER PRIMARY KEY."""
    reader.expect("using", "columns")
    return Constraint("primary", key=primary_columns(reader), altered=True)


def primary_key_step(table: Sequence[str], constraint: Constraint) -> str:
    """The statement that makes the key the primary key of a table that is there. Raises Refusal."""
    made = constraint.key
    assert made
    seen: set[str] = set()
    for column in made.columns:
        if column and column in seen:
            raise Refusal("0A000", f'new primary key contains duplicate column "{column}"')
        seen.add(column)
    refuse_in_primary_key(made)
    return helper(
        "alter_primary_key",
        schema_of(table),
        quote_string(table[-1]),
        text_array(made.columns),
        quote_string(made.flags(primary=True)),
        str(made.buckets or "NULL"),
        quote_string(constraint.name),
        str(not constraint.altered).lower(),
        str(constraint.if_not_exists).lower(),
    )
