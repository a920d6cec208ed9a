-- What a schema change of CockroachDB needs and PostgreSQL has not: names of indexes that are free per table,
-- refusals, and what can only be known when it runs. ddl*.py writes the calls. They run with the caller's rights.

-- The relation that a name means, or NULL. schema '' : by the search path.
CREATE OR REPLACE FUNCTION crdb_catalog.relation(schema text, name text) RETURNS regclass
LANGUAGE sql STABLE AS $$
  SELECT to_regclass(CASE WHEN schema = '' THEN '' ELSE quote_ident(schema) || '.' END || quote_ident(name))
$$;

-- As above, or 42P01.
CREATE OR REPLACE FUNCTION crdb_catalog.existing(schema text, name text) RETURNS regclass
LANGUAGE plpgsql STABLE AS $$
DECLARE
  found regclass := crdb_catalog.relation(schema, name);
BEGIN
  IF found IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = '42P01',
      MESSAGE = format('relation "%s" does not exist', CASE WHEN schema = '' THEN name ELSE schema || '.' || name END);
  END IF;
  RETURN found;
END
$$;

-- For IF EXISTS: whether it is there; a notice if not.
CREATE OR REPLACE FUNCTION crdb_catalog.is_there(schema text, name text) RETURNS bool
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF crdb_catalog.relation(schema, name) IS NULL THEN
    RAISE NOTICE USING ERRCODE = '00000', MESSAGE = format('relation "%s" does not exist, skipping', name);
    RETURN false;
  END IF;
  RETURN true;
END
$$;

