-- Constraints that are added, renamed and dropped.

-- The name of a constraint that is added: free on the table, as CockroachDB makes it free when it generated it.
-- NULL when IF NOT EXISTS finds the name taken.
CREATE OR REPLACE FUNCTION crdb_catalog.new_constraint_name(
  relation regclass, name text, generated bool, if_not_exists bool, kind text
) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  wanted text := name;
  number int := 0;
BEGIN
  WHILE crdb_catalog.index_of(relation, wanted) IS NOT NULL
    OR EXISTS (SELECT FROM pg_constraint WHERE conrelid = relation AND contype <> 'n'
               AND crdb_catalog.shown_name(conname) = wanted) LOOP
    IF generated THEN
      number := number + 1;
      wanted := name || number;
    ELSIF if_not_exists THEN
      RETURN NULL;
    ELSIF kind = 'unique' THEN
      RAISE EXCEPTION USING ERRCODE = '42P07', MESSAGE = format('constraint with name "%s" already exists', name);
    ELSE
      RAISE EXCEPTION USING ERRCODE = '42710', MESSAGE = format('duplicate constraint name: "%s"', name);
    END IF;
  END LOOP;
  RETURN wanted;
END
$$;

-- The expression of a CHECK that could not be added, as CockroachDB prints it: it is added once more, unchecked.
CREATE OR REPLACE FUNCTION crdb_catalog.check_text(relation regclass, definition text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  printed text;
BEGIN
  EXECUTE format('ALTER TABLE %s ADD CONSTRAINT crdb_check_text %s NOT VALID', relation, definition);
  SELECT crdb_catalog.expression(pg_get_expr(conbin, conrelid), conrelid, 'typed') INTO printed
  FROM pg_constraint WHERE conrelid = relation AND conname = 'crdb_check_text';
  RETURN printed;  -- the error that follows undoes it
END
$$;

-- A row as CockroachDB shows it where a CHECK fails: a=-2, b='x', c=NULL.
CREATE OR REPLACE FUNCTION crdb_catalog.shown_row(relation regclass, condition text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  shown text;
BEGIN
  EXECUTE format('SELECT concat_ws('', '', %s) FROM %s WHERE NOT (%s) LIMIT 1',
    (SELECT string_agg(format('%L || coalesce(%s, ''NULL'')', attname || '=',
       CASE WHEN typcategory IN ('N', 'B') THEN format('%I::text', attname)
            ELSE format('quote_literal(%I::text)', attname) END), ', ' ORDER BY attnum)
     FROM pg_attribute JOIN pg_type t ON t.oid = atttypid
     WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped),
    relation, condition) INTO shown;
  RETURN shown;
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.add_constraint(
  schema text, tbl text, name text, generated bool, if_not_exists bool, kind text, definition text
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := crdb_catalog.existing(schema, tbl);
  logical text := crdb_catalog.new_constraint_name(relation, name, generated, if_not_exists, kind);
  expression text;
BEGIN
  IF logical IS NULL THEN
    RETURN;
  END IF;
  IF kind = 'check' THEN
    expression := regexp_replace(substr(definition, 7), ' NOT VALID$', '');
    EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I CHECK (crdb_catalog.checked(%s, tableoid, %L)) NOT VALID',
                   relation, logical, expression, logical);
    IF definition NOT LIKE '% NOT VALID' THEN
      EXECUTE format('ALTER TABLE %s VALIDATE CONSTRAINT %I', relation, logical);
    END IF;
    RETURN;
  END IF;
  EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', relation,
    CASE WHEN kind = 'unique' THEN crdb_catalog.physical_name(
           (SELECT nspname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE c.oid = relation),
           logical)
         ELSE logical END,
    definition);
EXCEPTION WHEN check_violation THEN
  -- logic test alter_table: validation of CHECK "…" failed on row: …
  RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = logical,
    MESSAGE = format('validation of CHECK "%s" failed on row: %s',
                     crdb_catalog.check_text(relation, definition), crdb_catalog.shown_row(relation, expression));
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.rename_constraint(schema text, tbl text, old text, new text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := crdb_catalog.existing(schema, tbl);
  target record;
BEGIN
  SELECT conname, contype, nspname INTO target
  FROM pg_constraint c JOIN pg_namespace n ON n.oid = connamespace
  WHERE conrelid = relation AND contype <> 'n' AND crdb_catalog.shown_name(conname) = old;
  IF target IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = '42704',
      MESSAGE = format('constraint "%s" of relation "%s" does not exist', old, tbl);
  ELSIF EXISTS (SELECT FROM pg_constraint WHERE conrelid = relation AND contype <> 'n'
                AND crdb_catalog.shown_name(conname) = new) THEN
    RAISE EXCEPTION USING ERRCODE = '42710', MESSAGE = format('duplicate constraint name: "%s"', new);
  END IF;
  EXECUTE format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', relation, target.conname,
    CASE WHEN target.contype IN ('p', 'u') THEN crdb_catalog.physical_name(target.nspname, new) ELSE new END);
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.drop_constraint(
  schema text, tbl text, name text, if_exists bool, cascading bool
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := crdb_catalog.existing(schema, tbl);
  target record;
  unique_index regclass;
  suffix text := CASE WHEN cascading THEN ' CASCADE' ELSE '' END;
BEGIN
  SELECT conname, contype INTO target FROM pg_constraint
  WHERE conrelid = relation AND contype <> 'n' AND crdb_catalog.shown_name(conname) = name;
  IF target.contype = 'p' THEN
    RAISE EXCEPTION USING ERRCODE = '0A000',
      MESSAGE = 'unimplemented: primary key dropped without subsequent addition of new primary key in same transaction',
      HINT = E'You have attempted to use a feature that is not yet implemented.\nSee: https://go.crdb.dev/issue-v/48026/v26.2';
  ELSIF target.conname IS NOT NULL THEN
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I%s', relation, target.conname, suffix);
    RETURN;
  END IF;
  -- A unique index is a constraint too.
  SELECT indexrelid::regclass INTO unique_index FROM pg_index
  WHERE indexrelid = crdb_catalog.index_of(relation, name) AND indisunique;
  IF unique_index IS NOT NULL THEN
    EXECUTE format('DROP INDEX %s%s', unique_index, suffix);
  ELSIF NOT if_exists THEN
    RAISE EXCEPTION USING ERRCODE = '42704',
      MESSAGE = format('constraint "%s" of relation "%s" does not exist', name, tbl);
  ELSE
    RAISE NOTICE USING ERRCODE = '00000',
      MESSAGE = format('constraint "%s" of relation "%s" does not exist, skipping', name, tbl);
  END IF;
END
$$;

-- ADD PRIMARY KEY takes the place of the hidden rowid, which goes (docs, "ALTER TABLE … ADD CONSTRAINT").
CREATE OR REPLACE FUNCTION crdb_catalog.drop_rowid_key(schema text, tbl text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := crdb_catalog.existing(schema, tbl);
  rowid text;
BEGIN
  SELECT attname INTO rowid
  FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
  WHERE conrelid = relation AND contype = 'p' AND cardinality(conkey) = 1
    AND attname LIKE 'rowid%' AND crdb_catalog.mark(relation, attname) & 1 = 1;
  IF rowid IS NOT NULL THEN
    EXECUTE format('ALTER TABLE %s DROP COLUMN %I', relation, rowid);
  END IF;
END
$$;
