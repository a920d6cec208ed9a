-- Indexes, which belong to their table in CockroachDB and to the schema in PostgreSQL.
-- Source: pkg/sql/schemachanger/scbuild/internal/scbuildstmt/create_index.go, drop_index.go; pkg/sql/rename_index.go.

-- The name that people see of an index or key.
CREATE OR REPLACE FUNCTION crdb_catalog.shown_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$ SELECT split_part(name, chr(1), 1) $$;

-- The index of that name on the table, or NULL.
CREATE OR REPLACE FUNCTION crdb_catalog.index_of(tbl regclass, name text) RETURNS regclass
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT indexrelid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
          WHERE indrelid = tbl AND crdb_catalog.shown_name(relname) = index_of.name LIMIT 1);
END
$$;

-- Whether the columns are there: 42703 if not.
CREATE OR REPLACE FUNCTION crdb_catalog.need_columns(relation regclass, columns text[]) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
  col text;
BEGIN
  FOREACH col IN ARRAY coalesce(columns, '{}') LOOP  -- not one query for all: it would be planned anew each time
    IF col <> '' AND NOT EXISTS (SELECT FROM pg_attribute
      WHERE attrelid = relation AND attname = col AND attnum > 0 AND NOT attisdropped) THEN
      RAISE EXCEPTION USING ERRCODE = '42703', MESSAGE = format('column "%s" does not exist', col);
    END IF;
  END LOOP;
END
$$;

-- The last column of an inverted index must be JSON, an array, or text by its trigrams.
CREATE OR REPLACE FUNCTION crdb_catalog.check_inverted(relation regclass, col text, tail text) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
  kind record;
BEGIN
  SELECT typname, typcategory INTO kind FROM pg_attribute JOIN pg_type t ON t.oid = atttypid
  WHERE attrelid = relation AND attname = col;
  IF kind.typcategory = 'S' AND tail !~ '_trgm_ops\)' THEN
    RAISE EXCEPTION USING ERRCODE = '42704',
      MESSAGE = 'data type text has no default operator class for access method "gin"',
      HINT = 'You must specify an operator class for the index (did you mean gin_trgm_ops?)';
  ELSIF kind.typcategory NOT IN ('A', 'S') AND kind.typname NOT IN ('jsonb', 'tsvector') THEN
    RAISE EXCEPTION USING ERRCODE = '0A000', MESSAGE = format(
      'column %s has type %s, which is not allowed as the last column in an inverted index', col,
      crdb_catalog.type_word((SELECT atttypid FROM pg_attribute WHERE attrelid = relation AND attname = col))),
      HINT = 'see the documentation for more information about inverted indexes: '
             'https://www.cockroachlabs.com/docs/v26.2/inverted-indexes.html';
  END IF;
END
$$;

-- flags: see 21_index_names.sql; columns: '' for expressions; buckets: of a hash-sharded index, or NULL;
-- tail: what follows the table in CREATE INDEX.
CREATE OR REPLACE PROCEDURE crdb_catalog.create_index(
  schema text, tbl text, name text, generated bool, if_not_exists bool, uniqueness text, flags text,
  columns text[], stored text[], buckets int, tail text
)
LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := to_regclass(CASE WHEN schema = '' THEN '' ELSE quote_ident(schema) || '.' END || quote_ident(tbl));
  space regnamespace;
  owner record;
  wanted text := name;
  number int := 0;
  doubled text;
