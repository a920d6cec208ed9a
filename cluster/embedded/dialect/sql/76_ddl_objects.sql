-- Schema changes of whole objects: what CockroachDB refuses and PostgreSQL does not, and its words.

-- Before ALTER TABLE | VIEW | SEQUENCE … RENAME TO, or SET SCHEMA: the relation must be of the kind, and no view may name it.
CREATE OR REPLACE FUNCTION crdb_catalog.may_rename(schema text, name text, kind text, op text) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
  relation regclass := crdb_catalog.existing(schema, name);
  target record;
  dependent text;
BEGIN
  SELECT relkind, nspname INTO target FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE c.oid = relation;
  IF kind <> (CASE target.relkind WHEN 'r' THEN 'table' WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view'
                   WHEN 'm' THEN 'materialized view' ELSE kind END)
     AND NOT (kind = 'view' AND target.relkind = 'm') THEN
    RAISE EXCEPTION USING ERRCODE = '42809', MESSAGE = format('"%s" is not a %s', name, kind);
  END IF;
  dependent := crdb_catalog.view_on(relation, 0::int2);
  IF dependent IS NOT NULL THEN
    PERFORM crdb_catalog.blocked(op, 'relation', concat_ws('.', current_database(), target.nspname, name), 'view', dependent);
  END IF;
END
$$;

-- logic test drop_type
CREATE OR REPLACE FUNCTION crdb_catalog.may_drop_type(VARIADIC names text[]) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
  one text;
  users text;
BEGIN
  FOREACH one IN ARRAY names LOOP
    SELECT string_agg(DISTINCT concat_ws('.', current_database(), nspname, relname), ', ') INTO users
    FROM pg_depend d JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
    JOIN pg_namespace n ON n.oid = relnamespace
    WHERE d.refclassid = 'pg_type'::regclass AND c.relkind IN ('r', 'v', 'm')
      AND d.refobjid IN (SELECT t.oid FROM pg_type t WHERE to_regtype(one) IN (t.oid, t.typelem));
    IF users IS NOT NULL THEN
      RAISE EXCEPTION USING ERRCODE = '2BP01', MESSAGE = format(
        'cannot drop type "%s" because other objects ([%s]) still depend on it',
        (SELECT typname FROM pg_type WHERE oid = to_regtype(one)), users);
    END IF;
  END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.may_drop_schema(name text, cascading bool) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
  target oid := to_regnamespace(quote_ident(name))::oid;
BEGIN
  IF name = 'public' OR name IN ('crdb_internal', 'information_schema', 'pg_catalog', 'pg_extension') THEN
    RAISE EXCEPTION USING ERRCODE = '3F000', MESSAGE = format('cannot drop schema "%s"', name);
  ELSIF NOT cascading AND (
    EXISTS (SELECT FROM pg_class WHERE relnamespace = target)
    OR EXISTS (SELECT FROM pg_type WHERE typnamespace = target AND typtype = 'e')) THEN
    RAISE EXCEPTION USING ERRCODE = '2BP01',
      MESSAGE = format('schema "%s" is not empty and CASCADE was not specified', name);
  END IF;
END
$$;

-- CREATE TABLE AS: PostgreSQL's integer literals are INT4, CockroachDB's INT8. A column of INT4 stays one when a column
-- of that type and name is read, and is refused when it may be one under another name. source: the query.
CREATE OR REPLACE FUNCTION crdb_catalog.widen_integers(schema text, tbl text, source text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := crdb_catalog.existing(schema, tbl);
  narrow text[] := ARRAY(SELECT attname::text FROM pg_attribute
                         WHERE attrelid = relation AND attnum > 0 AND atttypid = 'int4'::regtype);
  kept text[];
  col text;
BEGIN
  IF narrow = '{}' THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE VIEW crdb_as_source (%s) AS %s',
    (SELECT string_agg(quote_ident('c' || attnum), ', ' ORDER BY attnum) FROM pg_attribute
     WHERE attrelid = relation AND attnum > 0), source);
  kept := ARRAY(
    SELECT DISTINCT used.attname::text FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
    JOIN pg_attribute used ON used.attrelid = d.refobjid AND used.attnum = d.refobjsubid
    WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
      AND r.ev_class = 'crdb_as_source'::regclass AND used.atttypid = 'int4'::regtype);
  DROP VIEW crdb_as_source;
  IF kept <> '{}' AND NOT narrow <@ kept THEN
    PERFORM crdb_catalog.refuse('CREATE TABLE AS of an INT4 column under another name');
  END IF;
  FOREACH col IN ARRAY narrow LOOP
    IF col <> ALL (kept) THEN
      EXECUTE format('ALTER TABLE %s ALTER COLUMN %I TYPE int8', relation, col);
    END IF;
  END LOOP;
