-- What PostgreSQL has no place for and SHOW CREATE TABLE prints: storage parameters, families of columns, ON UPDATE.
-- schema_locked itself is a parameter of PostgreSQL's without effect here: parallel_workers = 0 is an unlocked table.
-- Rows of a table that is gone mean nothing; the next change of any table's parameters sweeps them out.

CREATE TABLE IF NOT EXISTS crdb_catalog.storage (rel oid, name text, value text NOT NULL, PRIMARY KEY (rel, name));
CREATE TABLE IF NOT EXISTS crdb_catalog.family (
  rel oid, id integer, name text NOT NULL, cols smallint[] NOT NULL, PRIMARY KEY (rel, id));
GRANT SELECT, INSERT, UPDATE, DELETE ON crdb_catalog.storage, crdb_catalog.family TO PUBLIC;

CREATE OR REPLACE FUNCTION crdb_catalog.is_unlocked(reloptions text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT coalesce('parallel_workers=0' = ANY (reloptions), false) $$;

-- The parameters of a table, each as name = value, in the order of tabledesc.GetStorageParams
-- (pkg/sql/catalog/tabledesc/structured.go); NULL for none. values are kept as they are printed.
CREATE OR REPLACE FUNCTION crdb_catalog.storage_parameters(tab oid, options text[], equals text) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT array_agg(name || equals || value ORDER BY array_position(ARRAY['ttl', 'ttl_expire_after',
      'ttl_expiration_expression', 'ttl_job_cron', 'ttl_select_batch_size', 'ttl_delete_batch_size',
      'ttl_select_rate_limit', 'ttl_delete_rate_limit', 'ttl_pause', 'ttl_row_stats_poll_interval', 'ttl_label_metrics',
      'ttl_disable_changefeed_replication', 'exclude_data_from_backup', 'sql_stats_automatic_collection_enabled',
      'sql_stats_automatic_collection_min_stale_rows', 'sql_stats_automatic_collection_fraction_stale_rows',
      'sql_stats_automatic_full_collection_enabled', 'sql_stats_automatic_partial_collection_enabled',
      'sql_stats_automatic_partial_collection_min_stale_rows',
      'sql_stats_automatic_partial_collection_fraction_stale_rows', 'sql_stats_forecasts_enabled',
      'sql_stats_histogram_samples_count', 'sql_stats_histogram_buckets_count', 'schema_locked'], name))
  FROM (SELECT name, value FROM crdb_catalog.storage WHERE rel = tab
        UNION ALL SELECT 'schema_locked', 'true' WHERE NOT crdb_catalog.is_unlocked(options)) found
$$;

-- The expression of ON UPDATE of a column in PostgreSQL's words, or NULL. It is the argument of a trigger that is
-- named after the column's number: see 74_ddl_on_update.sql.
CREATE OR REPLACE FUNCTION crdb_catalog.on_update(tab oid, num smallint) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT convert_from(substr(tgargs, 1, length(tgargs) - 1), 'UTF8') FROM pg_catalog.pg_trigger
  WHERE tgrelid = tab AND tgname = 'crdb_on_update_' || num || '_set'
$$;

-- FAMILY name (columns), one each; none for a table that has only the family that every table has.
CREATE OR REPLACE FUNCTION crdb_catalog.create_families(tab oid) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg('FAMILY ' || crdb_catalog.name(name) || ' (' || shown || ')' ORDER BY id), '{}')
  FROM (
    SELECT f.id, f.name, (
      SELECT string_agg(crdb_catalog.name(a.attname), ', ' ORDER BY array_position(f.cols, a.attnum), a.attnum)
      FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = tab AND a.attnum > 0 AND NOT a.attisdropped AND crdb_catalog.flags(a.attoptions) & 4104 = 0  -- virtual, or of shards
        AND (a.attnum = ANY (f.cols)
             -- A column that was put into no family is in the first.
             OR f.id = 0 AND NOT EXISTS (SELECT FROM crdb_catalog.family o WHERE o.rel = tab AND a.attnum = ANY (o.cols)))
    ) AS shown
    FROM crdb_catalog.family f WHERE f.rel = tab
  ) families
  WHERE shown IS NOT NULL
$$;

-- The query of a view, as it is kept or (pretty) printed; refused where view_text.py did not know how.
CREATE OR REPLACE FUNCTION crdb_catalog.view_query(view oid, pretty boolean) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  text text := (SELECT value FROM crdb_catalog.storage
                WHERE rel = view AND name = CASE WHEN pretty THEN 'view printed' ELSE 'view' END);
  mark text;
BEGIN
  FOR mark IN SELECT DISTINCT m[1] FROM regexp_matches(text, chr(4) || '(\d+)' || chr(4), 'g') m LOOP
    text := replace(text, chr(4) || mark || chr(4), (
      SELECT crdb_catalog.name(current_database()) || '.' || crdb_catalog.name(nspname) || '.' || crdb_catalog.name(relname)
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace WHERE c.oid = mark::oid));
  END LOOP;
  FOR mark IN SELECT DISTINCT m[1] FROM regexp_matches(text, chr(5) || '([^' || chr(5) || ']+)' || chr(5), 'g') m LOOP
    text := replace(text, chr(5) || mark || chr(5), crdb_catalog.name(mark));
  END LOOP;
  -- A longer one is broken into lines (ShowCreateView: 100 less the width of a tab).
  IF text IS NULL OR pretty AND length(text) > 96 THEN
    PERFORM crdb_catalog.refuse('the definition of a view');
  END IF;
  RETURN text;
END
$$;
