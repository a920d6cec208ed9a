-- SHOW CREATE. Source: pkg/sql/show_create.go, show_create_clauses.go, catalog/schemaexpr/column.go,
-- catalog/catformat/index.go; the form is that of v26.2, which ends in a semicolon.

CREATE OR REPLACE FUNCTION crdb_catalog.create_column(rel oid, num smallint) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT crdb_catalog.name(a.attname) || ' ' || ty.printed
    || CASE WHEN ty.flags & 1 = 1 THEN ' NOT VISIBLE' ELSE '' END
    || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE ' NULL' END
    || CASE
      WHEN a.attidentity <> '' THEN ' GENERATED ' || CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END
        || ' AS IDENTITY' || coalesce(crdb_catalog.identity_options(rel, a.attname), '')
      WHEN ty.flags & 4096 = 4096
        THEN ' AS (' || crdb_catalog.shard_expression(rel, a.attname, a.attoptions, 'typed') || ') VIRTUAL'
      WHEN d.adbin IS NULL THEN ''
      WHEN a.attgenerated = '' THEN ' DEFAULT ' || crdb_catalog.expression(pg_get_expr(d.adbin, rel), rel, 'typed', ty.printed)
      ELSE ' AS (' || crdb_catalog.expression(pg_get_expr(d.adbin, rel), rel, 'typed') || ') '
           || CASE WHEN ty.flags & 8 = 8 THEN 'VIRTUAL' ELSE 'STORED' END END
    || coalesce(' ON UPDATE ' || crdb_catalog.expression(crdb_catalog.on_update(rel, num), rel, 'typed', ty.printed), '')
  FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum,
  LATERAL (SELECT f AS flags, crdb_catalog.type_name(a.atttypid, a.atttypmod, f) AS printed
           FROM crdb_catalog.flags(a.attoptions) f) ty
  WHERE a.attrelid = rel AND a.attnum = num
$$;

-- What differs from the defaults of the sequence behind an identity column, e.g. " (START 2 INCREMENT 3)".
CREATE OR REPLACE FUNCTION crdb_catalog.identity_options(rel oid, col name) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT ' (' || nullif(concat_ws(' ',
    CASE WHEN seqmin <> 1 AND seqincrement > 0 THEN 'MINVALUE ' || seqmin END,
    CASE WHEN seqmax <> 9223372036854775807 AND seqincrement > 0 THEN 'MAXVALUE ' || seqmax END,
    CASE WHEN seqstart <> 1 THEN 'START ' || seqstart END,
    CASE WHEN seqincrement <> 1 THEN 'INCREMENT ' || seqincrement END), '') || ')'
  FROM pg_catalog.pg_sequence WHERE seqrelid = pg_get_serial_sequence(rel::regclass::text, col)::regclass
$$;

-- An index inside CREATE TABLE, or as CREATE INDEX of its own.
CREATE OR REPLACE FUNCTION crdb_catalog.create_index(idx oid, alone boolean) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN alone THEN 'CREATE ' ELSE '' END
    || CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END || CASE am.amname WHEN 'gin' THEN 'INVERTED ' ELSE '' END
    || 'INDEX ' || crdb_catalog.name(crdb_catalog.bare(c.relname))
    || CASE WHEN alone THEN ' ON ' || crdb_catalog.name(n.nspname) || '.' || crdb_catalog.name(t.relname) ELSE '' END
    || ' (' || crdb_catalog.index_columns(idx) || ')' || crdb_catalog.index_sharding(c.relname)
    || coalesce(' STORING (' || crdb_catalog.stored_columns(idx) || ')', '')
    || coalesce(' WHERE ' || crdb_catalog.index_predicate(idx, 'typed'), '') || crdb_catalog.index_visibility(c.relname)
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_am am ON am.oid = c.relam
  JOIN pg_catalog.pg_class t ON t.oid = i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
  WHERE i.indexrelid = idx
$$;

