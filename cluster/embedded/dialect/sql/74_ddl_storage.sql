-- Storage parameters of tables, schema_locked among them: the changes (storage.py checks what it can).
-- Source: pkg/sql/storageparam/tablestorageparam/table_storage_param.go; logic tests row_level_ttl, schema_locked.

-- The refusal of a locked table, for what cannot unlock it (pkg/sql/sqlerrors, NewSchemaChangeOnLockedTableErr; in
-- these words since v25.3: cockroachdb/cockroach#149252, #172617).
CREATE OR REPLACE FUNCTION crdb_catalog.check_unlocked(schema text, tbl text) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF EXISTS (SELECT FROM pg_class WHERE oid = crdb_catalog.relation(schema, tbl) AND relkind = 'r'
             AND NOT crdb_catalog.is_unlocked(reloptions)) THEN
    RAISE EXCEPTION USING ERRCODE = '57000',
      MESSAGE = format('this schema change is disallowed because table "%s" is locked and this operation cannot '
        'automatically unlock the table', tbl),
      DETAIL = format(E'To unlock the table, execute `ALTER TABLE %1$s SET (schema_locked = false);`\n'
        'After the schema change completes, we recommend setting it back to true with '
        '`ALTER TABLE %1$s SET (schema_locked = true);`', tbl);
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.lock_table(relation regclass, locked boolean) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF locked = crdb_catalog.is_unlocked((SELECT reloptions FROM pg_class WHERE oid = relation)) THEN
    EXECUTE format('ALTER TABLE %s %s', relation,
      CASE WHEN locked THEN 'RESET (parallel_workers)' ELSE 'SET (parallel_workers = 0)' END);
  END IF;
END
$$;

-- Whether new tables are locked, and what RESET (schema_locked) gives.
CREATE OR REPLACE FUNCTION crdb_catalog.locks_new_tables() RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce(nullif(postgresql_current_setting('crdb.create_table_with_schema_locked', true), ''), 'on')::boolean
$$;

-- What a literal as CockroachDB prints it stands for.
CREATE OR REPLACE FUNCTION crdb_catalog.plain(literal text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT CASE WHEN literal LIKE 'e''%'
    THEN replace(replace(substr(literal, 3, length(literal) - 3), E'\\''', ''''), E'\\\\', E'\\')
    ELSE substr(literal, 2, length(literal) - 2) END
$$;

-- A new table that was given none: in PostgreSQL it is locked already.
CREATE OR REPLACE FUNCTION crdb_catalog.store_nothing(relation regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM crdb_catalog.storage WHERE rel = relation;
  IF NOT crdb_catalog.locks_new_tables() THEN
    PERFORM crdb_catalog.lock_table(relation, false);
  END IF;
END
$$;

-- Set parameters (names and values, see storage.py) and reset others. is_new: the table was made just now.
CREATE OR REPLACE FUNCTION crdb_catalog.store(
  schema text, tbl text, names text[], given text[], resets text[], is_new boolean
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := crdb_catalog.existing(schema, tbl);
  expired_before text;
  had_ttl boolean;
  has_ttl boolean;
  one record;
  kind text;
BEGIN
  IF is_new AND names = '{}' THEN
    PERFORM crdb_catalog.store_nothing(relation);
    RETURN;
  END IF;
  expired_before := (SELECT value FROM crdb_catalog.storage WHERE rel = relation AND name = 'ttl_expire_after');
  had_ttl := EXISTS (SELECT FROM crdb_catalog.storage WHERE rel = relation AND name = 'ttl');
  has_ttl := had_ttl AND NOT 'ttl' = ANY (resets);
  DELETE FROM crdb_catalog.storage s WHERE rel = relation
    AND (is_new OR s.name = ANY (resets) OR 'ttl' = ANY (resets) AND s.name LIKE 'ttl%');
  IF names <> '{}' THEN
    DELETE FROM crdb_catalog.storage s WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = s.rel);
  END IF;
  FOR one IN SELECT * FROM unnest(names, given) AS u(name, value) LOOP
    CONTINUE WHEN one.name = 'ttl_expiration_sql';
    has_ttl := has_ttl OR one.name LIKE 'ttl%';
    IF one.name = 'schema_locked' THEN
      PERFORM crdb_catalog.lock_table(relation, one.value::boolean);
      CONTINUE;
    ELSIF one.name = 'exclude_data_from_backup'
      AND EXISTS (SELECT FROM pg_constraint WHERE confrelid = relation AND contype = 'f') THEN
      RAISE EXCEPTION USING ERRCODE = '55000', MESSAGE =
        'cannot set data in a table with inbound foreign key constraints to be excluded from backup';
    ELSIF one.name = 'ttl_expiration_expression' THEN
      EXECUTE format('SELECT pg_typeof((SELECT (%s) FROM %s LIMIT 0))',
                     given[array_position(names, 'ttl_expiration_sql')], relation) INTO kind;
      IF kind <> 'timestamp with time zone' THEN
        RAISE EXCEPTION USING ERRCODE = '42804', MESSAGE = format(
          'expected TTL EXPIRATION EXPRESSION expression to have type timestamptz, but ''%s'' has type %s',
          crdb_catalog.plain(one.value), replace(lower(crdb_catalog.type_name(kind::regtype, -1)), 'int8', 'int'));
      END IF;
    ELSIF one.name = 'ttl_expire_after' THEN
      one.value := format('%L:::INTERVAL', crdb_catalog.ttl_interval(one.name, one.value));
    ELSIF one.name = 'ttl_row_stats_poll_interval' THEN
      one.value := format('%L', crdb_catalog.go_duration(crdb_catalog.ttl_interval(one.name, one.value)));
    END IF;
    -- What is off is not printed, as if it were not set.
    IF one.name IN ('ttl_pause', 'ttl_label_metrics', 'ttl_disable_changefeed_replication', 'exclude_data_from_backup')
       AND one.value = 'false' THEN
      DELETE FROM crdb_catalog.storage s WHERE s.rel = relation AND s.name = one.name;
    ELSE
      INSERT INTO crdb_catalog.storage VALUES (relation, one.name, one.value)
      ON CONFLICT (rel, name) DO UPDATE SET value = excluded.value;
    END IF;
  END LOOP;
  IF 'schema_locked' = ANY (resets) OR is_new AND NOT 'schema_locked' = ANY (names) THEN
    PERFORM crdb_catalog.lock_table(relation, crdb_catalog.locks_new_tables());
  END IF;
  IF has_ttl THEN
    IF NOT EXISTS (SELECT FROM crdb_catalog.storage s
                   WHERE s.rel = relation AND s.name IN ('ttl_expire_after', 'ttl_expiration_expression')) THEN
      RAISE EXCEPTION USING ERRCODE = '22023',
        MESSAGE = '"ttl_expire_after" and/or "ttl_expiration_expression" must be set';
    END IF;
    INSERT INTO crdb_catalog.storage VALUES (relation, 'ttl', '''on''') ON CONFLICT (rel, name) DO NOTHING;
  END IF;
  PERFORM crdb_catalog.keep_expiration(relation, expired_before,
    (SELECT value FROM crdb_catalog.storage WHERE rel = relation AND name = 'ttl_expire_after'), is_new);
  IF has_ttl AND NOT had_ttl THEN
    RAISE NOTICE USING ERRCODE = '00000',
      MESSAGE = 'the embedded cluster deletes no expired rows: the row-level TTL job runs on CockroachDB itself';
  END IF;
END
$$;
