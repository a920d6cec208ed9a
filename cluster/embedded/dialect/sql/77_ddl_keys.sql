-- The primary key of a table that is there. Source: logic test alter_primary_key;
-- pkg/sql/schemachanger/scbuild/internal/scbuildstmt/alter_table_alter_primary_key.go; pkg/sql/alter_table.go.

-- The hidden rowid that is a table's primary key, or NULL.
CREATE OR REPLACE FUNCTION crdb_catalog.rowid_key(relation regclass) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT attname::text FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
  WHERE indrelid = relation AND indisprimary AND indnkeyatts = 1 AND attname LIKE 'rowid%'
    AND crdb_catalog.flags(attoptions) & 4097 = 1
$$;

-- The columns must be fit for a primary key.
CREATE OR REPLACE FUNCTION crdb_catalog.check_key_columns(relation regclass, columns text[]) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
  unfit text;
BEGIN
  PERFORM crdb_catalog.need_columns(relation, columns);
  SELECT col INTO unfit FROM unnest(columns) WITH ORDINALITY u(col, n)
  JOIN pg_attribute ON attrelid = relation AND attname = col WHERE NOT attnotnull ORDER BY n LIMIT 1;
  IF unfit IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = '42P15', MESSAGE = format('cannot use nullable column "%s" in primary key', unfit);
  ELSIF EXISTS (SELECT FROM pg_attribute WHERE attrelid = relation AND attname = ANY (columns) AND attgenerated = 'v') THEN
    PERFORM crdb_catalog.refuse('primary key of a virtual column');
  END IF;
END
$$;

-- Whether the rowid may go with its key: nothing else uses it (checkIfColumnCanBeDropped).
CREATE OR REPLACE FUNCTION crdb_catalog.is_unused(relation regclass, col text) RETURNS bool LANGUAGE sql STABLE AS $$
  SELECT NOT EXISTS (
    SELECT FROM pg_depend d JOIN pg_attribute ON attrelid = relation AND attname = col AND attnum = refobjsubid
    WHERE refclassid = 'pg_class'::regclass AND refobjid = relation
      AND NOT (classid = 'pg_attrdef'::regclass AND deptype = 'a')
      AND NOT (classid = 'pg_constraint'::regclass
               AND EXISTS (SELECT FROM pg_constraint c WHERE c.oid = objid AND contype IN ('p', 'n'))))
$$;

