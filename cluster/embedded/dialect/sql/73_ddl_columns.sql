-- Changes of columns: what CockroachDB refuses and PostgreSQL does not, and the marks of columns (types.py).

-- Before a column goes: what CockroachDB refuses and PostgreSQL does not, and the notices of indexes that go too
-- (pkg/sql/sqlerrors/errors.go; logic test alter_table).
CREATE OR REPLACE FUNCTION crdb_catalog.may_drop_column(schema text, tbl text, col text, cascading bool) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
  relation regclass := crdb_catalog.relation(schema, tbl);
  number int2 := (SELECT attnum FROM pg_attribute WHERE attrelid = relation AND attname = col AND NOT attisdropped);
  dependent text;
  idx record;
BEGIN
  IF relation IS NULL THEN
    RETURN;  -- the statement itself says so, or skips it with IF EXISTS
  END IF;
  IF number IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = '42703', MESSAGE = format('column "%s" does not exist', col);
  END IF;
  PERFORM crdb_catalog.check_expiration(schema, tbl, col, 'drop');
  IF EXISTS (SELECT FROM pg_constraint WHERE conrelid = relation AND contype = 'p' AND number = ANY (conkey)) THEN
    RAISE EXCEPTION USING ERRCODE = '42P10',
      MESSAGE = format('column "%s" is referenced by the primary key', col);
  END IF;
  dependent := crdb_catalog.computed_from(relation, number);
  IF dependent IS NOT NULL AND NOT cascading THEN
    RAISE EXCEPTION USING ERRCODE = '42P10',
      MESSAGE = format('column "%s" is referenced by computed column "%s"', col, dependent);
  END IF;
  dependent := crdb_catalog.view_on(relation, number);
  IF dependent IS NOT NULL AND NOT cascading THEN
    PERFORM crdb_catalog.blocked('drop', 'column', col, 'view', dependent);
  END IF;
  FOR idx IN
    SELECT crdb_catalog.shown_name(i.relname) AS name, number = ANY (x.indkey) OR x.indpred IS NULL AS holds,
      (SELECT t.relname FROM pg_constraint f JOIN pg_class t ON t.oid = f.conrelid
       WHERE f.contype = 'f' AND f.conindid = x.indexrelid AND f.confrelid = relation LIMIT 1) AS referrer
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
    JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
      AND d.refobjid = relation AND d.refobjsubid = number
      AND d.objid IN (x.indexrelid, (SELECT oid FROM pg_constraint WHERE conindid = x.indexrelid
                                     AND conrelid = relation LIMIT 1))
    WHERE x.indrelid = relation
    UNION
    SELECT crdb_catalog.shown_name(i.relname), true,
      (SELECT t.relname FROM pg_constraint f JOIN pg_class t ON t.oid = f.conrelid
       WHERE f.contype = 'f' AND f.conindid = x.indexrelid AND f.confrelid = relation LIMIT 1)
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
    WHERE x.indrelid = relation AND number = ANY (x.indkey)
    ORDER BY 1
  LOOP
    IF NOT idx.holds THEN
      RAISE EXCEPTION USING ERRCODE = '42P10',
        MESSAGE = format('column "%s" cannot be dropped because it is referenced by partial index "%s"', col, idx.name),
        HINT = 'drop the partial index first, then drop the column';
    ELSIF idx.referrer IS NOT NULL AND NOT cascading THEN
      RAISE EXCEPTION USING ERRCODE = '2BP01',
        MESSAGE = format('"%s" is referenced by foreign key from table "%s"', idx.name, idx.referrer);
    END IF;
    RAISE NOTICE USING ERRCODE = '00000',
      MESSAGE = format('dropping index "%s" which depends on column "%s"', idx.name, col);
  END LOOP;
  PERFORM crdb_catalog.drop_on_update(relation, number);
END
$$;

-- The first computed column, and the first view, that use a column; NULL for none.
CREATE OR REPLACE FUNCTION crdb_catalog.computed_from(relation regclass, number int2) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT a.attname
  FROM pg_depend d
  JOIN pg_attrdef f ON f.oid = d.objid AND d.classid = 'pg_attrdef'::regclass
  JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum AND a.attgenerated <> ''
  WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = relation AND d.refobjsubid = number
    AND a.attnum <> number
  ORDER BY a.attnum LIMIT 1
$$;

-- number 0: the relation as a whole.
CREATE OR REPLACE FUNCTION crdb_catalog.view_on(relation regclass, number int2) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT v.relname
  FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class v ON v.oid = r.ev_class
  WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = relation
    AND (number = 0 OR d.refobjsubid = number) AND v.oid <> relation
  ORDER BY v.oid LIMIT 1
$$;

-- pkg/sql/sqlerrors, NewDependentBlocksOpError.
CREATE OR REPLACE FUNCTION crdb_catalog.blocked(op text, kind text, name text, dependent_kind text, dependent text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = '2BP01', HINT = format('consider dropping "%s" first.', dependent),
    MESSAGE = format('cannot %s %s "%s" because %s "%s" depends on it', op, kind, name, dependent_kind, dependent);
END
$$;

-- For IF NOT EXISTS and IF EXISTS of columns.
CREATE OR REPLACE FUNCTION crdb_catalog.column_is_new(schema text, tbl text, col text) RETURNS bool
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF NOT crdb_catalog.column_is_missing(schema, tbl, col) THEN
    RAISE NOTICE USING ERRCODE = '42701',
      MESSAGE = format('column "%s" of relation "%s" already exists, skipping', col, tbl);
    RETURN false;
  END IF;
  RETURN true;
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.column_is_missing(schema text, tbl text, col text) RETURNS bool
LANGUAGE sql STABLE AS $$
  SELECT NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = crdb_catalog.existing(schema, tbl) AND attname = col
                     AND attnum > 0 AND NOT attisdropped)
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.may_add_column(schema text, tbl text, col text, identity bool) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
  relation regclass := crdb_catalog.existing(schema, tbl);
  filled bool;
