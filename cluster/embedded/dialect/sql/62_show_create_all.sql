-- SHOW CREATE ALL TABLES | TYPES | SCHEMAS: the statements that make a database anew, a row each.
-- Source: pkg/sql/show_create_all_tables_builtin.go; logic tests show_create_all_tables, …_types, …_schemas.

-- Relations in the order of their making, each after what it needs: tables that it refers to, sequences of its defaults.
CREATE OR REPLACE FUNCTION crdb_catalog.in_order(relation oid, done oid[], visited INOUT oid[]) LANGUAGE plpgsql STABLE AS $$
DECLARE
  needed oid;
BEGIN
  IF relation = ANY (visited) OR relation = ANY (done) THEN
    RETURN;
  END IF;
  done := done || relation;  -- on the way: a circle of foreign keys ends here
  FOR needed IN
    SELECT confrelid FROM pg_catalog.pg_constraint WHERE conrelid = relation AND contype = 'f' AND confrelid <> relation
    UNION
    SELECT d.refobjid FROM pg_catalog.pg_attrdef f JOIN pg_catalog.pg_depend d
      ON d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.objid = f.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass
    JOIN pg_catalog.pg_class s ON s.oid = d.refobjid AND s.relkind = 'S'
    WHERE f.adrelid = relation
    ORDER BY 1
  LOOP
    visited := crdb_catalog.in_order(needed, done, visited);
  END LOOP;
  IF relation <> ALL (visited) THEN
    visited := visited || relation;
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.show_create_all_tables() RETURNS TABLE (create_statement text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  ordered oid[] := '{}';
  one record;
BEGIN
  FOR one IN SELECT r.oid, r.relkind FROM crdb_catalog.relations r WHERE r.is_user
             AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend WHERE objid = r.oid AND deptype = 'i'
                             AND classid = 'pg_catalog.pg_class'::regclass AND refobjsubid > 0) ORDER BY 1 LOOP
    IF one.relkind IN ('v', 'm') THEN
      PERFORM crdb_catalog.refuse('SHOW CREATE ALL TABLES with a view');
    ELSIF EXISTS (SELECT FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = atttypid
                  WHERE attrelid = one.oid AND attnum > 0 AND typtype = 'e') THEN
      PERFORM crdb_catalog.refuse('SHOW CREATE ALL TABLES with a column of an enum');
    ELSIF EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = one.oid AND contype = 'f' AND NOT convalidated) THEN
      PERFORM crdb_catalog.refuse('SHOW CREATE ALL TABLES with a foreign key that is not validated');
    END IF;
    ordered := crdb_catalog.in_order(one.oid, '{}', ordered);
  END LOOP;
  RETURN QUERY SELECT CASE c.relkind WHEN 'S' THEN crdb_catalog.create_sequence(c.oid)
                      ELSE crdb_catalog.create_table(c.oid, false) END
    FROM unnest(ordered) WITH ORDINALITY u(oid, place) JOIN pg_catalog.pg_class c USING (oid) ORDER BY place;
  IF EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = ANY (ordered) AND contype = 'f') THEN
    RETURN QUERY SELECT format('ALTER TABLE %s.%s ADD CONSTRAINT %s %s;', crdb_catalog.name(n.nspname),
        crdb_catalog.name(t.relname), crdb_catalog.name(crdb_catalog.bare(c.conname)), crdb_catalog.foreign_key(c.oid, true))
      FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_class t ON t.oid = conrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace
      WHERE conrelid = ANY (ordered) AND contype = 'f' ORDER BY array_position(ordered, conrelid), c.oid;
    RETURN QUERY VALUES ('-- Validate foreign key constraints. These can fail if there was unvalidated data during the '
                         'SHOW CREATE ALL TABLES');
    RETURN QUERY SELECT format('ALTER TABLE %s.%s VALIDATE CONSTRAINT %s;', crdb_catalog.name(n.nspname),
        crdb_catalog.name(t.relname), crdb_catalog.name(crdb_catalog.bare(c.conname)))
      FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_class t ON t.oid = conrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace
      WHERE conrelid = ANY (ordered) AND contype = 'f' ORDER BY array_position(ordered, conrelid), c.oid;
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.show_create_all_types() RETURNS TABLE (create_statement text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_type t JOIN pg_catalog.pg_description ON objoid = t.oid
             AND classoid = 'pg_catalog.pg_type'::regclass WHERE typtype = 'e') THEN
    PERFORM crdb_catalog.refuse('SHOW CREATE ALL TYPES with a comment on one');
  END IF;
  RETURN QUERY SELECT format('CREATE TYPE %s AS ENUM (%s);', crdb_catalog.type_name(t.oid, -1),
      (SELECT string_agg(crdb_catalog.literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_catalog.pg_enum WHERE enumtypid = t.oid))
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE t.typtype = 'e' AND crdb_catalog.is_user_schema(n.nspname) ORDER BY t.oid;
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.show_create_all_schemas() RETURNS TABLE (create_statement text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF EXISTS (SELECT FROM crdb_catalog.show_schemas s WHERE s.comment IS NOT NULL) THEN
    PERFORM crdb_catalog.refuse('SHOW CREATE ALL SCHEMAS with a comment on one');
  END IF;
  RETURN QUERY SELECT format('CREATE SCHEMA %s;', crdb_catalog.name(nspname)) FROM pg_catalog.pg_namespace
    WHERE crdb_catalog.is_user_schema(nspname) ORDER BY nspname <> 'public', oid;
END
$$;
