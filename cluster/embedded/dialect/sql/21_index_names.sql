-- What PostgreSQL cannot tell of an index stands in its name there, behind the character 1 (see bare()): a number
-- that keeps two indexes of one name apart, and flags:
--   c     made as a constraint, so DROP INDEX wants CASCADE (IndexDescriptor.CreatedExplicitly is its opposite)
--   dN    a primary key's columns that descend, as bits: PostgreSQL's primary keys only ascend
--   vN    visibility in percent
--   hN    hash-sharded, with so many buckets
CREATE OR REPLACE FUNCTION crdb_catalog.index_flag(name, flag text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT substring(split_part($1::text, E'\x01', 2) FROM $2 || '(\d+)')::integer
$$;

-- The flags alone.
CREATE OR REPLACE FUNCTION crdb_catalog.index_flags(name) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT ltrim(split_part($1::text, E'\x01', 2), '0123456789') $$;

-- Whether column k (from 1) of an index descends. option: of pg_index.indoption.
CREATE OR REPLACE FUNCTION crdb_catalog.descends(name, k bigint, option int2) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT option & 1 = 1 OR coalesce(crdb_catalog.index_flag($1, 'd') >> (k - 1)::integer & 1 = 1, false)
$$;

-- The columns that a shard column is made of, from what is kept with it (76_ddl_shards.sql); null for other columns.
CREATE OR REPLACE FUNCTION crdb_catalog.sharded_columns(options text[]) RETURNS int2[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN crdb_catalog.flags(options) & 4096 = 4096 THEN
    (SELECT ARRAY(SELECT m[1]::int2 FROM regexp_matches(substr(o, 13), '\d{3}', 'g') m)
     FROM unnest(options) o WHERE o LIKE 'n\_distinct=%') END
$$;

-- mod(fnv32(md5(crdb_internal.datums_to_bytes(a))), 16): the expression of a shard column
-- (pkg/sql/catalog/schemaexpr/hash_sharded_compute_expr.go). mode: see 30_expressions.sql.
CREATE OR REPLACE FUNCTION crdb_catalog.shard_expression(rel oid, col name, options text[], mode text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT format('mod(fnv32(md5(crdb_internal.datums_to_bytes(%s))), %s%s)',
    (SELECT string_agg(crdb_catalog.name(attname), ', ' ORDER BY n)
     FROM unnest(crdb_catalog.sharded_columns(options)) WITH ORDINALITY u(num, n)
     JOIN pg_catalog.pg_attribute ON attrelid = rel AND attnum = num),
    substring(col FROM '_shard_(\d+)$'), CASE mode WHEN 'typed' THEN ':::INT8' ELSE '' END)
$$;

-- The shard column of a sharded index; null for others.
CREATE OR REPLACE FUNCTION crdb_catalog.shard_of(idx oid) RETURNS int2 LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT a.attnum FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND NOT a.attisdropped
  WHERE i.indexrelid = idx
    AND a.attname LIKE 'crdb\_internal\_%\_shard\_' || crdb_catalog.index_flag(c.relname, 'h')
    AND crdb_catalog.sharded_columns(a.attoptions)
        = ARRAY(SELECT i.indkey[k - 1] FROM generate_series(1, i.indnkeyatts) k ORDER BY k)
$$;