BEGIN
  IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = relation AND attname = col AND attnum > 0 AND NOT attisdropped) THEN
    RAISE EXCEPTION USING ERRCODE = '42701',
      MESSAGE = format('column "%s" of relation "%s" already exists', col, tbl);
  ELSIF identity THEN
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', relation) INTO filled;
    IF filled THEN
      PERFORM crdb_catalog.refuse('ADD COLUMN … AS IDENTITY to a table with rows');
    END IF;
  END IF;
END
$$;

-- may_add_column(), then the statement that adds it.
CREATE OR REPLACE PROCEDURE crdb_catalog.add_column(schema text, tbl text, col text, identity bool, statement text)
LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := to_regclass(CASE WHEN schema = '' THEN '' ELSE quote_ident(schema) || '.' END || quote_ident(tbl));
BEGIN
  -- What is most often found is found without a call of it.
  IF identity OR relation IS NULL OR EXISTS (
    SELECT FROM pg_attribute WHERE attrelid = relation AND attname = col AND attnum > 0 AND NOT attisdropped) THEN
    PERFORM crdb_catalog.may_add_column(schema, tbl, col, identity);
  END IF;
  EXECUTE statement;
END
$$;

-- A view keeps the names of what it reads (logic test rename_column).
CREATE OR REPLACE FUNCTION crdb_catalog.may_rename_column(schema text, tbl text, col text) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
  relation regclass := crdb_catalog.existing(schema, tbl);
  dependent text := crdb_catalog.view_on(relation,
    (SELECT attnum FROM pg_attribute WHERE attrelid = relation AND attname = col AND NOT attisdropped));
BEGIN
  PERFORM crdb_catalog.check_expiration(schema, tbl, col, 'rename');
  IF dependent IS NOT NULL THEN
    PERFORM crdb_catalog.blocked('rename', 'column', col, 'view', dependent);
  END IF;
END
$$;

-- pkg/sql/schemachanger/scbuild/internal/scbuildstmt/alter_table_alter_column_set_default.go
CREATE OR REPLACE FUNCTION crdb_catalog.may_have_default(schema text, tbl text, col text, dropping bool) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
  target record;
BEGIN
  SELECT attgenerated, attidentity INTO target FROM pg_attribute
  WHERE attrelid = crdb_catalog.relation(schema, tbl) AND attname = col AND attnum > 0 AND NOT attisdropped;
  IF target.attgenerated <> '' AND dropping THEN
    RAISE EXCEPTION USING ERRCODE = '42601',
      MESSAGE = format('column "%s" of relation "%s" is a computed column', col, tbl),
      HINT = 'Use ALTER TABLE ... ALTER COLUMN ... DROP STORED instead';
  ELSIF target.attgenerated <> '' THEN
    RAISE EXCEPTION USING ERRCODE = '42601',
      MESSAGE = format('column "%s" of relation "%s" is a computed column', col, tbl);
  ELSIF target.attidentity <> '' THEN
    RAISE EXCEPTION USING ERRCODE = '42601', MESSAGE = format('column "%s" is an identity column', col);
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.may_drop_stored(schema text, tbl text, col text) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
  generated text := (SELECT CASE WHEN crdb_catalog.flags(attoptions) & 8 = 8 THEN 'v' ELSE attgenerated END FROM pg_attribute WHERE attrelid = crdb_catalog.existing(schema, tbl)
                     AND attname = col AND NOT attisdropped);
BEGIN
  IF generated IN ('', 'v') THEN
    RAISE EXCEPTION USING ERRCODE = '42611', MESSAGE = format(
      CASE generated WHEN '' THEN 'column "%s" is not a computed column' ELSE 'column "%s" is not a stored computed column' END,
      col);
  END IF;
END
$$;

-- PostgreSQL tells of all that a CASCADE drops, CockroachDB does not.
CREATE OR REPLACE FUNCTION crdb_catalog.quietly(statement text) RETURNS void
LANGUAGE plpgsql SET client_min_messages = warning AS $$
BEGIN
  EXECUTE statement;
END
$$;

-- pkg/sql/check.go, newNotNullViolationErr.
CREATE OR REPLACE FUNCTION crdb_catalog.may_be_not_null(schema text, tbl text, col text) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
  broken text;
BEGIN
  IF crdb_catalog.column_is_missing(schema, tbl, col) THEN
    RETURN;
  END IF;
  broken := crdb_catalog.shown_row(crdb_catalog.existing(schema, tbl), format('%I IS NOT NULL', col));
  IF broken IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = '23502', COLUMN = col,
      MESSAGE = format('validation of column "%s" NOT NULL failed on row: %s', col, broken);
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

-- Bits of a column's mark (types.py): 1 hidden, 2 STRING(n), 4 CHAR(n), 8 VIRTUAL.
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

CREATE OR REPLACE FUNCTION crdb_catalog.mark_hidden(schema text, tbl text, col text, hidden bool) RETURNS void
LANGUAGE sql AS $$
  SELECT crdb_catalog.set_mark(r, col, crdb_catalog.mark(r, col) & ~1 | hidden::int)
  FROM (SELECT crdb_catalog.relation(schema, tbl) AS r) s WHERE r IS NOT NULL
$$;