-- COMMENT ON … for the table, its columns and its indexes, each after ";\n".
CREATE OR REPLACE FUNCTION crdb_catalog.create_comments(rel oid, called text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce(string_agg(E';\nCOMMENT ON ' || object || ' IS ' || crdb_catalog.literal(description), '' ORDER BY kind, place), '')
  FROM (
    SELECT CASE WHEN objsubid = 0 THEN 1 ELSE 2 END AS kind, objsubid AS place, description,
           CASE WHEN objsubid = 0 THEN 'TABLE ' || called
                ELSE 'COLUMN ' || called || '.' || crdb_catalog.name(a.attname) END AS object
    FROM pg_catalog.pg_description LEFT JOIN pg_catalog.pg_attribute a ON attrelid = rel AND attnum = objsubid
    WHERE classoid = 'pg_catalog.pg_class'::regclass AND objoid = rel
    UNION ALL
    SELECT 3, i.indexrelid::integer, description, 'INDEX ' || called || '@' || crdb_catalog.name(crdb_catalog.bare(c.relname))
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_description ON classoid = 'pg_catalog.pg_class'::regclass AND objoid = i.indexrelid
    WHERE i.indrelid = rel
    UNION ALL
    SELECT 4, k.oid::integer, description, 'CONSTRAINT ' || crdb_catalog.name(crdb_catalog.bare(k.conname)) || ' ON ' || called
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_description ON classoid = 'pg_catalog.pg_constraint'::regclass AND objoid = k.oid
    WHERE k.conrelid = rel
    UNION ALL
    SELECT 4, i.indexrelid::integer, description, 'CONSTRAINT ' || crdb_catalog.name(crdb_catalog.bare(c.relname)) || ' ON ' || called
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_description ON classoid = 'pg_catalog.pg_constraint'::regclass AND objoid = i.indexrelid
    WHERE i.indrelid = rel
  ) found
$$;

-- foreign_keys: whether they stand in it; SHOW CREATE ALL TABLES adds them when all tables are there.
DROP FUNCTION IF EXISTS crdb_catalog.create_table(oid);
CREATE OR REPLACE FUNCTION crdb_catalog.create_table(rel oid, foreign_keys boolean DEFAULT true) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT 'CREATE TABLE ' || called || ' (' || array_to_string(
      ARRAY(SELECT E'\n\t' || crdb_catalog.create_column(rel, attnum) FROM pg_catalog.pg_attribute
            WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped ORDER BY attnum)
   || ARRAY(SELECT E'\n\tCONSTRAINT ' || crdb_catalog.name(crdb_catalog.bare(conname)) || ' '
                   || crdb_catalog.constraint_definition(oid) || crdb_catalog.index_sharding(conname)
            FROM pg_catalog.pg_constraint WHERE conrelid = rel AND contype = 'p')
   || ARRAY(SELECT E'\n\tCONSTRAINT ' || crdb_catalog.name(crdb_catalog.bare(conname)) || ' ' || crdb_catalog.foreign_key(oid, true)
            FROM pg_catalog.pg_constraint WHERE foreign_keys AND conrelid = rel AND contype = 'f' ORDER BY oid)
   || ARRAY(SELECT E'\n\t' || crdb_catalog.create_index(indexrelid, false)
            FROM pg_catalog.pg_index WHERE indrelid = rel AND NOT indisprimary ORDER BY indexrelid)
   || ARRAY(SELECT E'\n\t' || unnest(crdb_catalog.create_families(rel)))
   || ARRAY(SELECT E'\n\tCONSTRAINT ' || crdb_catalog.name(crdb_catalog.bare(conname)) || ' CHECK ('
                   || crdb_catalog.expression(pg_get_expr(conbin, rel), rel, 'typed') || ')'
                   || CASE WHEN convalidated THEN '' ELSE ' NOT VALID' END
            FROM pg_catalog.pg_constraint c WHERE conrelid = rel AND contype = 'c'
              -- CockroachDB's own checks of shard columns are not printed (IsHashShardingConstraint).
              AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = rel AND attnum = ANY (c.conkey)
                              AND crdb_catalog.flags(attoptions) & 4096 = 4096) ORDER BY oid), ',')
    || E'\n)'
    || coalesce(' WITH (' || array_to_string(crdb_catalog.storage_parameters(rel, reloptions, ' = '), ', ') || ')', '')
    || crdb_catalog.create_comments(rel, called) || ';'
  FROM (SELECT crdb_catalog.name(sc) || '.' || crdb_catalog.name(r.rel) AS called, reloptions
        FROM crdb_catalog.relations r WHERE oid = create_table.rel) found
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.create_view(rel oid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT 'CREATE VIEW ' || crdb_catalog.name(sc) || '.' || crdb_catalog.name(r.rel) || ' ('
    || (SELECT string_agg(E'\n\t' || crdb_catalog.name(attname), ',' ORDER BY attnum)
        FROM pg_catalog.pg_attribute WHERE attrelid = r.oid AND attnum > 0)
    || E'\n) AS ' || crdb_catalog.view_query(r.oid, true) || ';'
  FROM crdb_catalog.relations r WHERE r.oid = create_view.rel
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.create_sequence(rel oid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT format('CREATE SEQUENCE %s.%s%s MINVALUE %s MAXVALUE %s INCREMENT %s START %s%s;', crdb_catalog.name(sc),
                crdb_catalog.name(r.rel),
                (SELECT ' AS ' || value FROM crdb_catalog.storage s WHERE s.rel = r.oid AND s.name = 'as'),
                seqmin, seqmax, seqincrement, seqstart, CASE WHEN seqcache > 1 THEN ' CACHE ' || seqcache END)
  FROM crdb_catalog.relations r JOIN pg_catalog.pg_sequence ON seqrelid = r.oid WHERE r.oid = create_sequence.rel
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.show_create(VARIADIC parts text[])
RETURNS TABLE (table_name text, create_statement text) LANGUAGE plpgsql STABLE AS $$
DECLARE
  tab oid := crdb_catalog.find_table(VARIADIC parts);
  relation text := (SELECT relkind FROM pg_catalog.pg_class WHERE oid = tab);
BEGIN
  IF relation IN ('v', 'm') THEN
    IF relation = 'm' THEN
      PERFORM crdb_catalog.refuse('SHOW CREATE for a materialized view');
    END IF;
  END IF;
  RETURN QUERY SELECT
    (SELECT string_agg(crdb_catalog.name(part), '.' ORDER BY place) FROM unnest(parts) WITH ORDINALITY u(part, place)),
    CASE relation WHEN 'S' THEN crdb_catalog.create_sequence(tab) WHEN 'v' THEN crdb_catalog.create_view(tab) ELSE crdb_catalog.create_table(tab) END;
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.show_create_indexes(tab oid, secondary_only boolean)
RETURNS TABLE (index_name text, create_statement text) LANGUAGE sql STABLE AS $$
  SELECT crdb_catalog.bare(c.relname), crdb_catalog.create_index(c.oid, true)
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  WHERE i.indrelid = tab AND NOT (secondary_only AND i.indisprimary) ORDER BY i.indisprimary DESC, c.oid
$$;
GRANT SELECT ON ALL TABLES IN SCHEMA crdb_catalog, information_schema TO PUBLIC;