END
$$;

-- COMMENT ON CONSTRAINT by the name that the table knows it by.
CREATE OR REPLACE FUNCTION crdb_catalog.comment_on_constraint(schema text, tbl text, name text, comment text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := crdb_catalog.existing(schema, tbl);
  found text := (SELECT conname FROM pg_constraint
                 WHERE conrelid = relation AND contype <> 'n' AND crdb_catalog.shown_name(conname) = name);
BEGIN
  IF found IS NULL AND crdb_catalog.has_constraint(relation, name) THEN
    PERFORM crdb_catalog.comment_on_unique(crdb_catalog.index_of(relation, name), comment);
    RETURN;
  ELSIF found IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = '42704',
      MESSAGE = format('constraint "%s" of relation "%s" does not exist', name, tbl);
  END IF;
  EXECUTE format('COMMENT ON CONSTRAINT %I ON %s IS %L', found, relation, comment);
END
$$;

-- AS INT8 is PostgreSQL's default, and printed by CockroachDB when it was asked for.
CREATE OR REPLACE FUNCTION crdb_catalog.sequence_type(schema text, name text, printed text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO crdb_catalog.storage SELECT crdb_catalog.existing(schema, name), 'as', printed
  ON CONFLICT (rel, name) DO UPDATE SET value = excluded.value
$$;

-- ALTER TYPE … ADD VALUE and RENAME VALUE in CockroachDB's words (pkg/sql/alter_type.go).
-- In older homes a parameter has another name, which CREATE OR REPLACE cannot change.
DROP FUNCTION IF EXISTS crdb_catalog.may_change_value(text, text, text, text, text, bool);
CREATE OR REPLACE FUNCTION crdb_catalog.may_change_value(
  schema text, name text, old text, new text, neighbor text, if_not_exists bool
) RETURNS bool LANGUAGE plpgsql STABLE AS $$
DECLARE
  typ regtype := to_regtype(CASE WHEN schema = '' THEN '' ELSE quote_ident(schema) || '.' END || quote_ident(name));
BEGIN
  IF typ IS NULL THEN
    RETURN true;  -- PostgreSQL says so
  ELSIF EXISTS (SELECT FROM pg_enum WHERE enumtypid = typ AND enumlabel = new) THEN
    IF if_not_exists THEN
      RAISE NOTICE USING ERRCODE = '00000', MESSAGE = format('enum value "%s" already exists, skipping', new);
      RETURN false;
    END IF;
    RAISE EXCEPTION USING ERRCODE = '42710',
      MESSAGE = format(CASE WHEN old IS NULL THEN 'enum value "%s" already exists' ELSE 'enum value %s already exists' END, new);
  ELSIF old IS NOT NULL AND NOT EXISTS (SELECT FROM pg_enum WHERE enumtypid = typ AND enumlabel = old) THEN
    RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = format('%s is not an existing enum value', old);
  ELSIF neighbor IS NOT NULL AND NOT EXISTS (SELECT FROM pg_enum WHERE enumtypid = typ AND enumlabel = neighbor) THEN
    RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = format('"%s" is not an existing enum value', neighbor);
  END IF;
  RETURN true;
END
$$;

-- The query of a view, kept as view_text.py spells it: NULL when it cannot. Tables stand in it as their OIDs.
CREATE OR REPLACE FUNCTION crdb_catalog.table_mark(schema text, name text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT chr(4) || crdb_catalog.relation(schema, name)::oid || chr(4)
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.keep_view(schema text, name text, kept text, printed text) RETURNS void
LANGUAGE sql AS $$
  DELETE FROM crdb_catalog.storage s WHERE s.rel = crdb_catalog.existing(schema, keep_view.name)
    AND s.name IN ('view', 'view printed');
  INSERT INTO crdb_catalog.storage
  SELECT crdb_catalog.existing(schema, keep_view.name), v.name, v.value
  FROM (VALUES ('view', kept), ('view printed', printed)) v(name, value) WHERE v.value IS NOT NULL;
$$;

-- Whether DROP DATABASE would take nothing along (scbuildstmt/drop_database.go: descriptors other than public's).
CREATE OR REPLACE FUNCTION crdb_catalog.is_empty() RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT NOT EXISTS (SELECT FROM pg_namespace WHERE crdb_catalog.is_user_schema(nspname) AND nspname <> 'public')
     AND NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace)
     AND NOT EXISTS (SELECT FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'e')
$$;
