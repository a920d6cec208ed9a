-- RENAME and SET SCHEMA. Source: pkg/sql/rename_table.go, rename_column.go; logic tests rename_*.

CREATE OR REPLACE FUNCTION crdb_catalog.rename_column(schema text, tbl text, old text, new text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := crdb_catalog.need_table(schema, tbl);
  target record;
BEGIN
  PERFORM crdb_catalog.need_columns(relation, ARRAY[old]);
  SELECT attnum, crdb_catalog.flags(attoptions) & 4096 = 4096 AS is_shard INTO target
  FROM pg_attribute WHERE attrelid = relation AND attname = old AND attnum > 0 AND NOT attisdropped;
  IF old = new THEN
    RETURN;
  ELSIF target.is_shard THEN
    RAISE EXCEPTION USING ERRCODE = '42939', MESSAGE = 'cannot rename shard column';
  END IF;
  IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = relation AND attname = new AND attnum > 0 AND NOT attisdropped) THEN
    RAISE EXCEPTION USING ERRCODE = '42701', MESSAGE = format('column "%s" of relation "%s" already exists', new, tbl);
  END IF;
  EXECUTE format('ALTER TABLE %s RENAME COLUMN %I TO %I', relation, old, new);
  PERFORM crdb_catalog.rename_shards(relation, target.attnum);
END
$$;

-- A table, view or sequence gets another name in its schema.
CREATE OR REPLACE FUNCTION crdb_catalog.rename_relation(schema text, tbl text, new text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := crdb_catalog.existing(schema, tbl);
  view text := crdb_catalog.view_on(relation, 0::int2);
  home text := (SELECT nspname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE c.oid = relation);
BEGIN
  IF tbl = new THEN
    RETURN;
  ELSIF view IS NOT NULL THEN
    PERFORM crdb_catalog.blocked('rename', 'relation', format('%s.%s.%s', current_database(), home, tbl), 'view', view);
  END IF;
  PERFORM crdb_catalog.free(home, new, false);
  EXECUTE format('ALTER TABLE %s RENAME TO %I', relation, new);
END
$$;

-- Before a table moves to another schema: no index there may have a name of its indexes, nor a relation its own.
CREATE OR REPLACE FUNCTION crdb_catalog.make_way(schema text, tbl text, target text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := crdb_catalog.relation(schema, tbl);
  idx record;
BEGIN
  IF relation IS NULL OR to_regnamespace(quote_ident(target)) IS NULL
    OR (SELECT relnamespace FROM pg_class WHERE oid = relation) = to_regnamespace(quote_ident(target)) THEN
    RETURN;
  END IF;
  PERFORM crdb_catalog.free(target, tbl, false);
  FOR idx IN SELECT c.oid::regclass AS oid, c.relname FROM pg_index JOIN pg_class c ON c.oid = indexrelid
             WHERE indrelid = relation LOOP
    EXECUTE format('ALTER INDEX %s RENAME TO %I', idx.oid, crdb_catalog.free_everywhere(
      (SELECT relnamespace FROM pg_class WHERE oid = relation), to_regnamespace(quote_ident(target)),
      crdb_catalog.bare(idx.relname), crdb_catalog.index_flags(idx.relname)));
  END LOOP;
END
$$;

-- As index_name(), free in two schemas.
CREATE OR REPLACE FUNCTION crdb_catalog.free_everywhere(space oid, target oid, name text, flags text) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT name || chr(1) || number || flags FROM generate_series(1, 10000) number
  WHERE NOT EXISTS (SELECT FROM pg_class WHERE relname = name || chr(1) || number || flags AND relnamespace IN (space, target))
  ORDER BY number LIMIT 1
$$;

-- OWNER TO who owns the table already is no schema change, and so no job (pkg/sql/alter_table_owner.go).
CREATE OR REPLACE FUNCTION crdb_catalog.note_owner(schema text, tbl text, owner text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM pg_class WHERE oid = crdb_catalog.existing(schema, tbl) AND pg_get_userbyid(relowner) = owner) THEN
    PERFORM crdb_catalog.nothing_done();
  END IF;
END
$$;