BEGIN
  -- As most are: plain columns, and a name that nothing has. PostgreSQL itself says if a column is missing.
  IF NOT generated AND octet_length(name) <= 63 AND flags = '' AND stored = '{}' AND buckets IS NULL
     AND tail NOT LIKE ' USING gin%' AND tail NOT LIKE '%WHERE%' AND NOT columns && '{"", ctid, xmin, xmax, cmin, cmax, tableoid}' THEN
    SELECT relnamespace INTO space FROM pg_class WHERE oid = relation AND relkind IN ('r', 'm')
      AND NOT EXISTS (SELECT FROM pg_index JOIN pg_class i ON i.oid = indexrelid
                      WHERE indrelid = relation AND split_part(i.relname, chr(1), 1) = create_index.name);
    IF space IS NOT NULL AND to_regclass(space || '.' || quote_ident(name::name)) IS NULL THEN
      EXECUTE format('CREATE %sINDEX %I ON %s%s', uniqueness, name, relation, tail);
      RETURN;
    END IF;
  END IF;
  relation := crdb_catalog.existing(schema, tbl);
  SELECT relkind, relnamespace AS space INTO owner FROM pg_class WHERE oid = relation;
  IF owner.relkind NOT IN ('r', 'm') THEN
    RAISE EXCEPTION USING ERRCODE = '42809', MESSAGE = format('"%s" is not a table or materialized view', tbl);
  END IF;
  WHILE crdb_catalog.index_of(relation, wanted) IS NOT NULL LOOP
    IF generated THEN
      number := number + 1;
      wanted := name || number;
      CONTINUE;
    END IF;
    IF if_not_exists THEN
      PERFORM crdb_catalog.nothing_done();
      RETURN;
    END IF;
    RAISE EXCEPTION USING ERRCODE = '42P07', MESSAGE = format('index with name "%s" already exists', name);
  END LOOP;
  PERFORM crdb_catalog.need_columns(relation, columns || stored);
  IF stored <> '{}' AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = relation AND attname = ANY (stored)
             AND crdb_catalog.flags(attoptions) & 8 <> 0) THEN  -- scbuildstmt/create_index.go
    RAISE EXCEPTION USING ERRCODE = '0A000', MESSAGE = 'index cannot store virtual column ' || (
      SELECT attname FROM unnest(stored) WITH ORDINALITY u(col, n) JOIN pg_attribute ON attrelid = relation AND attname = col
      WHERE crdb_catalog.flags(attoptions) & 8 <> 0 ORDER BY n LIMIT 1);
  END IF;
  IF stored <> '{}' THEN
    SELECT attname INTO doubled FROM pg_index JOIN pg_attribute a ON attrelid = indrelid AND attnum = ANY (indkey)
    WHERE indrelid = relation AND indisprimary AND attname = ANY (stored) LIMIT 1;
  END IF;
  IF doubled IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = '42701',
      MESSAGE = format('index "%s" already contains column "%s"', CASE WHEN generated THEN '' ELSE name END, doubled),
      DETAIL = format('column "%s" is part of the primary index and therefore implicit in all indexes', doubled);
  END IF;
  IF tail LIKE ' USING gin%' THEN
    IF columns[cardinality(columns)] <> '' THEN
      PERFORM crdb_catalog.check_inverted(relation, columns[cardinality(columns)], tail);
    END IF;
    IF cardinality(columns) > 1 THEN
      PERFORM crdb_catalog.refuse('inverted index on several columns');
    END IF;
    IF tail ~ '_trgm_ops\)' THEN
      IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        PERFORM crdb_catalog.refuse('trigram index');
      END IF;
      tail := regexp_replace(tail, 'gi(n|st)_trgm_ops\)', 'crdb_catalog.gin_trgm_ops)');
    END IF;
  END IF;
  IF buckets IS NOT NULL THEN
    PERFORM crdb_catalog.need_shard(relation, columns, buckets);
    flags := flags || 'h' || buckets;
  END IF;
  EXECUTE format('CREATE %sINDEX %I ON %s%s', uniqueness, crdb_catalog.index_name(owner.space, wanted, flags), relation, tail);
END
$$;

-- The index that t@name, name or schema.name means: NULL with IF EXISTS, else 42704; 42P09 if two.
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

-- Another unique index of the same columns, which can stand in for one that goes; NULL if there is none.
CREATE OR REPLACE FUNCTION crdb_catalog.stand_in(idx regclass) RETURNS regclass LANGUAGE sql STABLE AS $$
  SELECT o.indexrelid::regclass FROM pg_index i JOIN pg_index o ON o.indrelid = i.indrelid AND o.indexrelid <> i.indexrelid
  WHERE i.indexrelid = idx AND o.indisunique AND o.indpred IS NULL AND o.indexprs IS NULL
    AND o.indnkeyatts = i.indnkeyatts
    AND (o.indkey::int2[])[0:o.indnkeyatts - 1] @> (i.indkey::int2[])[0:i.indnkeyatts - 1]
  ORDER BY 1 LIMIT 1
$$;

-- Foreign keys let go of an index. Gives the statements that set them up again on another index of the same columns,
-- if there will be one; else they go for good with CASCADE, and forbid it without.
CREATE OR REPLACE FUNCTION crdb_catalog.release_foreign_keys(idx regclass, cascading bool, replaced bool) RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
  afterwards text[] := '{}';
  fk record;
BEGIN
  FOR fk IN SELECT conname, conrelid::regclass AS child, relname, postgresql_pg_get_constraintdef(c.oid) AS definition
            FROM pg_constraint c JOIN pg_class t ON t.oid = conrelid
            WHERE contype = 'f' AND conindid = idx ORDER BY c.oid LOOP
    IF replaced THEN
      afterwards := afterwards || format('ALTER TABLE %s ADD CONSTRAINT %I %s', fk.child, fk.conname, fk.definition);
    ELSIF NOT cascading THEN
      RAISE EXCEPTION USING ERRCODE = '2BP01', MESSAGE = format('"%s" is referenced by foreign key from table "%s"',
        (SELECT crdb_catalog.bare(relname) FROM pg_class WHERE oid = idx), fk.relname);
    END IF;
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', fk.child, fk.conname);
  END LOOP;
  RETURN afterwards;
END
$$;

-- A secondary index goes, with the column of its shards.
CREATE OR REPLACE FUNCTION crdb_catalog.drop_secondary(idx regclass, cascading bool) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  afterwards text[] := crdb_catalog.release_foreign_keys(idx, cascading, crdb_catalog.stand_in(idx) IS NOT NULL);
  relation regclass := (SELECT indrelid FROM pg_index WHERE indexrelid = idx);
  shard int2 := crdb_catalog.shard_of(idx);
  key text := (SELECT conname FROM pg_constraint WHERE conindid = idx AND contype = 'u');  -- of an older version
  statement text;
