-- Row-level TTL: its durations, the column that ttl_expire_after keeps, and what it does not allow (logic test row_level_ttl).

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
    || hidden_trim_scale(total - hours * 3600 - minutes * 60) || 's'
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