-- The schema in which a name is made.
CREATE OR REPLACE FUNCTION crdb_catalog.target_schema(schema text, name text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF coalesce(nullif(schema, ''), current_schema()) IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = '3F000', MESSAGE = 'no schema has been selected to create in';
  ELSIF schema <> '' AND to_regnamespace(quote_ident(schema)) IS NULL THEN
    -- pkg/sql/catalog/resolver
    RAISE EXCEPTION USING ERRCODE = '3F000',
      MESSAGE = format('cannot create "%s.%s" because the target database or schema does not exist', schema, name),
      HINT = 'verify that the current database and search_path are valid and/or the target database exists';
  END IF;
  RETURN coalesce(nullif(schema, ''), current_schema());
END
$$;

-- Whether a new relation may have this name: 42P07 if not, or a notice and false with IF NOT EXISTS.
CREATE OR REPLACE FUNCTION crdb_catalog.free(schema text, name text, if_not_exists bool) RETURNS bool
LANGUAGE plpgsql STABLE AS $$
DECLARE
  target text := crdb_catalog.target_schema(schema, name);
BEGIN
  IF NOT EXISTS (SELECT FROM pg_class WHERE relname = name AND relkind NOT IN ('i', 'I')
                 AND relnamespace = to_regnamespace(quote_ident(target))) THEN
    RETURN true;
  END IF;
  IF if_not_exists THEN
    RAISE NOTICE USING ERRCODE = '42P07', MESSAGE = format('relation "%s" already exists, skipping', name);
    RETURN false;
  END IF;
  RAISE EXCEPTION USING ERRCODE = '42P07',
    MESSAGE = format('relation "%s.%s.%s" already exists', current_database(), target, name);
END
$$;

-- The name that people see of an index or key. PostgreSQL's are unique per schema: a second one of the same name
-- is kept with a suffix after chr(1).
CREATE OR REPLACE FUNCTION crdb_catalog.shown_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$ SELECT split_part(name, chr(1), 1) $$;

-- A name for an index of the table that no relation of the schema has.
CREATE OR REPLACE FUNCTION crdb_catalog.physical_name(target text, name text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  candidate text := name;
  number int := 0;
BEGIN
  WHILE EXISTS (SELECT FROM pg_class
                WHERE relname = candidate AND relnamespace = to_regnamespace(quote_ident(target))) LOOP
    number := number + 1;
    candidate := left(name, 50) || chr(1) || number;
  END LOOP;
  RETURN candidate;
END
$$;

-- Run a CREATE or ALTER TABLE in which names of keys stand between chr(2): each gets a name that is free.
CREATE OR REPLACE FUNCTION crdb_catalog.run(schema text, statement text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  name text;
BEGIN
  FOR name IN SELECT m[1] FROM regexp_matches(statement, chr(2) || '([^' || chr(2) || ']*)' || chr(2), 'g') m LOOP
    statement := replace(statement, chr(2) || name || chr(2),
      replace(crdb_catalog.physical_name(crdb_catalog.target_schema(schema, name), replace(name, '""', '"')), '"', '""'));
  END LOOP;
  EXECUTE statement;
END
$$;

-- The index of that name on the table, or NULL.
CREATE OR REPLACE FUNCTION crdb_catalog.index_of(tbl regclass, name text) RETURNS regclass
LANGUAGE sql STABLE AS $$
  SELECT indexrelid::regclass FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
  WHERE indrelid = tbl AND crdb_catalog.shown_name(relname) = index_of.name
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.create_index(
  schema text, tbl text, name text, generated bool, if_not_exists bool, uniqueness text, definition text
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := crdb_catalog.existing(schema, tbl);
  wanted text := name;
  number int := 0;
BEGIN
  WHILE crdb_catalog.index_of(relation, wanted) IS NOT NULL LOOP
    IF generated THEN
      number := number + 1;
      wanted := name || number;
      CONTINUE;
    END IF;
    IF if_not_exists THEN
      RAISE NOTICE USING ERRCODE = '42P07', MESSAGE = format('index "%s" already exists, skipping', name);
      RETURN;
    END IF;
    RAISE EXCEPTION USING ERRCODE = '42P07', MESSAGE = format('index with name "%s" already exists', name);
  END LOOP;
  EXECUTE format('CREATE %sINDEX %I %s', uniqueness,
    crdb_catalog.physical_name((SELECT nspname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
                                WHERE c.oid = relation), wanted),
    definition);
END
$$;

-- The index that t@name, name or schema.name means: NULL and a notice with IF EXISTS, else 42704; 42P09 if two.
CREATE OR REPLACE FUNCTION crdb_catalog.the_index(schema text, tbl text, name text, if_exists bool) RETURNS regclass
LANGUAGE plpgsql STABLE AS $$
DECLARE
  found regclass[];
  tables text[];
BEGIN
  IF tbl <> '' THEN
    IF if_exists AND crdb_catalog.relation(schema, tbl) IS NULL THEN
      RETURN NULL;
    END IF;
    found := array_remove(ARRAY[crdb_catalog.index_of(crdb_catalog.existing(schema, tbl), name)], NULL);
  ELSE
    SELECT array_agg(indexrelid::regclass ORDER BY t.relname), array_agg(t.relname ORDER BY t.relname)
    INTO found, tables
    FROM pg_index JOIN pg_class i ON i.oid = indexrelid JOIN pg_class t ON t.oid = indrelid
    JOIN pg_namespace n ON n.oid = i.relnamespace
    WHERE crdb_catalog.shown_name(i.relname) = the_index.name
      AND CASE WHEN schema = '' THEN n.nspname = ANY (current_schemas(false)) ELSE n.nspname = schema END;
    IF cardinality(found) > 1 THEN
      RAISE EXCEPTION USING ERRCODE = '42P09',
        MESSAGE = format('index name "%s" is ambiguous (found in %s and %s)', name, tables[1], tables[2]);
    END IF;
  END IF;
  IF cardinality(found) = 1 THEN
    RETURN found[1];
  END IF;
  IF NOT if_exists THEN
    RAISE EXCEPTION USING ERRCODE = '42704', MESSAGE = format('index "%s" does not exist', name);
  END IF;
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.drop_index(
  schema text, tbl text, name text, if_exists bool, cascading bool
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  target regclass := crdb_catalog.the_index(schema, tbl, name, if_exists);
  key record;
BEGIN
  IF target IS NULL THEN
    RETURN;
  END IF;
  SELECT conname, contype, conrelid::regclass AS owner INTO key
  FROM pg_constraint WHERE conindid = target AND contype IN ('p', 'u');
  IF key.contype = 'p' THEN
    RAISE EXCEPTION USING ERRCODE = '0A000',
      MESSAGE = 'cannot drop the primary index of a table using DROP INDEX',
      HINT = 'instead, use ALTER TABLE ... ALTER PRIMARY KEY or use DROP CONSTRAINT ... PRIMARY KEY followed by '
             'ADD CONSTRAINT ... PRIMARY KEY in the same transaction';
  ELSIF key.contype = 'u' AND NOT cascading THEN
    RAISE EXCEPTION USING ERRCODE = '2BP01',
      MESSAGE = format('index "%s" is in use as unique constraint', name),
      HINT = 'use CASCADE if you really want to drop it.';
  END IF;
  RAISE NOTICE USING ERRCODE = '00000', MESSAGE = 'the data for dropped indexes is reclaimed asynchronously',
    HINT = 'The reclamation delay can be customized in the zone configuration for the table.';
  IF key.contype = 'u' THEN
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', key.owner, key.conname);
  ELSE
    EXECUTE format('DROP INDEX %s%s', target, CASE WHEN cascading THEN ' CASCADE' ELSE '' END);
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.rename_index(
  schema text, tbl text, old text, new text, if_exists bool
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  target regclass := crdb_catalog.the_index(schema, tbl, old, if_exists);
  owner record;
BEGIN
  IF target IS NULL OR old = new THEN
    RETURN;
  END IF;
  SELECT indrelid::regclass AS tbl, nspname INTO owner
  FROM pg_index JOIN pg_class c ON c.oid = indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE indexrelid = target;
  IF crdb_catalog.index_of(owner.tbl, new) IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = '42P07', MESSAGE = format('index name "%s" already exists', new);
  END IF;
  EXECUTE format('ALTER INDEX %s RENAME TO %I', target, crdb_catalog.physical_name(owner.nspname, new));
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
      MESSAGE = 'primary key dropped without subsequent addition of new primary key in same transaction';
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

-- PostgreSQL drops a key with its column; CockroachDB refuses (sqlerrors: column referenced by …).
CREATE OR REPLACE FUNCTION crdb_catalog.may_drop_column(schema text, tbl text, col text) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
  relation regclass := crdb_catalog.relation(schema, tbl);
  number int2 := (SELECT attnum FROM pg_attribute WHERE attrelid = relation AND attname = col AND NOT attisdropped);
  computed text;
BEGIN
  IF EXISTS (SELECT FROM pg_constraint WHERE conrelid = relation AND contype = 'p' AND number = ANY (conkey)) THEN
    RAISE EXCEPTION USING ERRCODE = '42P10',
      MESSAGE = format('column "%s" is referenced by the primary key', col);
  END IF;
  SELECT a.attname INTO computed
  FROM pg_depend d
  JOIN pg_attrdef f ON f.oid = d.objid AND d.classid = 'pg_attrdef'::regclass
  JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum AND a.attgenerated <> ''
  WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = relation AND d.refobjsubid = number
    AND a.attnum <> number
  ORDER BY a.attnum LIMIT 1;
  IF computed IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = '42P10',
      MESSAGE = format('column "%s" is referenced by computed column "%s"', col, computed);
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.may_be_null(schema text, tbl text, col text) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF EXISTS (SELECT FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = ANY (conkey)
             WHERE conrelid = crdb_catalog.relation(schema, tbl) AND contype = 'p' AND attname = col) THEN
    RAISE EXCEPTION USING ERRCODE = '42P16', MESSAGE = format('column "%s" is in a primary index', col);
  END IF;
END
$$;

-- A conversion that rewrites data is refused on an indexed column; widening is not (logic test alter_column_type).
CREATE OR REPLACE FUNCTION crdb_catalog.may_change_type(schema text, tbl text, col text, new text) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
  relation regclass := crdb_catalog.relation(schema, tbl);
  old record;
  into_type regtype := new::regtype;
  rewrites bool;
BEGIN
  SELECT attnum, atttypid, atttypmod INTO old
  FROM pg_attribute WHERE attrelid = relation AND attname = col AND NOT attisdropped;
  IF old IS NULL THEN
    RETURN;
  END IF;
  rewrites := old.atttypid <> into_type
    AND NOT (old.atttypid IN ('varchar'::regtype, 'text'::regtype) AND into_type IN ('varchar'::regtype, 'text'::regtype))
    AND NOT (old.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
             AND into_type IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype))
    AND NOT (old.atttypid IN ('timestamp'::regtype, 'timestamptz'::regtype)
             AND into_type IN ('timestamp'::regtype, 'timestamptz'::regtype) AND old.atttypid = into_type);
  IF rewrites AND EXISTS (SELECT FROM pg_index WHERE indrelid = relation AND old.attnum = ANY (indkey)) THEN
    RAISE EXCEPTION USING ERRCODE = '0A000',
      MESSAGE = 'unimplemented: ALTER COLUMN TYPE requiring rewrite of on-disk data is currently not supported for '
                'columns that are part of an index';
  END IF;
END
$$;

-- Bits of a column's mark (types.py): 1 hidden, 2 STRING(n), 4 CHAR(n).
CREATE OR REPLACE FUNCTION crdb_catalog.mark(relation regclass, col text) RETURNS int
LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT split_part(o, '=', 2)::float8::int FROM pg_attribute a, unnest(attoptions) o
    WHERE attrelid = relation AND attname = col AND o LIKE 'n\_distinct\_inherited=%'), 0)
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.set_mark(relation regclass, col text, mark int) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF crdb_catalog.mark(relation, col) <> mark THEN
    EXECUTE format('ALTER TABLE %s ALTER COLUMN %I %s', relation, col,
      CASE WHEN mark = 0 THEN 'RESET (n_distinct_inherited)'
           ELSE format('SET (n_distinct_inherited = %s)', mark) END);
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.mark_type(schema text, tbl text, col text, mark int) RETURNS void
LANGUAGE sql AS $$
  SELECT crdb_catalog.set_mark(r, col, crdb_catalog.mark(r, col) & 1 | mark)
  FROM (SELECT crdb_catalog.relation(schema, tbl) AS r) s WHERE r IS NOT NULL
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.mark_hidden(schema text, tbl text, col text, hidden bool) RETURNS void
LANGUAGE sql AS $$
  SELECT crdb_catalog.set_mark(r, col, crdb_catalog.mark(r, col) & 6 | hidden::int)
  FROM (SELECT crdb_catalog.relation(schema, tbl) AS r) s WHERE r IS NOT NULL
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

-- As free(), for types: CockroachDB's types and relations share names.
CREATE OR REPLACE FUNCTION crdb_catalog.type_is_free(schema text, name text, if_not_exists bool) RETURNS bool
LANGUAGE plpgsql STABLE AS $$
DECLARE
  target text := crdb_catalog.target_schema(schema, name);
BEGIN
  IF NOT EXISTS (SELECT FROM pg_type WHERE typname = name AND typnamespace = to_regnamespace(quote_ident(target))) THEN
    RETURN true;
  ELSIF if_not_exists THEN
    RAISE NOTICE USING ERRCODE = '42710', MESSAGE = format('type "%s" already exists, skipping', name);
    RETURN false;
  END IF;
  RAISE EXCEPTION USING ERRCODE = '42710',
    MESSAGE = format('type "%s.%s.%s" already exists', current_database(), target, name);
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.comment_on_index(schema text, tbl text, name text, comment text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('COMMENT ON INDEX %s IS %L', crdb_catalog.the_index(schema, tbl, name, false), comment);
END
$$;
