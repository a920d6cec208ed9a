-- Storage parameters of tables, row-level TTL, ON UPDATE and families: the changes (storage.py checks what it can).
-- Source: pkg/sql/storageparam/tablestorageparam/table_storage_param.go; logic tests row_level_ttl, schema_locked.

-- The refusal of a locked table, for what cannot unlock it (pkg/sql/sqlerrors, NewSchemaChangeOnLockedTableErr).
CREATE OR REPLACE FUNCTION crdb_catalog.check_unlocked(schema text, tbl text) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF EXISTS (SELECT FROM pg_class WHERE oid = crdb_catalog.relation(schema, tbl) AND relkind = 'r'
             AND NOT crdb_catalog.is_unlocked(reloptions)) THEN
    RAISE EXCEPTION USING ERRCODE = '57000',
      MESSAGE = format('schema changes are disallowed on table "%s" because it is locked', tbl),
      HINT = format(E'To unlock the table, try "ALTER TABLE %1$s SET (schema_locked = false);" \n'
        'After schema change completes, we recommend setting it back to true with '
        '"ALTER TABLE %1$s SET (schema_locked = true);"', tbl);
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

CREATE OR REPLACE FUNCTION crdb_catalog.ttl_interval(name text, value text) RETURNS interval
LANGUAGE plpgsql STABLE AS $$
DECLARE
  made interval;
BEGIN
  BEGIN
    made := value::interval;
  EXCEPTION WHEN data_exception THEN
    RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = format('value of "%s" must be an interval', name);
  END;
  IF made < interval '0' THEN
    RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = format('value of "%s" must be at least zero', name);
  END IF;
  RETURN made;
END
$$;

-- A duration as Go prints it: 1h0m0s, 2m0s, 1.5s.
CREATE OR REPLACE FUNCTION crdb_catalog.go_duration(span interval) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN hours > 0 THEN hours || 'h' ELSE '' END || CASE WHEN total >= 60 THEN minutes || 'm' ELSE '' END
    || trim_scale(total - hours * 3600 - minutes * 60) || 's'
  FROM (SELECT total, div(total, 3600) AS hours, div(mod(total, 3600), 60) AS minutes
        FROM (SELECT extract(epoch FROM span) AS total) t) parts
$$;

-- The column that ttl_expire_after makes, changes and drops.
CREATE OR REPLACE FUNCTION crdb_catalog.keep_expiration(relation regclass, was text, is_now text, is_new boolean)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  expression text := 'current_timestamp + ' || replace(is_now, ':::', '::');
  expected text;
  num smallint := (SELECT attnum FROM pg_attribute
                   WHERE attrelid = relation AND attname = 'crdb_internal_expiration' AND NOT attisdropped);
BEGIN
  IF is_now IS NOT DISTINCT FROM was THEN
    RETURN;
  ELSIF is_now IS NULL THEN
    PERFORM crdb_catalog.drop_on_update(relation, num);
    EXECUTE format('ALTER TABLE %s DROP COLUMN crdb_internal_expiration', relation);
    RETURN;
  ELSIF was IS NOT NULL THEN
    EXECUTE format('ALTER TABLE %s ALTER COLUMN crdb_internal_expiration SET DEFAULT %s', relation, expression);
  ELSIF num IS NULL THEN
    EXECUTE format('ALTER TABLE %s ADD COLUMN crdb_internal_expiration timestamptz NOT NULL DEFAULT %s, '
                   'ALTER COLUMN crdb_internal_expiration SET (n_distinct_inherited = 1)', relation, expression);
  ELSE
    expected := 'current_timestamp():::TIMESTAMPTZ + ' || is_now;
    IF (SELECT atttypid FROM pg_attribute WHERE attrelid = relation AND attnum = num) <> 'timestamptz'::regtype THEN
      RAISE EXCEPTION USING ERRCODE = '42P16', MESSAGE =
        'table crdb_internal_expiration has TTL defined, but column crdb_internal_expiration is not a TIMESTAMPTZ';
    ELSIF coalesce((SELECT crdb_catalog.expression(pg_get_expr(adbin, adrelid), adrelid, 'typed') FROM pg_attrdef
                    WHERE adrelid = relation AND adnum = num), '') <> expected THEN
      RAISE EXCEPTION USING ERRCODE = '42P16',
        MESSAGE = 'expected DEFAULT expression of crdb_internal_expiration to be ' || expected;
    ELSIF is_new AND
          coalesce(crdb_catalog.expression(crdb_catalog.on_update(relation, num), relation, 'typed'), '') <> expected THEN
      RAISE EXCEPTION USING ERRCODE = '42P16',
        MESSAGE = 'expected ON UPDATE expression of crdb_internal_expiration to be ' || expected;
    END IF;
  END IF;
  PERFORM crdb_catalog.set_on_update(relation, 'crdb_internal_expiration', expression);
END
$$;

