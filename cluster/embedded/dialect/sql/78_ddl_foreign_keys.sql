-- Foreign keys: what CockroachDB checks of one, in its order and words.
-- Source: pkg/sql/schemachanger/scbuild/internal/scbuildstmt/alter_table_add_constraint.go; logic tests fk, cascade;
-- pkg/sql/check.go (validateForeignKey).

-- A type as CockroachDB's messages call it (types.T.Name).
CREATE OR REPLACE FUNCTION crdb_catalog.type_word(kind oid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN typcategory = 'A' AND typelem <> 0 THEN crdb_catalog.type_word(typelem) || '[]' ELSE
    CASE typname WHEN 'int8' THEN 'int' WHEN 'text' THEN 'string' WHEN 'numeric' THEN 'decimal' WHEN 'bytea' THEN 'bytes'
                 WHEN 'float8' THEN 'float' ELSE typname::text END END
  FROM pg_type WHERE oid = kind
$$;

-- Types that CockroachDB compares with each other share a family (types.T.Equivalent).
CREATE OR REPLACE FUNCTION crdb_catalog.type_family(kind oid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN typname IN ('int2', 'int4', 'int8') THEN 'int' WHEN typname IN ('float4', 'float8') THEN 'float'
              WHEN typcategory = 'S' THEN 'string' WHEN typcategory = 'V' THEN 'bit' ELSE oid::text END
  FROM pg_type WHERE oid = kind
$$;

-- 23503 for a row that a foreign key does not allow.
CREATE OR REPLACE FUNCTION crdb_catalog.unmatched(con oid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  fk record;
  row_text text;
BEGIN
  SELECT conname, conrelid::regclass AS child, confrelid::regclass AS parent, c.relname, p.relname AS referenced, confmatchtype,
    (SELECT string_agg(format('%L || coalesce(%s, ''NULL'')', attname || '=',
       CASE WHEN typcategory IN ('N', 'B') THEN format('f.%I::text', attname) ELSE format('quote_literal(f.%I::text)', attname) END),
       ' || '', '' || ' ORDER BY n)
     FROM unnest(conkey) WITH ORDINALITY u(num, n) JOIN pg_attribute ON attrelid = conrelid AND attnum = num
     JOIN pg_type t ON t.oid = atttypid) AS shown,
    (SELECT string_agg(format('f.%I IS NOT NULL', attname), ' AND ') FROM pg_attribute
     WHERE attrelid = conrelid AND attnum = ANY (conkey)) AS given,
    (SELECT string_agg(format('p.%I = f.%I', pa.attname, a.attname), ' AND ')
     FROM unnest(conkey, confkey) u(num, pnum) JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = num
     JOIN pg_attribute pa ON pa.attrelid = confrelid AND pa.attnum = pnum) AS matching INTO fk
  FROM pg_constraint JOIN pg_class c ON c.oid = conrelid JOIN pg_class p ON p.oid = confrelid
  WHERE pg_constraint.oid = con;
  EXECUTE format('SELECT %s FROM %s f WHERE %s AND NOT EXISTS (SELECT FROM %s p WHERE %s) LIMIT 1',
                 fk.shown, fk.child, fk.given, fk.parent, fk.matching) INTO row_text;
  IF row_text IS NULL THEN
    PERFORM crdb_catalog.refuse('the row that breaks MATCH FULL');
  END IF;
  RAISE EXCEPTION USING ERRCODE = '23503', CONSTRAINT = fk.conname, MESSAGE = format(
    'foreign key violation: "%s" row %s has no match in "%s"', fk.relname, row_text, fk.referenced);
END
$$;

-- Virtual columns have no foreign keys yet (pkg/sql/catalog/descpb/column.go, CheckCanBe…FKRef).
CREATE OR REPLACE FUNCTION crdb_catalog.no_virtual_key(col text, what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = '0A000', MESSAGE = format('unimplemented: virtual column "%s" %s', col, what),
    HINT = E'You have attempted to use a feature that is not yet implemented.\n'
           'See: https://go.crdb.dev/issue-v/59671/v{{release}}';
END
$$;

-- referenced: '{}' for the primary key; tail: MATCH and the actions.
CREATE OR REPLACE FUNCTION crdb_catalog.add_foreign_key(
  schema text, tbl text, name text, generated bool, if_not_exists bool, columns text[],
  other_schema text, other text, referenced text[], tail text, not_valid bool
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := crdb_catalog.need_table(schema, tbl);
  target regclass;
  home text := (SELECT format('%s.%s.%s', current_database(), nspname, relname)
                FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE c.oid = relation);
  pair record;
  logical text;
BEGIN
  PERFORM crdb_catalog.need_columns(relation, columns);
  FOR pair IN SELECT attname, attnotnull, atthasdef, attgenerated, crdb_catalog.flags(attoptions) & 8 <> 0 AS virtual, n FROM unnest(columns) WITH ORDINALITY u(col, n)
              JOIN pg_attribute ON attrelid = relation AND attname = col ORDER BY n LOOP
    IF tail LIKE '%SET NULL%' AND pair.attnotnull THEN
      RAISE EXCEPTION USING ERRCODE = '42830', MESSAGE = format(
        'cannot add a SET NULL cascading action on column "%s.%s" which has a NOT NULL constraint', home, pair.attname);
    ELSIF tail LIKE '%SET DEFAULT%' AND pair.attnotnull AND NOT pair.atthasdef THEN
      RAISE EXCEPTION USING ERRCODE = '42830', MESSAGE = format(
        'cannot add a SET DEFAULT cascading action on column "%s.%s" which has a NOT NULL constraint and a NULL default '
        'expression', home, pair.attname);
    ELSIF pair.virtual THEN
      PERFORM crdb_catalog.no_virtual_key(pair.attname, 'cannot reference a foreign key');
    ELSIF pair.attgenerated <> '' AND (tail ~ 'ON UPDATE (CASCADE|SET)' OR tail ~ 'ON DELETE SET') THEN
      RAISE EXCEPTION USING ERRCODE = '42830', MESSAGE = format(
        'invalid ON %s action for foreign key constraint containing computed column',
        CASE WHEN tail ~ 'ON UPDATE (CASCADE|SET)' THEN 'UPDATE' ELSE 'DELETE' END);
    ELSIF columns[:pair.n - 1] @> ARRAY[pair.attname::text] THEN
      RAISE EXCEPTION USING ERRCODE = '42830',
        MESSAGE = format('foreign key contains duplicate column "%s.%s"', home, pair.attname);
    END IF;
  END LOOP;
  target := crdb_catalog.need_table(other_schema, other);
  IF referenced = '{}' THEN
    SELECT array_agg(attname::text ORDER BY k) INTO referenced FROM pg_index, generate_series(1, indnkeyatts) k
    JOIN pg_attribute ON true WHERE indrelid = target AND indisprimary AND attrelid = target AND attnum = indkey[k - 1];
  END IF;
  PERFORM crdb_catalog.need_columns(target, referenced);
  IF cardinality(columns) <> cardinality(referenced) THEN
    RAISE EXCEPTION USING ERRCODE = '42601', MESSAGE = format(
      '%s columns must reference exactly %s columns in referenced table (found %s)',
      cardinality(columns), cardinality(columns), cardinality(referenced));
  END IF;
  FOR pair IN SELECT a.attname, p.attname AS pattname, crdb_catalog.flags(p.attoptions) & 8 <> 0 AS virtual, a.atttypid, p.atttypid AS ptypid,
                crdb_catalog.type_name(a.atttypid, a.atttypmod, crdb_catalog.flags(a.attoptions)) AS mine,
                crdb_catalog.type_name(p.atttypid, p.atttypmod, crdb_catalog.flags(p.attoptions)) AS theirs
              FROM unnest(columns, referenced) WITH ORDINALITY u(col, pcol, n)
              JOIN pg_attribute a ON a.attrelid = relation AND a.attname = col
              JOIN pg_attribute p ON p.attrelid = target AND p.attname = pcol ORDER BY n LOOP
    IF pair.virtual THEN
      PERFORM crdb_catalog.no_virtual_key(pair.pattname, 'cannot be referenced by a foreign key');
    ELSIF crdb_catalog.type_family(pair.atttypid) <> crdb_catalog.type_family(pair.ptypid) THEN
      RAISE EXCEPTION USING ERRCODE = '42804', MESSAGE = format('type of "%s" (%s) does not match foreign key "%s"."%s" (%s)',
        pair.attname, crdb_catalog.type_word(pair.atttypid), other, pair.pattname, crdb_catalog.type_word(pair.ptypid));
    ELSIF pair.mine <> pair.theirs THEN
      RAISE NOTICE USING ERRCODE = '00000', MESSAGE = format(
        'type of foreign key column "%s" (%s) is not identical to referenced column "%s"."%s" (%s)',
        pair.attname, pair.mine, other, pair.pattname, pair.theirs);
    END IF;
  END LOOP;
  logical := crdb_catalog.free_constraint_name(relation, name, generated, if_not_exists);
  IF logical IS NULL THEN
    RETURN;
  END IF;
  BEGIN
    EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I FOREIGN KEY (%s) REFERENCES %s (%s)%s NOT VALID', relation, logical,
      (SELECT string_agg(quote_ident(col), ', ' ORDER BY n) FROM unnest(columns) WITH ORDINALITY u(col, n)), target,
      (SELECT string_agg(quote_ident(col), ', ' ORDER BY n) FROM unnest(referenced) WITH ORDINALITY u(col, n)), tail);
  EXCEPTION WHEN invalid_foreign_key THEN
    RAISE EXCEPTION USING ERRCODE = '23503',
      MESSAGE = format('there is no unique constraint matching given keys for referenced table %s', other);
  END;
  IF not_valid THEN
    RETURN;
  END IF;
  BEGIN
    EXECUTE format('ALTER TABLE %s VALIDATE CONSTRAINT %I', relation, logical);
  EXCEPTION WHEN foreign_key_violation THEN
    PERFORM crdb_catalog.unmatched((SELECT oid FROM pg_constraint WHERE conrelid = relation AND conname = logical));
  END;
END
$$;