BEGIN
  EXECUTE CASE WHEN key IS NULL THEN format('DROP INDEX %s', idx)
               ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', relation, key) END;
  FOREACH statement IN ARRAY afterwards LOOP
    EXECUTE statement;
  END LOOP;
  PERFORM crdb_catalog.drop_unused_shard(relation, shard);
END
$$;

-- indexes: rows of schema, table ('' for any), name.
CREATE OR REPLACE FUNCTION crdb_catalog.drop_indexes(indexes text[], if_exists bool, cascading bool) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  one text[];
  target regclass;
  kept record;
  dropped bool := false;
BEGIN
  FOREACH one SLICE 1 IN ARRAY indexes LOOP
    target := crdb_catalog.the_index(one[1], one[2], one[3], if_exists);
    CONTINUE WHEN target IS NULL;
    SELECT indisprimary, indisunique, relname,
      EXISTS (SELECT FROM pg_constraint WHERE conindid = target AND contype = 'u') AS is_constraint INTO kept
    FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE indexrelid = target;
    IF kept.indisprimary THEN
      RAISE EXCEPTION USING ERRCODE = '0A000',
        MESSAGE = 'cannot drop the primary index of a table using DROP INDEX',
        HINT = 'instead, use ALTER TABLE ... ALTER PRIMARY KEY oruse DROP CONSTRAINT ... PRIMARY KEY followed by '
               'ADD CONSTRAINT ... PRIMARY KEY in a transaction';
    ELSIF kept.indisunique AND NOT cascading
      AND (kept.is_constraint OR strpos(crdb_catalog.index_flags(kept.relname), 'c') > 0) THEN
      RAISE EXCEPTION USING ERRCODE = '2BP01',
        MESSAGE = format('index "%s" is in use as unique constraint', one[3]),
        HINT = 'use CASCADE if you really want to drop it.';
    END IF;
    PERFORM crdb_catalog.drop_secondary(target, cascading);
    dropped := true;
  END LOOP;
  IF dropped THEN
    RAISE NOTICE USING ERRCODE = '00000', MESSAGE = 'the data for dropped indexes is reclaimed asynchronously',
      HINT = 'The reclamation delay can be customized in the zone configuration for the table.';
  ELSE
    PERFORM crdb_catalog.nothing_done();
  END IF;
END
$$;

-- The index gets this name and these flags.
CREATE OR REPLACE FUNCTION crdb_catalog.set_index_name(idx regclass, name text, flags text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER INDEX %s RENAME TO %I', idx,
    crdb_catalog.index_name((SELECT relnamespace FROM pg_class WHERE oid = idx), name, flags));
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.rename_index(
  schema text, tbl text, old text, new text, if_exists bool
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  target regclass := crdb_catalog.the_index(schema, tbl, old, if_exists);
BEGIN
  IF target IS NULL OR old = new THEN
    PERFORM crdb_catalog.nothing_done();
    RETURN;
  ELSIF crdb_catalog.index_of((SELECT indrelid FROM pg_index WHERE indexrelid = target), new) IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = '42P07', MESSAGE = format('index name "%s" already exists', new);
  END IF;
  PERFORM crdb_catalog.set_index_name(target, new,
    (SELECT crdb_catalog.index_flags(relname) FROM pg_class WHERE oid = target));
END
$$;

-- ALTER INDEX … NOT VISIBLE, VISIBILITY 0.5: a percentage (pkg/sql/alter_index_visible.go).
CREATE OR REPLACE FUNCTION crdb_catalog.show_or_hide_index(
  schema text, tbl text, name text, percent int, if_exists bool
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  target regclass := crdb_catalog.the_index(schema, tbl, name, if_exists);
  kept record;
BEGIN
  IF target IS NULL THEN
    RETURN;
  END IF;
  SELECT indisprimary, indisunique, crdb_catalog.index_flags(relname) AS flags INTO kept
  FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE indexrelid = target;
  IF kept.indisprimary AND percent < 100 THEN
    RAISE EXCEPTION USING ERRCODE = '0A000', MESSAGE = 'primary index cannot be invisible';
  ELSIF kept.indisunique AND percent < 100 THEN
    RAISE NOTICE USING ERRCODE = '00000', MESSAGE =
      'invisible indexes may still be used for unique or foreign key constraint check, so the query plan may be '
      'different from dropping the index completely.';
  END IF;
  PERFORM crdb_catalog.set_index_name(target, name,
    regexp_replace(kept.flags, 'v\d+', '') || CASE WHEN percent < 100 THEN 'v' || percent ELSE '' END);
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.comment_on_index(schema text, tbl text, name text, comment text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('COMMENT ON INDEX %s IS %L', crdb_catalog.the_index(schema, tbl, name, false), comment);
END
$$;