-- flags: dN or ''; buckets: NULL if it is not sharded; name '': as now. added: by ADD PRIMARY KEY.
CREATE OR REPLACE FUNCTION crdb_catalog.alter_primary_key(
  schema text, tbl text, columns text[], flags text, buckets int, name text, added bool, if_not_exists bool
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := crdb_catalog.existing(schema, tbl);
  rowid text := crdb_catalog.rowid_key(relation);
  -- DROP CONSTRAINT in the same statement has said so.
  replacing bool := postgresql_current_setting('crdb.dropped_key', true) IS NOT DISTINCT FROM relation::oid::text;
  old record;
  same bool;
  afterwards text[];
  old_shard int2;
  old_name text;
  statement text;
BEGIN
  SET LOCAL crdb.dropped_key = '';
  IF (SELECT relkind FROM pg_class WHERE oid = relation) <> 'r' THEN
    RAISE EXCEPTION USING ERRCODE = '42809', MESSAGE = format('"%s" is not a table', tbl);
  END IF;
  SELECT indexrelid::regclass AS idx, relname, relnamespace AS space,
    coalesce(substring(crdb_catalog.index_flags(relname) FROM 'd\d+'), '') AS descending,
    crdb_catalog.index_flag(relname, 'h') AS buckets,
    ARRAY(SELECT attname::text FROM generate_series(1, indnkeyatts) k
          JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[k - 1] ORDER BY k) AS columns,
    indkey::int2[] AS nums INTO old
  FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE indrelid = relation AND indisprimary;
  IF added AND rowid IS NULL AND NOT replacing THEN
    IF if_not_exists THEN
      RETURN;
    END IF;
    RAISE EXCEPTION USING ERRCODE = '42P16', MESSAGE = format('multiple primary keys for table "%s" are not allowed', tbl);
  END IF;
  PERFORM crdb_catalog.check_key_columns(relation, columns);
  -- fallBackIfShardedIndexExists: CockroachDB leaves these to its older way, which a locked table forbids.
  IF EXISTS (SELECT FROM pg_index i JOIN pg_class c ON c.oid = indexrelid WHERE indrelid = relation AND NOT indisprimary
             AND (old.buckets IS NOT NULL OR crdb_catalog.index_flag(c.relname, 'h') IS NOT NULL)) THEN
    PERFORM crdb_catalog.refuse('a new primary key of a table with hash-sharded indexes');
  END IF;
  same := old.columns = columns AND old.descending = flags;
  IF same AND old.buckets IS NOT DISTINCT FROM buckets AND (name = '' OR NOT added) THEN
    RETURN;
  END IF;
  old_name := crdb_catalog.bare(old.relname);
  IF name = '' THEN
    name := CASE WHEN added AND replacing THEN tbl || '_pkey' ELSE old_name END;
  END IF;
  IF name <> old_name AND (crdb_catalog.index_of(relation, name) IS NOT NULL OR EXISTS (
       SELECT FROM pg_constraint WHERE conrelid = relation AND contype <> 'n' AND conname = name)) THEN
    RAISE EXCEPTION USING ERRCODE = '42710', MESSAGE = format('constraint with name "%s" already exists', name);
  END IF;
  afterwards := crdb_catalog.release_foreign_keys(old.idx, false, NOT replacing OR same);
  old_shard := crdb_catalog.shard_of(old.idx);
  EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', relation, old.relname);
  IF buckets IS NOT NULL THEN
    PERFORM crdb_catalog.need_shard(relation, columns, buckets);
    flags := flags || 'h' || buckets;
  END IF;
  EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I PRIMARY KEY (%s)', relation,
    crdb_catalog.index_name(old.space, name, flags),
    (SELECT string_agg(quote_ident(col), ', ' ORDER BY n) FROM unnest(columns) WITH ORDINALITY u(col, n)));
  IF rowid IS NOT NULL THEN
    IF rowid <> ALL (columns) AND crdb_catalog.is_unused(relation, rowid) THEN
      EXECUTE format('ALTER TABLE %s DROP COLUMN %I', relation, rowid);
    END IF;
  ELSIF NOT (same OR replacing) AND NOT EXISTS (
      SELECT FROM pg_index i JOIN pg_class c ON c.oid = indexrelid
      WHERE indrelid = relation AND NOT indisprimary AND indisunique AND indpred IS NULL
        AND (indkey::int2[])[0:indnkeyatts - 1] = (old.nums)[0:cardinality(old.columns) - 1]
        AND (SELECT sum((indoption[k] & 1) << k) FROM generate_series(0, indnkeyatts - 1) k)
            = coalesce(nullif(substr(old.descending, 2), ''), '0')::int) THEN
    -- The old key stays as a unique index (maybeAddUniqueIndexForOldPrimaryKey).
    statement := (
      SELECT string_agg(quote_ident(col) || CASE WHEN coalesce(nullif(substr(old.descending, 2), ''), '0')::int
                                                      >> (n - 1)::int & 1 = 1
                        THEN ' DESC NULLS LAST' ELSE ' ASC NULLS FIRST' END, ', ' ORDER BY n)
      FROM unnest(old.columns) WITH ORDINALITY u(col, n));
    CALL crdb_catalog.create_index(
      schema, tbl, array_to_string(tbl || old.columns || 'key'::text, '_'), true, false, 'UNIQUE ', 'c',
      old.columns, '{}', old.buckets, ' (' || statement || ')');
  END IF;
  FOREACH statement IN ARRAY afterwards LOOP
    EXECUTE statement;
  END LOOP;
  PERFORM crdb_catalog.drop_unused_shard(relation, old_shard);
END
$$;
