-- Names in schema changes: what one means, whether it is free, and PostgreSQL's own for keys and indexes.
-- ddl*.py writes the calls of these files; they run with the caller's rights.

-- The relation that a name means, or NULL. schema '' : by the search path.
CREATE OR REPLACE FUNCTION crdb_catalog.relation(schema text, name text) RETURNS regclass
LANGUAGE sql STABLE AS $$
  SELECT oid::regclass FROM pg_class
  WHERE oid = to_regclass(CASE WHEN schema = '' THEN '' ELSE quote_ident(schema) || '.' END || quote_ident(name))
    AND relkind NOT IN ('i', 'I')
$$;

-- As above, or 42P01.
CREATE OR REPLACE FUNCTION crdb_catalog.existing(schema text, name text) RETURNS regclass
LANGUAGE plpgsql STABLE AS $$
DECLARE
  -- relation(), written out: nearly every schema change comes here, and a call of it would be most of the work.
  found regclass := (SELECT oid FROM pg_class
    WHERE oid = to_regclass(CASE WHEN schema = '' THEN '' ELSE quote_ident(schema) || '.' END || quote_ident(name))
      AND relkind NOT IN ('i', 'I'));
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

-- The error of a name that is taken (pkg/sql/sqlerrors).
CREATE OR REPLACE FUNCTION crdb_catalog.already_exists(code text, kind text, schema text, name text) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = code,
    MESSAGE = format('%s "%s.%s.%s" already exists', kind, current_database(), schema, name);
END
$$;

-- Whether a new relation may have this name: 42P07 if not, or a notice and false with IF NOT EXISTS. An index of
-- PostgreSQL's that has the name steps aside, for in CockroachDB it is its table's.
CREATE OR REPLACE FUNCTION crdb_catalog.free(schema text, name text, if_not_exists bool) RETURNS bool
LANGUAGE plpgsql AS $$
DECLARE
  target text := coalesce(nullif(schema, ''), current_schema());
  kind "char";
BEGIN
  -- Most often nothing has that name. What PostgreSQL can tell without a query costs a fraction of one.
  IF has_schema_privilege(to_regnamespace(quote_ident(target)), 'USAGE')
     AND to_regclass(quote_ident(target) || '.' || quote_ident(name::name)) IS NULL
     AND to_regtype(quote_ident(target) || '.' || quote_ident(name::name)) IS NULL THEN
    RETURN true;
  END IF;
  target := crdb_catalog.target_schema(schema, name);
  IF EXISTS (SELECT FROM pg_type WHERE typname = name AND typtype = 'e'
             AND typnamespace = to_regnamespace(quote_ident(target))) THEN
    PERFORM crdb_catalog.already_exists('42710', 'type', target, name);
  END IF;
  SELECT relkind INTO kind FROM pg_class WHERE relname = name AND relnamespace = to_regnamespace(quote_ident(target));
  IF kind IN ('i', 'I') THEN
    EXECUTE format('ALTER INDEX %I.%I RENAME TO %I', target, name,
                   crdb_catalog.index_name(to_regnamespace(quote_ident(target)), name, ''));
    RETURN true;
  ELSIF kind IS NULL THEN
    RETURN true;
  ELSIF if_not_exists THEN
    RAISE NOTICE USING ERRCODE = '42P07', MESSAGE = format('relation "%s" already exists, skipping', name);
    RETURN false;
  END IF;
  PERFORM crdb_catalog.already_exists('42P07', 'relation', target, name);
  RETURN false;
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
  ELSIF EXISTS (SELECT FROM pg_class WHERE relname = name AND relkind NOT IN ('i', 'I')
                AND relnamespace = to_regnamespace(quote_ident(target))) THEN
    PERFORM crdb_catalog.already_exists('42P07', 'relation', target, name);
  END IF;
  PERFORM crdb_catalog.already_exists('42710', 'type', target, name);
  RETURN false;
END
$$;

-- A name for an index of the schema that no relation there has; flags: see 21_index_names.sql.
CREATE OR REPLACE FUNCTION crdb_catalog.index_name(space oid, name text, flags text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  candidate text := name || CASE WHEN flags = '' THEN '' ELSE chr(1) || flags END;
  number int := 0;
BEGIN
  LOOP
    IF octet_length(candidate) > 63 THEN
      PERFORM crdb_catalog.refuse(format('the name "%s" of an index or constraint: one of more than %s bytes', name,
                                         63 - octet_length(candidate) + octet_length(name)));
    END IF;
    EXIT WHEN NOT EXISTS (SELECT FROM pg_class WHERE relname = candidate AND relnamespace = space);
    number := number + 1;
    candidate := name || chr(1) || number || flags;
  END LOOP;
  RETURN candidate;
END
$$;

-- Run a CREATE or ALTER TABLE in which names of keys stand between chr(2), their flags behind chr(3): each gets a
-- name that is free.
CREATE OR REPLACE FUNCTION crdb_catalog.run(schema text, statement text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  found text;
BEGIN
  WHILE strpos(statement, chr(2)) > 0 LOOP
    found := split_part(statement, chr(2), 2);
    statement := replace(statement, chr(2) || found || chr(2), replace(crdb_catalog.index_name(
      to_regnamespace(quote_ident(coalesce(nullif(schema, ''), current_schema()))),
      replace(split_part(found, chr(3), 1), '""', '"'), split_part(found, chr(3), 2)), '"', '""'));
  END LOOP;
  EXECUTE statement;
END
$$;
