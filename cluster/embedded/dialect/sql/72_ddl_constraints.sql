-- Constraints that are added, validated, renamed and dropped; foreign keys: 78_ddl_foreign_keys.sql.
-- Source: pkg/sql/schemachanger/scbuild/internal/scbuildstmt/alter_table_*_constraint.go.

-- Whether a constraint of the table has the name: an index is one if it is unique.
CREATE OR REPLACE FUNCTION crdb_catalog.has_constraint(relation regclass, name text) RETURNS bool
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM pg_constraint WHERE conrelid = relation AND contype <> 'n'
                 AND crdb_catalog.shown_name(conname) = has_constraint.name)
      OR EXISTS (SELECT FROM pg_index WHERE indexrelid = crdb_catalog.index_of(relation, has_constraint.name) AND indisunique)
$$;

-- The name of a constraint that is added: free on the table, as CockroachDB makes it free when it generated it.
-- NULL when IF NOT EXISTS finds the name taken.
CREATE OR REPLACE FUNCTION crdb_catalog.free_constraint_name(
  relation regclass, name text, generated bool, if_not_exists bool
) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  wanted text := name;
  number int := 0;
BEGIN
  WHILE crdb_catalog.has_constraint(relation, wanted) LOOP
    IF generated THEN
      number := number + 1;
      wanted := name || number;
    ELSIF if_not_exists THEN
      PERFORM crdb_catalog.nothing_done();
      RETURN NULL;
    ELSE
      RAISE EXCEPTION USING ERRCODE = '42710', MESSAGE = format('duplicate constraint name: "%s"', name);
    END IF;
  END LOOP;
  IF octet_length(wanted) > 63 THEN
    PERFORM crdb_catalog.refuse(format('the name "%s" of a constraint: one of more than 63 bytes', wanted));
  END IF;
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

CREATE OR REPLACE FUNCTION crdb_catalog.need_table(schema text, tbl text) RETURNS regclass
LANGUAGE plpgsql STABLE AS $$
DECLARE
  relation regclass := crdb_catalog.existing(schema, tbl);
BEGIN
  IF (SELECT relkind FROM pg_class WHERE oid = relation) <> 'r' THEN
    RAISE EXCEPTION USING ERRCODE = '42809', MESSAGE = format('"%s" is not a table', tbl);
  END IF;
  RETURN relation;
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.add_check(
  schema text, tbl text, name text, generated bool, if_not_exists bool, expression text, not_valid bool
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := crdb_catalog.need_table(schema, tbl);
  logical text := crdb_catalog.free_constraint_name(relation, name, generated, if_not_exists);
BEGIN
  IF logical IS NULL THEN
    RETURN;
  END IF;
  EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I CHECK (crdb_catalog.checked((%s), tableoid, %L)) NOT VALID',
                 relation, logical, expression, logical);
  IF NOT not_valid THEN
    EXECUTE format('ALTER TABLE %s VALIDATE CONSTRAINT %I', relation, logical);
  END IF;
EXCEPTION WHEN check_violation THEN
  -- logic test alter_table: validation of CHECK "…" failed on row: …
  RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = logical,
    MESSAGE = format('validation of CHECK "%s" failed on row: %s',
                     crdb_catalog.check_text(relation, format('CHECK (%s)', expression)),
                     crdb_catalog.shown_row(relation, expression));
END
$$;

