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
  PERFORM crdb_catalog.need_columns(relation, ARRAY[col]);
  SELECT attnum, attgenerated, attidentity INTO target
  FROM pg_attribute WHERE attrelid = relation AND attname = col AND attnum > 0 AND NOT attisdropped;
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
