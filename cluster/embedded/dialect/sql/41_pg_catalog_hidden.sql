-- pg_catalog's relations without what is ours: helpers, their types, their sequence. Source: pkg/sql/pg_catalog.go.

CREATE OR REPLACE VIEW crdb_catalog.pg_proc AS
SELECT p.* FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE (n.nspname IN ('pg_catalog', 'crdb_internal') OR crdb_catalog.is_user_schema(n.nspname))
  AND p.proname NOT LIKE 'postgresql\_%' AND p.proname NOT LIKE 'hidden\_%';

-- PostgreSQL's types that CockroachDB has not (types.py, FOREIGN) are left out, and so are the rows of our views.
CREATE OR REPLACE VIEW crdb_catalog.pg_type AS
SELECT t.oid, t.typname, t.typnamespace, t.typowner, t.typlen, t.typbyval, t.typtype, t.typcategory,
       t.typispreferred, t.typisdefined, t.typdelim, t.typrelid, t.typelem, t.typarray, t.typinput, t.typoutput,
       t.typreceive, t.typsend, t.typmodin, t.typmodout, t.typanalyze, t.typalign, t.typstorage, t.typnotnull,
       t.typbasetype, t.typtypmod, t.typndims, t.typcollation, NULL::text AS typdefaultbin,
       NULL::text AS typdefault, NULL::text[] AS typacl
FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE (n.nspname = 'pg_catalog' AND t.typtype <> 'c'
       AND ltrim(t.typname, '_') <> ALL (string_to_array('{{foreign_types}}', ' ')))
   OR crdb_catalog.is_user_schema(n.nspname);

CREATE OR REPLACE VIEW crdb_catalog.pg_description AS
SELECT d.objoid, d.classoid, d.objsubid, d.description FROM pg_catalog.pg_description d
WHERE d.objoid >= 16384
   OR (d.classoid = 'pg_catalog.pg_namespace'::regclass AND d.objoid = 'public'::regnamespace
       AND d.description <> 'standard public schema');

CREATE OR REPLACE VIEW crdb_catalog.pg_sequence AS
SELECT s.* FROM pg_catalog.pg_sequence s JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
WHERE crdb_catalog.is_user_schema(c.relnamespace::regnamespace::name);

CREATE OR REPLACE VIEW crdb_catalog.pg_authid AS
SELECT oid, rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls,
       rolconnlimit, rolpassword, rolvaliduntil
FROM crdb_catalog.pg_roles;

CREATE OR REPLACE VIEW crdb_catalog.pg_user AS
SELECT rolname AS usename, oid AS usesysid, rolcreatedb AS usecreatedb, rolsuper AS usesuper, false AS userepl,
       false AS usebypassrls, '********'::text AS passwd, rolvaliduntil AS valuntil, rolconfig AS useconfig
FROM crdb_catalog.pg_roles WHERE rolcanlogin;

-- Stubs: the relations that are always empty in CockroachDB (relations.py).
DO $$
DECLARE
  relation text;
BEGIN
  FOREACH relation IN ARRAY string_to_array('{{empty_relations}}', ' ') LOOP
    IF to_regclass('pg_catalog.' || relation) IS NOT NULL THEN
      EXECUTE format('CREATE OR REPLACE VIEW crdb_catalog.%I AS SELECT * FROM pg_catalog.%1$I WHERE false', relation);
    END IF;
  END LOOP;
  FOREACH relation IN ARRAY string_to_array('{{empty_information}}', ' ') LOOP
    EXECUTE format(
      'CREATE OR REPLACE VIEW information_schema.%I AS SELECT * FROM crdb_information_schema.%1$I WHERE false', relation);
  END LOOP;
END
$$;

CREATE OR REPLACE VIEW crdb_catalog.pg_tablespace AS
SELECT 0::oid AS oid, 'pg_default'::name AS spcname, NULL::oid AS spcowner, NULL::text AS spclocation,
       NULL::text[] AS spcacl, NULL::text[] AS spcoptions;
