-- Indexes, which belong to their table in CockroachDB and to the schema in PostgreSQL.

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

CREATE OR REPLACE FUNCTION crdb_catalog.comment_on_index(schema text, tbl text, name text, comment text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('COMMENT ON INDEX %s IS %L', crdb_catalog.the_index(schema, tbl, name, false), comment);
END
$$;
