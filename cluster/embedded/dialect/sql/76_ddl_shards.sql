-- The columns of hash-sharded indexes: hidden, empty here, printed as CockroachDB computes them. The columns that
-- one is made of are kept with it in an attribute option that means nothing for a column of one value: n_distinct,
-- 1 and three digits for each. Source: logic test hash_sharded_index; docs, "Hash-sharded indexes".

CREATE OR REPLACE FUNCTION crdb_catalog.shard_name(columns text[], buckets text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$ SELECT 'crdb_internal_' || array_to_string(columns, '_') || '_shard_' || buckets $$;

-- A column that is there becomes a shard column: marked, and checked as CockroachDB checks its own.
CREATE OR REPLACE FUNCTION crdb_catalog.mark_shard(schema text, tbl text, col text, columns text[], buckets int)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := crdb_catalog.existing(schema, tbl);
  computed text;
BEGIN
  PERFORM crdb_catalog.need_columns(relation, columns);
  IF octet_length(col) > 57 OR cardinality(columns) > 20 THEN
    PERFORM crdb_catalog.refuse('hash-sharded index on so many columns, or of such long names');
  ELSIF EXISTS (SELECT FROM pg_attribute WHERE attrelid = relation AND attname = ANY (columns) AND attgenerated <> '') THEN
    RAISE EXCEPTION USING ERRCODE = '42P17', MESSAGE = 'cannot create a sharded index on a computed column';
  END IF;
  EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET (n_distinct_inherited = 4097, n_distinct = 1%s)', relation, col,
    (SELECT string_agg(to_char(attnum, 'FM000'), '' ORDER BY n) FROM unnest(columns) WITH ORDINALITY u(name, n)
     JOIN pg_attribute ON attrelid = relation AND attname = name));
  EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I CHECK (%I IN (%s))', relation, 'check_' || col, col,
    (SELECT string_agg(n || '::int8', ', ' ORDER BY n) FROM generate_series(0, buckets - 1) n));
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.need_shard(relation regclass, columns text[], buckets int) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  col text := crdb_catalog.shard_name(columns, buckets::text);
  is_ours bool := (SELECT crdb_catalog.flags(attoptions) & 4096 = 4096 FROM pg_attribute
                   WHERE attrelid = relation AND attname = col AND NOT attisdropped);
  owner record;
BEGIN
  IF is_ours THEN
    RETURN;
  ELSIF is_ours IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = '42701', MESSAGE = format('column %s already specified; can''t be used for sharding', col);
  END IF;
  SELECT nspname, relname INTO owner FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE c.oid = relation;
  PERFORM crdb_catalog.need_columns(relation, columns);
  EXECUTE format('ALTER TABLE %s ADD COLUMN %I int8 NOT NULL DEFAULT 0', relation, left(col, 63));
  PERFORM crdb_catalog.mark_shard(owner.nspname, owner.relname, col, columns, buckets);
END
$$;

-- A shard column goes with the last index that it shards.
CREATE OR REPLACE FUNCTION crdb_catalog.drop_unused_shard(relation regclass, shard int2) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF shard IS NOT NULL AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = relation
                                       AND (crdb_catalog.shard_of(indexrelid) = shard OR shard = ANY (indkey))) THEN
    EXECUTE format('ALTER TABLE %s DROP COLUMN %I', relation,
      (SELECT attname FROM pg_attribute WHERE attrelid = relation AND attnum = shard));
  END IF;
END
$$;

-- A column is renamed: the shard columns made of it are too, and their checks.
CREATE OR REPLACE FUNCTION crdb_catalog.rename_shards(relation regclass, num int2) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  shard record;
  new text;
BEGIN
  FOR shard IN SELECT attname, crdb_catalog.sharded_columns(attoptions) AS nums FROM pg_attribute
               WHERE attrelid = relation AND NOT attisdropped AND num = ANY (crdb_catalog.sharded_columns(attoptions)) LOOP
    new := crdb_catalog.shard_name(
      ARRAY(SELECT attname::text FROM unnest(shard.nums) WITH ORDINALITY u(n, place)
            JOIN pg_attribute ON attrelid = relation AND attnum = n ORDER BY place),
      substring(shard.attname FROM '\d+$'));
    EXECUTE format('ALTER TABLE %s RENAME COLUMN %I TO %I', relation, shard.attname, new);
    EXECUTE format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', relation, 'check_' || shard.attname, 'check_' || new);
  END LOOP;
END
$$;

-- Before a column goes: the sharded indexes on it go, and their shard columns with them.
CREATE OR REPLACE FUNCTION crdb_catalog.drop_shards_of(schema text, tbl text, col text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := crdb_catalog.existing(schema, tbl);
  idx record;
BEGIN
  FOR idx IN SELECT indexrelid::regclass AS oid FROM pg_index
             JOIN pg_attribute a ON attrelid = indrelid AND attname = col AND attnum = ANY (indkey)
             WHERE indrelid = relation AND NOT indisprimary AND crdb_catalog.shard_of(indexrelid) IS NOT NULL LOOP
    PERFORM crdb_catalog.drop_secondary(idx.oid, true);
  END LOOP;
END
$$;