-- The constraint of that name (not a NOT NULL), or the index that is one: 42704 if there is none.
CREATE OR REPLACE FUNCTION crdb_catalog.the_constraint(
  relation regclass, tbl text, name text, OUT conname name, OUT kind "char", OUT idx regclass, OUT space oid
) LANGUAGE plpgsql STABLE AS $$
BEGIN
  SELECT c.conname, contype, CASE WHEN contype IN ('p', 'u') THEN conindid END, connamespace
  INTO conname, kind, idx, space
  FROM pg_constraint c
  WHERE conrelid = relation AND contype <> 'n' AND crdb_catalog.shown_name(c.conname) = the_constraint.name;
  IF kind IS NULL THEN
    SELECT relname, 'u', indexrelid, relnamespace INTO conname, kind, idx, space
    FROM pg_index JOIN pg_class c ON c.oid = indexrelid
    WHERE indexrelid = crdb_catalog.index_of(relation, the_constraint.name) AND indisunique;
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.no_constraint(tbl text, name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = '42704',
    MESSAGE = format('constraint "%s" of relation "%s" does not exist', name, tbl);
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.validate_constraint(schema text, tbl text, name text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := crdb_catalog.need_table(schema, tbl);
  target record := crdb_catalog.the_constraint(relation, tbl, name);
  expression text;
BEGIN
  IF target.kind IS NULL THEN
    PERFORM crdb_catalog.no_constraint(tbl, name);
  ELSIF target.kind IN ('p', 'u') THEN
    RAISE EXCEPTION USING ERRCODE = '42809', MESSAGE = format(
      'constraint "%s" of relation "%s" is not a foreign key, check, or unique without index constraint', name, tbl);
  END IF;
  EXECUTE format('ALTER TABLE %s VALIDATE CONSTRAINT %I', relation, target.conname);
EXCEPTION
  WHEN check_violation THEN
    SELECT pg_get_expr(conbin, conrelid) INTO expression FROM pg_constraint
    WHERE conrelid = relation AND conname = target.conname;
    RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = name,
      MESSAGE = format('validation of CHECK "%s" failed on row: %s',
                       crdb_catalog.expression(expression, relation, 'typed'),
                       crdb_catalog.shown_row(relation, crdb_catalog.unchecked(expression)));
  WHEN foreign_key_violation THEN
    PERFORM crdb_catalog.unmatched((SELECT oid FROM pg_constraint WHERE conrelid = relation AND conname = target.conname));
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.rename_constraint(schema text, tbl text, old text, new text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := crdb_catalog.need_table(schema, tbl);
  target record := crdb_catalog.the_constraint(relation, tbl, old);
BEGIN
  IF target.kind IS NULL THEN
    PERFORM crdb_catalog.no_constraint(tbl, old);
  ELSIF old = new THEN
    RETURN;
  ELSIF crdb_catalog.has_constraint(relation, new) THEN
    RAISE EXCEPTION USING ERRCODE = '42710', MESSAGE = format('duplicate constraint name: "%s"', new);
  ELSIF target.idx IS NULL THEN
    EXECUTE format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', relation, target.conname, new);
    RETURN;
  ELSIF crdb_catalog.index_of(relation, new) IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = '42P07', MESSAGE = format('relation %s already exists', quote_ident(new));
  END IF;
  -- PostgreSQL renames the constraint with its index.
  PERFORM crdb_catalog.set_index_name(target.idx, new, crdb_catalog.index_flags(target.conname));
END
$$;

-- replaced: a later action of the same statement adds a primary key.
CREATE OR REPLACE FUNCTION crdb_catalog.drop_constraint(
  schema text, tbl text, name text, if_exists bool, cascading bool, replaced bool
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  relation regclass := crdb_catalog.need_table(schema, tbl);
  target record := crdb_catalog.the_constraint(relation, tbl, name);
BEGIN
  IF target.kind IS NULL AND if_exists THEN
    RAISE NOTICE USING ERRCODE = '00000',
      MESSAGE = format('constraint "%s" of relation "%s" does not exist, skipping', name, tbl);
  ELSIF target.kind IS NULL THEN
    PERFORM crdb_catalog.no_constraint(tbl, name);
  ELSIF target.kind = 'p' THEN
    -- With a new key in the same statement it is declarative, and a locked table unlocks (cockroachdb/cockroach#159987).
    IF replaced THEN
      EXECUTE format('SET LOCAL crdb.dropped_key = %L', relation::oid);
      RETURN;
    END IF;
    PERFORM crdb_catalog.check_unlocked(schema, tbl);
    RAISE EXCEPTION USING ERRCODE = '0A000',
      MESSAGE = format('relation "%s" (%s): unimplemented: primary key dropped without subsequent addition of new '
                       'primary key in same transaction', tbl, relation::oid),
      HINT = E'You have attempted to use a feature that is not yet implemented.\nSee: https://go.crdb.dev/issue-v/48026/v26.2';
  ELSIF target.kind = 'u' THEN
    PERFORM crdb_catalog.drop_secondary(target.idx, cascading);
  ELSE
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', relation, target.conname);
  END IF;
END
$$;

-- A UNIQUE constraint is an index, which has a comment of its own: its own as a constraint is kept where PostgreSQL
-- keeps those of constraints, by the index's OID, which is the constraint's in pg_constraint (40_pg_catalog.sql).
CREATE OR REPLACE FUNCTION crdb_catalog.comment_on_unique(idx regclass, comment text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM pg_description WHERE classoid = 'pg_constraint'::regclass
    AND objoid IN (SELECT oid FROM pg_class WHERE oid = idx AND pg_has_role(session_user, relowner, 'MEMBER'));
  INSERT INTO pg_description SELECT oid, 'pg_constraint'::regclass, 0, comment
  FROM pg_class WHERE oid = idx AND pg_has_role(session_user, relowner, 'MEMBER') AND comment IS NOT NULL
$$;
