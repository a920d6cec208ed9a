-- Where the dialect lives. crdb_catalog is ours and hidden: the views that shadow pg_catalog's relations
-- (shadows.py rewrites the names) and the functions behind SHOW. crdb_internal is what CockroachDB calls so.
-- The script runs as the superuser in template1 and can run again at any time in any database.

CREATE SCHEMA IF NOT EXISTS crdb_catalog;
CREATE SCHEMA IF NOT EXISTS crdb_internal;
GRANT USAGE ON SCHEMA crdb_catalog, crdb_internal TO PUBLIC;

-- CockroachDB lets everybody create in the public schema (no revoke as in PostgreSQL 15): docs, "public role".
GRANT CREATE ON SCHEMA public TO PUBLIC;

DO $$
DECLARE
  original regprocedure;
BEGIN
  -- PostgreSQL's own information_schema steps aside once; ours has CockroachDB's views and columns.
  IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'crdb_information_schema') THEN
    ALTER SCHEMA information_schema RENAME TO crdb_information_schema;
  END IF;
  -- Functions that answer differently step aside under another name; views of PostgreSQL call them by OID.
  FOR original IN
    SELECT oid::regprocedure FROM pg_proc
    WHERE oid < 10000 AND pronamespace = 'pg_catalog'::regnamespace
      AND proname IN ('version', 'pg_get_constraintdef', 'pg_get_indexdef',
                      'current_setting', 'set_config', 'pg_get_viewdef')
  LOOP
    EXECUTE format('ALTER FUNCTION %s RENAME TO %I', original,
                   'postgresql_' || (SELECT proname FROM pg_proc WHERE oid = original));
  END LOOP;
END
$$;
CREATE SCHEMA IF NOT EXISTS information_schema;
GRANT USAGE ON SCHEMA information_schema TO PUBLIC;

-- An older version's views go first: CREATE OR REPLACE cannot change the columns of a view. They stay where a
-- client's own view reads one of them: that must not be lost.
DO $$
DECLARE
  ours oid[] := ARRAY['crdb_catalog'::regnamespace, 'information_schema'::regnamespace];
  old text;
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_depend d
             JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid AND d.classid = 'pg_catalog.pg_rewrite'::regclass
             JOIN pg_catalog.pg_class v ON v.oid = r.ev_class JOIN pg_catalog.pg_class c ON c.oid = d.refobjid
             WHERE c.relnamespace = ANY (ours) AND c.relkind = 'v' AND v.relnamespace <> ALL (ours)) THEN
    RETURN;
  END IF;
  FOR old IN SELECT format('%I.%I', relnamespace::regnamespace, relname) FROM pg_catalog.pg_class
             WHERE relkind = 'v' AND relnamespace = ANY (ours) LOOP
    EXECUTE format('DROP VIEW IF EXISTS %s CASCADE', old);
  END LOOP;
END
$$;