-- What a literal as CockroachDB prints it stands for.
CREATE OR REPLACE FUNCTION crdb_catalog.plain(literal text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT CASE WHEN literal LIKE 'e''%'
    THEN replace(replace(substr(literal, 3, length(literal) - 3), E'\\''', ''''), E'\\\\', E'\\')
    ELSE substr(literal, 2, length(literal) - 2) END
$$;

-- Set parameters (names and values, see storage.py) and reset others. is_new: the table was made just now.
CREATE OR REPLACE FUNCTION crdb_catalog.store(
  schema text, tbl text, names text[], given text[], resets text[], is_new boolean
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := crdb_catalog.existing(schema, tbl);
  expired_before text := (SELECT value FROM crdb_catalog.storage WHERE rel = relation AND name = 'ttl_expire_after');
  had_ttl boolean := EXISTS (SELECT FROM crdb_catalog.storage WHERE rel = relation AND name = 'ttl');
  has_ttl boolean := had_ttl AND NOT 'ttl' = ANY (resets);
  one record;
  kind text;
BEGIN
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

-- Before a column is changed, renamed or dropped: what row-level TTL does not allow. what: alter, alter type of,
-- rename or drop (pkg/sql/sqlerrors, NewAlterDependsOnDurationExprError and …ExpirationExprError).
CREATE OR REPLACE FUNCTION crdb_catalog.check_expiration(schema text, tbl text, col text, what text) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
  relation regclass := crdb_catalog.relation(schema, tbl);
  expression text;
BEGIN
  IF NOT EXISTS (SELECT FROM crdb_catalog.storage WHERE rel = relation) THEN
    RETURN;
  ELSIF col = 'crdb_internal_expiration'
        AND EXISTS (SELECT FROM crdb_catalog.storage WHERE rel = relation AND name = 'ttl_expire_after') THEN
    RAISE EXCEPTION USING ERRCODE = '42P16',
      MESSAGE = format('cannot %s column crdb_internal_expiration while ttl_expire_after is set', what),
      HINT = format('use ALTER TABLE %s RESET (ttl) instead', tbl);
  END IF;
  SELECT crdb_catalog.plain(value) INTO expression
  FROM crdb_catalog.storage WHERE rel = relation AND name = 'ttl_expiration_expression';
  IF expression ~* ('\y' || regexp_replace(col, '\W', '\\\&', 'g') || '\y') AND what <> 'alter' THEN
    IF what = 'rename' THEN
      PERFORM crdb_catalog.refuse('RENAME COLUMN of a column that ttl_expiration_expression uses');
    END IF;
    RAISE EXCEPTION USING ERRCODE = '42P16', MESSAGE = format(
        'cannot %s column "%s" referenced by row-level TTL expiration expression "%s"', what, col, expression),
      HINT = format('use ALTER TABLE %s SET (ttl_expiration_expression = ...) to change the expression', tbl);
  END IF;
END
$$;

-- ON UPDATE: two triggers of the row. The first fires when the UPDATE names the column, and leaves a note; the second
-- fires always, after it, and sets the column unless it finds the note (docs, "CREATE TABLE", ON UPDATE expressions).
CREATE OR REPLACE FUNCTION crdb_catalog.on_update_named() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM postgresql_set_config('crdb.on_update_named', TG_NAME, true);
  RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.on_update_set() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  column_number text := substring(TG_NAME FROM '\d+');
  value jsonb;
BEGIN
  IF postgresql_current_setting('crdb.on_update_named', true) = 'crdb_on_update_' || column_number || '_named' THEN
    PERFORM postgresql_set_config('crdb.on_update_named', '', true);
    RETURN NEW;
  END IF;
  EXECUTE 'SELECT to_jsonb(' || TG_ARGV[0] || ')' INTO value;
  RETURN jsonb_populate_record(NEW, jsonb_build_object(
    (SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid = TG_RELID AND attnum = column_number::smallint), value));
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.drop_on_update(relation regclass, num smallint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF crdb_catalog.on_update(relation, num) IS NOT NULL THEN
    EXECUTE format('DROP TRIGGER crdb_on_update_%1$s_named ON %2$s; DROP TRIGGER crdb_on_update_%1$s_set ON %2$s',
                   num, relation);
  END IF;
END
$$;

-- expression: PostgreSQL's; NULL drops it.
CREATE OR REPLACE FUNCTION crdb_catalog.set_on_update(relation regclass, col text, expression text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  target record;
  old_default text;
  printed text;
BEGIN
  SELECT attnum, attgenerated, attidentity INTO target
  FROM pg_attribute WHERE attrelid = relation AND attname = col AND attnum > 0 AND NOT attisdropped;
  IF target.attnum IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = '42703', MESSAGE = format('column "%s" does not exist', col);
  END IF;
  PERFORM crdb_catalog.drop_on_update(relation, target.attnum);
  IF expression IS NULL THEN
    RETURN;
  ELSIF target.attgenerated <> '' OR target.attidentity <> '' THEN
    PERFORM crdb_catalog.refuse('ON UPDATE of a computed or identity column');
  END IF;
  -- PostgreSQL checks the expression and spells it out as a default for a moment.
  SELECT pg_get_expr(adbin, adrelid) INTO old_default FROM pg_attrdef WHERE adrelid = relation AND adnum = target.attnum;
  EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', relation, col, expression);
  SELECT pg_get_expr(adbin, adrelid) INTO printed FROM pg_attrdef WHERE adrelid = relation AND adnum = target.attnum;
  EXECUTE format('ALTER TABLE %s ALTER COLUMN %I %s', relation, col, coalesce('SET DEFAULT ' || old_default, 'DROP DEFAULT'));
  EXECUTE format(
    'CREATE TRIGGER crdb_on_update_%1$s_named BEFORE UPDATE OF %3$I ON %2$s FOR EACH ROW '
    'EXECUTE FUNCTION crdb_catalog.on_update_named(); '
    'CREATE TRIGGER crdb_on_update_%1$s_set BEFORE UPDATE ON %2$s FOR EACH ROW '
    'EXECUTE FUNCTION crdb_catalog.on_update_set(%4$L)', target.attnum, relation, col, printed);
END
$$;

-- Families of a new table: their columns; a name is generated from all that end up in them
-- (tabledesc, generateFamilyName; logic test family).
CREATE OR REPLACE FUNCTION crdb_catalog.set_families(schema text, tbl text, names text[], columns text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := crdb_catalog.existing(schema, tbl);
BEGIN
  DELETE FROM crdb_catalog.family WHERE rel = relation OR NOT EXISTS (SELECT FROM pg_class WHERE oid = rel);
  INSERT INTO crdb_catalog.family
  SELECT relation, place - 1, coalesce(nullif(family, ''), chr(2)),
    (SELECT array_agg(attnum ORDER BY n) FROM unnest(string_to_array(cols, chr(31))) WITH ORDINALITY AS c(col, n)
     JOIN pg_attribute ON attrelid = relation AND attname = col)
  FROM unnest(names, columns) WITH ORDINALITY AS f(family, cols, place);
  UPDATE crdb_catalog.family f SET
    cols = CASE WHEN id > 0 THEN cols ELSE cols || ARRAY(
      SELECT attnum FROM pg_attribute a WHERE attrelid = relation AND attnum > 0 AND crdb_catalog.flags(attoptions) & 4104 = 0
      AND NOT EXISTS (SELECT FROM crdb_catalog.family o WHERE o.rel = relation AND a.attnum = ANY (o.cols))
      ORDER BY attnum) END
  WHERE rel = relation;
  PERFORM crdb_catalog.name_families(relation);
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.name_families(relation regclass) RETURNS void LANGUAGE sql AS $$
  UPDATE crdb_catalog.family SET name = 'fam_' || id || '_' ||
    (SELECT string_agg(attname, '_' ORDER BY n) FROM unnest(cols) WITH ORDINALITY AS c(num, n)
     JOIN pg_attribute ON attrelid = relation AND attnum = num)
  WHERE rel = relation AND name = chr(2)
$$;

-- ADD COLUMN … [CREATE [IF NOT EXISTS]] FAMILY [name]. create_it: '', create or maybe.
CREATE OR REPLACE FUNCTION crdb_catalog.join_family(schema text, tbl text, col text, wanted text, create_it text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := crdb_catalog.existing(schema, tbl);
  num smallint := (SELECT attnum FROM pg_attribute WHERE attrelid = relation AND attname = col AND NOT attisdropped);
  found integer;
BEGIN
  IF NOT EXISTS (SELECT FROM crdb_catalog.family WHERE rel = relation) THEN
    INSERT INTO crdb_catalog.family SELECT relation, 0, 'primary', array_agg(attnum ORDER BY attnum)
    FROM pg_attribute WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped AND attnum <> num;
  END IF;
  SELECT id INTO found FROM crdb_catalog.family WHERE rel = relation AND name = wanted;
  IF found IS NULL AND create_it = '' THEN
    RAISE EXCEPTION USING ERRCODE = 'XXUUU', MESSAGE = format('unknown family "%s"', wanted);
  ELSIF found IS NOT NULL AND create_it = 'create' THEN
    RAISE EXCEPTION USING ERRCODE = 'XXUUU', MESSAGE = format('family "%s" already exists', wanted);
  ELSIF found IS NULL THEN
    INSERT INTO crdb_catalog.family
    SELECT relation, max(id) + 1, coalesce(nullif(wanted, ''), chr(2)), ARRAY[num]
    FROM crdb_catalog.family WHERE rel = relation;
    PERFORM crdb_catalog.name_families(relation);
  ELSE
    UPDATE crdb_catalog.family SET cols = cols || num WHERE rel = relation AND id = found;
  END IF;
END
$$;
