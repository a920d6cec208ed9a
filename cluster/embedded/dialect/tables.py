"""What the rewriter must know of the tables: hidden columns and primary keys.

Stars and INSERTs without columns must not show hidden columns (rowid above all), and UPSERT needs the key.
PostgreSQL knows no hidden column, so a column carries a mark in an attribute option that has no meaning for
tables without children: n_distinct_inherited, a sum of the bits in types.py. It survives renames and goes
with the column.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cluster.embedded.dialect.model import Catalog, IndexInfo, TableInfo
from cluster.embedded.dialect.tokens import quote_name

_SEPARATOR = "\x1f"


def mark_column(table: str, column: str, mark: int) -> str:
    """The SQL that marks a column; table: as SQL."""
    return f"ALTER TABLE {table} ALTER COLUMN {quote_name(column)} SET (n_distinct_inherited = {mark})"


def catalog_sql() -> str:
    """One SELECT, text columns only, whose rows read_catalog() takes."""
    return r"""
SELECT n.nspname, c.relname,
  coalesce(string_agg(a.attname, E'\x1f' ORDER BY a.attnum) FILTER (WHERE NOT h.hidden), ''),
  coalesce(string_agg(a.attname, E'\x1f' ORDER BY a.attnum) FILTER (WHERE h.hidden), ''),
  coalesce(split_part(p.conname, E'\x01', 1), ''),
  coalesce(string_agg(a.attname, E'\x1f' ORDER BY array_position(p.conkey, a.attnum))
    FILTER (WHERE a.attnum = ANY (p.conkey)), ''),
  coalesce(string_agg(a.attname, E'\x1f' ORDER BY a.attnum) FILTER (WHERE a.attgenerated <> ''), ''),
  array_to_string(current_schemas(false), E'\x1f'),
  coalesce((SELECT string_agg(split_part(x.relname, E'\x01', 1) || E'\x1e'
      || CASE WHEN i.indpred IS NULL THEN '' ELSE 'partial' END || E'\x1e'
      || CASE WHEN i.indisunique AND NOT i.indisprimary THEN '('
           || (SELECT string_agg(postgresql_pg_get_indexdef(i.indexrelid, k, false), ', ' ORDER BY k)
               FROM generate_series(1, i.indnkeyatts) k)
           || ')' || coalesce(' WHERE ' || pg_get_expr(i.indpred, i.indrelid), '') ELSE '' END, E'\x1f')
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
    WHERE i.indrelid = c.oid), '')
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_constraint p ON p.conrelid = c.oid AND p.contype = 'p'
CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM unnest(a.attoptions) o
  WHERE o ~ '^n_distinct_inherited=' AND split_part(o, '=', 2)::float8::int4 & 1 = 1) AS hidden) h
WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^(pg_|crdb_|information_schema)'
GROUP BY c.oid, n.nspname, c.relname, p.conname
""".strip()


def read_catalog(rows: Iterable[Sequence[str | None]]) -> Catalog:
    """The catalog that the rows of catalog_sql() tell of."""
    tables: dict[tuple[str, str], TableInfo] = {}
    path: tuple[str, ...] = ("public",)
    for row in rows:
        schema, name, visible, hidden, primary_key, key, generated, schemas, indexes = (
            value or "" for value in row
        )
        path = _cut(schemas)
        tables[schema, name] = TableInfo(
            schema,
            name,
            _cut(visible),
            _cut(hidden),
            primary_key,
            _cut(key),
            _cut(generated),
            _indexes(indexes),
        )
    return Catalog(tables, path)


def _cut(text: str) -> tuple[str, ...]:
    return tuple(text.split(_SEPARATOR)) if text else ()


def _indexes(text: str) -> dict[str, IndexInfo]:
    found = {}
    for each in _cut(text):
        name, partial, target = each.split("\x1e")
        found[name] = IndexInfo(bool(partial), target)
    return found
