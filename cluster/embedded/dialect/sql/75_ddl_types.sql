-- ALTER COLUMN … TYPE: what CockroachDB does in place, what it rewrites, and what it refuses.
-- Source: pkg/sql/schemachanger/scbuild/internal/scbuildstmt/alter_table_alter_column_type.go,
-- pkg/sql/schemachange/alter_column_type.go, pkg/sql/sqlerrors/errors.go; logic test alter_column_type.

CREATE OR REPLACE FUNCTION crdb_catalog.refuse_type_change(what text, issue int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = '0A000', MESSAGE = 'unimplemented: ALTER COLUMN TYPE ' || what,
    HINT = format(E'You have attempted to use a feature that is not yet implemented.\n'
                  'See: https://go.crdb.dev/issue-v/%s/v{{release}}', issue);
END
$$;

-- How a change of type without USING is done: trivial, validate (data stays, if it fits) or general (a rewrite).
CREATE OR REPLACE FUNCTION crdb_catalog.conversion(was oid, was_mod int, becomes oid, mod int) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN was = becomes AND was_mod = mod THEN 'trivial'
    WHEN old IN ('text', 'varchar') AND new IN ('text', 'varchar') THEN
      CASE WHEN mod < 0 OR was_mod BETWEEN 0 AND mod THEN 'trivial' ELSE 'validate' END
    WHEN old IN ('int2', 'int4', 'int8') AND new IN ('int2', 'int4', 'int8') THEN
      CASE WHEN new > old THEN 'trivial' ELSE 'validate' END
    WHEN old = 'numeric' AND new = 'numeric' THEN
      CASE WHEN mod < 0 OR was_mod >= 0 AND (mod - 4) & 65535 >= (was_mod - 4) & 65535
                AND ((mod - 4) >> 16) - ((mod - 4) & 65535) >= ((was_mod - 4) >> 16) - ((was_mod - 4) & 65535)
           THEN 'trivial' ELSE 'validate' END
    WHEN old IN ('timestamp', 'timestamptz') AND new IN ('timestamp', 'timestamptz') THEN
      CASE WHEN mod < 0 OR was_mod BETWEEN 0 AND mod THEN 'trivial' ELSE 'general' END
    WHEN old = new AND old IN ('time', 'timetz', 'interval') THEN
      CASE WHEN mod < 0 OR was_mod BETWEEN 0 AND mod THEN 'trivial' ELSE 'general' END
    WHEN old = 'bytea' AND new IN ('text', 'varchar') THEN 'validate'
    ELSE 'general' END
  FROM (SELECT (SELECT typname FROM pg_type WHERE oid = was) AS old, (SELECT typname FROM pg_type WHERE oid = becomes) AS new) t
$$;

-- using: PostgreSQL's expression, or NULL; source: the same as it was written. combined: not the only action.
CREATE OR REPLACE FUNCTION crdb_catalog.change_type(
  schema text, tbl text, col text, new text, mark int, using_sql text, source text, combined bool
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := crdb_catalog.existing(schema, tbl);
  old record;
  becomes oid := new::regtype;
  mod int := to_regtypemod(new);
  old_name text;
  new_name text := crdb_catalog.type_name(becomes, mod, mark);
  full_name text;
  kind text;
  conversion text := using_sql;
  dependent text;
  updates text;
  -- Set by the front, for a schema change in an explicit transaction.
  explicit bool := coalesce(postgresql_current_setting('crdb.explicit', true), '') = 'on';
BEGIN
  PERFORM crdb_catalog.need_columns(relation, ARRAY[col]);
  SELECT attnum, atttypid, atttypmod, attgenerated, attidentity, atthasdef INTO old
  FROM pg_attribute WHERE attrelid = relation AND attname = col AND attnum > 0 AND NOT attisdropped;
  old_name := crdb_catalog.type_name(old.atttypid, old.atttypmod, crdb_catalog.mark(relation, col));
  dependent := crdb_catalog.computed_from(relation, old.attnum);
  IF dependent IS NOT NULL THEN
    PERFORM crdb_catalog.blocked('alter type of', 'column', col, 'computed column', dependent);
  END IF;
  dependent := crdb_catalog.view_on(relation, old.attnum);
  IF dependent IS NOT NULL THEN
    PERFORM crdb_catalog.blocked('alter type of', 'column', col, 'view', dependent);
  END IF;
  PERFORM crdb_catalog.check_expiration(schema, tbl, col, 'alter type of');
  IF NOT (old.atttypid = becomes
          OR EXISTS (SELECT FROM pg_cast WHERE castsource = old.atttypid AND casttarget = becomes AND castcontext IN ('a', 'i'))
          OR (SELECT typcategory FROM pg_type WHERE oid = becomes) = 'S') THEN
    full_name := crdb_catalog.full_type_name(becomes, new_name);
    IF using_sql IS NULL THEN
      RAISE EXCEPTION USING ERRCODE = '42804',
        MESSAGE = format('column "%s" cannot be cast automatically to type %s', col, full_name),
        HINT = format('You might need to specify "USING %s::%s".', crdb_catalog.name(col), full_name);
    ELSIF old.atthasdef AND old.attgenerated = '' THEN
      RAISE EXCEPTION USING ERRCODE = '42804',
        MESSAGE = format('default for column "%s" cannot be cast automatically to type %s', col, full_name);
    ELSIF crdb_catalog.on_update(relation, old.attnum) IS NOT NULL THEN
      RAISE EXCEPTION USING ERRCODE = '42804',
        MESSAGE = format('on update for column "%s" cannot be cast automatically to type %s', col, full_name);
    END IF;
  END IF;
  kind := CASE WHEN using_sql IS NOT NULL THEN 'general'
               ELSE crdb_catalog.conversion(old.atttypid, old.atttypmod, becomes, mod) END;
  IF kind = 'general' THEN
    IF EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
               AND refobjid = relation AND refobjsubid = old.attnum AND deptype = 'a'
               AND objid IN (SELECT seqrelid FROM pg_sequence)) THEN
      PERFORM crdb_catalog.refuse_type_change('for a column that owns a sequence is currently not supported', 48244);
    ELSIF EXISTS (SELECT FROM pg_constraint WHERE conrelid = relation AND contype IN ('c', 'f') AND old.attnum = ANY (conkey)
                  OR confrelid = relation AND contype = 'f' AND old.attnum = ANY (confkey)) THEN
      PERFORM crdb_catalog.refuse_type_change('for a column that has a constraint is currently not supported', 48288);
    ELSIF EXISTS (SELECT FROM pg_index WHERE indrelid = relation AND old.attnum = ANY (indkey)) THEN
      PERFORM crdb_catalog.refuse_type_change(
        'requiring rewrite of on-disk data is currently not supported for columns that are part of an index', 47636);
    ELSIF explicit THEN
      PERFORM crdb_catalog.refuse_type_change('is not supported inside a transaction', 49351);
    ELSIF combined THEN
      PERFORM crdb_catalog.refuse_type_change('cannot be used in combination with other ALTER TABLE commands', 49351);
    ELSIF old.attgenerated <> '' OR old.attidentity <> '' THEN
      PERFORM crdb_catalog.refuse('ALTER COLUMN TYPE that rewrites a computed or identity column');
    ELSIF old.atthasdef OR crdb_catalog.on_update(relation, old.attnum) IS NOT NULL THEN
      PERFORM crdb_catalog.refuse('ALTER COLUMN TYPE that rewrites a column with DEFAULT or ON UPDATE');
    END IF;
    PERFORM crdb_catalog.check_using(relation, using_sql, source, becomes);
  ELSIF kind = 'validate' THEN
    IF explicit THEN
      PERFORM crdb_catalog.refuse_type_change('is not supported inside a transaction', 49351);
    END IF;
    PERFORM crdb_catalog.check_conversion(relation, col, old.atttypid, old_name, becomes, new, new_name);
  END IF;
  IF conversion IS NULL AND old.attgenerated = '' THEN
    -- CockroachDB keeps the bytes: times are UTC's in both types, and strings are their bytes.
    conversion := CASE
      WHEN old.atttypid IN ('timestamp'::regtype, 'timestamptz'::regtype)
        AND becomes IN ('timestamp'::regtype, 'timestamptz'::regtype) AND old.atttypid <> becomes
        THEN format('%I AT TIME ZONE ''UTC''', col)
      WHEN old.atttypid = 'bytea'::regtype AND becomes IN ('text'::regtype, 'varchar'::regtype)
        THEN format('convert_from(%I, ''UTF8'')', col) END;
  END IF;
  updates := crdb_catalog.on_update(relation, old.attnum);
  PERFORM crdb_catalog.drop_on_update(relation, old.attnum);
  EXECUTE format('ALTER TABLE %s ALTER COLUMN %I TYPE %s%s', relation, col, new, coalesce(' USING ' || conversion, ''));
  IF updates IS NOT NULL THEN
    PERFORM crdb_catalog.set_on_update(relation, col, updates);
  END IF;
  PERFORM crdb_catalog.set_mark(relation, col, crdb_catalog.mark(relation, col) & 1 | mark);
END
$$;

-- USING must give the new type, up to its width.
CREATE OR REPLACE FUNCTION crdb_catalog.check_using(relation regclass, using_sql text, source text, becomes oid) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
  given oid;
  widths text := '^(int[248]|text|varchar|bpchar|float[48])$';
BEGIN
  IF using_sql IS NULL THEN
    RETURN;
  END IF;
  EXECUTE format('SELECT pg_typeof((SELECT (%s) FROM %s LIMIT 0))', using_sql, relation) INTO given;
  IF given <> becomes AND given <> 'unknown'::regtype AND NOT (
    (SELECT typcategory FROM pg_type WHERE oid = given) = (SELECT typcategory FROM pg_type WHERE oid = becomes)
    AND (SELECT typname FROM pg_type WHERE oid = given) ~ widths AND (SELECT typname FROM pg_type WHERE oid = becomes) ~ widths
    AND ((SELECT typname FROM pg_type WHERE oid = given) LIKE 'float%') = ((SELECT typname FROM pg_type WHERE oid = becomes) LIKE 'float%')
  ) THEN
    RAISE EXCEPTION USING ERRCODE = '42804', MESSAGE = format(
      'expected ALTER COLUMN TYPE USING EXPRESSION expression to have type %s, but ''%s'' has type %s',
      crdb_catalog.family_name(becomes), source, crdb_catalog.family_name(given));
  END IF;
END
$$;

-- A type as error messages name it: int, string, decimal, … (types.T.String).
CREATE OR REPLACE FUNCTION crdb_catalog.family_name(typ oid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE typ WHEN 'int8'::regtype THEN 'int' WHEN 'float8'::regtype THEN 'float'
              ELSE lower(crdb_catalog.type_name(typ, -1)) END
$$;

-- Data must be the same after a cast to the new type and back.
CREATE OR REPLACE FUNCTION crdb_catalog.check_conversion(
  relation regclass, col text, was oid, old_name text, becomes oid, new text, new_name text
) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
  broken text;
  condition text;
BEGIN
  IF becomes IN ('int2'::regtype, 'int4'::regtype) THEN
    EXECUTE format('SELECT ''x'' FROM %s WHERE %I NOT BETWEEN %s AND %s LIMIT 1', relation, col,
      CASE becomes WHEN 'int2'::regtype THEN '-32768' ELSE '-2147483648' END,
      CASE becomes WHEN 'int2'::regtype THEN '32767' ELSE '2147483647' END) INTO broken;
    IF broken IS NOT NULL THEN
      RAISE EXCEPTION USING ERRCODE = '22003', MESSAGE = 'integer out of range for type ' ||
        CASE becomes WHEN 'int2'::regtype THEN 'int2' ELSE 'int4' END;
    END IF;
    RETURN;
  END IF;
  condition := CASE WHEN was = 'bytea'::regtype THEN format('convert_to(convert_from(%1$I, ''UTF8'')::%2$s, ''UTF8'') = %1$I', col, new)
                    ELSE format('%1$I::%2$s = %1$I', col, new) END;
  broken := crdb_catalog.shown_row(relation, condition);
  IF broken IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = format(
      'validation of CHECK "CAST(CAST(%1$s AS %2$s) AS %3$s) = %1$s" failed on row: %4$s',
      crdb_catalog.name(col), new_name, old_name, broken);
  END IF;
END
$$;
