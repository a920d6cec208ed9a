-- Changes of columns: what CockroachDB refuses and PostgreSQL does not, and the marks of columns (types.py).

-- Before a column goes: what CockroachDB refuses and PostgreSQL does not, and the notices of indexes that go too
-- (pkg/sql/sqlerrors/errors.go; logic test alter_table).
CREATE OR REPLACE FUNCTION crdb_catalog.may_drop_column(schema text, tbl text, col text, cascading bool) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
  relation regclass := crdb_catalog.relation(schema, tbl);
  number int2 := (SELECT attnum FROM pg_attribute WHERE attrelid = relation AND attname = col AND NOT attisdropped);
  computed text;
  idx record;
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
                'columns that are part of an index',
      HINT = E'You have attempted to use a feature that is not yet implemented.\nSee: https://go.crdb.dev/issue-v/47636/v26.2';
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
