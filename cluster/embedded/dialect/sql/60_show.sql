-- One view or function a SHOW, with CockroachDB's columns in its order. show.py turns the statement into a SELECT.
-- Source: pkg/sql/delegate/show_*.go. What comes from pg_catalog there is of type NAME, the rest is STRING.
DROP FUNCTION IF EXISTS crdb_catalog.show_constraints(oid);  -- its columns were of other types once

-- CockroachDB shows an estimate, taken now and then; here it is the number itself, so that outputs compare.
CREATE OR REPLACE FUNCTION crdb_catalog.row_count(rel oid) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  found bigint;
BEGIN
  -- A table only: what a view of the client's calls would be called by the superuser here.
  IF EXISTS (SELECT FROM pg_class WHERE oid = rel AND relkind = 'r') THEN
    EXECUTE format('SELECT count(*) FROM ONLY %s', rel::regclass) INTO found;
  END IF;
  RETURN found;
END
$$;

CREATE OR REPLACE VIEW crdb_catalog.show_tables AS
SELECT r.sc::name AS schema_name, r.rel::name AS table_name,
       CASE r.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' ELSE 'table' END AS type,
       CASE WHEN r.is_user THEN pg_get_userbyid(r.relowner) ELSE 'node'::name END AS owner,
       CASE WHEN r.relkind = 'r' AND r.is_user THEN crdb_catalog.row_count(r.oid) ELSE 0 END AS estimated_row_count,
       NULL::text AS locality, coalesce(obj_description(r.oid, 'pg_class'), '') AS comment, r.is_user
FROM crdb_catalog.relations r;

-- FROM schema, FROM database, FROM database.schema; none: all that is the user's.
CREATE OR REPLACE FUNCTION crdb_catalog.show_tables_from(VARIADIC parts text[])
RETURNS SETOF crdb_catalog.show_tables LANGUAGE plpgsql STABLE AS $$
DECLARE
  steps integer := cardinality(parts);
  wanted text;
BEGIN
  IF parts[steps] IN ('pg_catalog', 'information_schema', 'crdb_internal', 'pg_extension') THEN
    PERFORM crdb_catalog.refuse(format('SHOW TABLES FROM %s', parts[steps]));
  END IF;
  IF steps = 2 THEN
    PERFORM crdb_catalog.check_database(parts[1]);
    wanted := parts[2];
  ELSIF steps = 1 AND parts[1] <> current_database() THEN
    wanted := parts[1];
  END IF;
  IF wanted IS NOT NULL AND NOT EXISTS (SELECT FROM crdb_catalog.show_schemas WHERE schema_name = wanted) THEN
    IF steps = 1 AND (wanted = 'system' OR EXISTS (SELECT FROM crdb_catalog.pg_database WHERE datname = wanted)) THEN
      PERFORM crdb_catalog.check_database(wanted);
    END IF;
    RAISE EXCEPTION 'target database or schema does not exist' USING ERRCODE = '3F000',
      HINT = 'verify that the current database and search_path are valid and/or the target database exists';
  END IF;
  RETURN QUERY SELECT * FROM crdb_catalog.show_tables t
    WHERE CASE WHEN wanted IS NULL THEN t.is_user ELSE t.schema_name = wanted END ORDER BY 1, 2;
END
$$;

CREATE OR REPLACE VIEW crdb_catalog.show_databases AS
SELECT datname::text AS database_name, pg_get_userbyid(datdba)::text AS owner, NULL::text AS primary_region,
       NULL::text AS secondary_region, '{}'::text[] AS regions, NULL::text AS survival_goal,
       CASE WHEN datname <> 'postgres' THEN shobj_description(oid, 'pg_database') END AS comment
FROM crdb_catalog.pg_database
UNION ALL
SELECT 'system', 'node', NULL, NULL, '{}', NULL, NULL;

CREATE OR REPLACE VIEW crdb_catalog.show_schemas AS
SELECT nspname AS schema_name,
       CASE WHEN nspname = 'public' THEN 'admin' WHEN crdb_catalog.is_user_schema(nspname) THEN pg_get_userbyid(nspowner)
            ELSE 'node' END::name AS owner,
       -- PostgreSQL comments on its own schemas.
       CASE WHEN obj_description(oid, 'pg_namespace') NOT IN ('standard public schema', 'system catalog schema')
            THEN obj_description(oid, 'pg_namespace') END AS comment
FROM crdb_catalog.pg_namespace;

CREATE OR REPLACE FUNCTION crdb_catalog.show_columns(tab oid) RETURNS TABLE (
  column_name text, data_type text, is_nullable boolean, column_default text, generation_expression text,
  indices text[], is_hidden boolean, comment text
) LANGUAGE sql STABLE AS $$
  WITH used AS MATERIALIZED (
    SELECT p.column_name, array_agg(p.index_name ORDER BY p.index_name) AS names
    FROM crdb_catalog.index_parts p WHERE p.relid = tab GROUP BY 1)
  SELECT c.column_name, c.crdb_sql_type, c.is_nullable = 'YES', c.column_default, c.generation_expression,
         coalesce((SELECT names FROM used u WHERE u.column_name = c.column_name), '{}'),
         c.is_hidden = 'YES', c.column_comment
  FROM crdb_catalog.columns c WHERE c.relid = tab ORDER BY c.ordinal_position
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.show_indexes(tab oid) RETURNS TABLE (
  table_name text, index_name text, non_unique boolean, seq_in_index bigint, column_name text, definition text,
  direction text, storing boolean, implicit boolean, visible boolean, visibility float8, comment text
) LANGUAGE sql STABLE AS $$
  SELECT p.rel, p.index_name, NOT p.indisunique, p.seq_in_index, p.column_name, p.definition, p.direction, p.storing,
         p.implicit, p.visibility = 1, p.visibility, obj_description(p.indexrelid, 'pg_class')
  FROM crdb_catalog.index_parts p WHERE p.relid = tab ORDER BY 1, 2, 4
$$;

-- SHOW INDEXES FROM DATABASE: all of them, with their schema.
CREATE OR REPLACE VIEW crdb_catalog.show_all_indexes AS
SELECT p.rel AS table_name, p.index_name, p.sc AS index_schema, NOT p.indisunique AS non_unique, p.seq_in_index,
       p.column_name, p.definition, p.direction, p.storing, p.implicit, true AS visible, 1::float8 AS visibility,
       obj_description(p.indexrelid, 'pg_class') AS comment
FROM crdb_catalog.index_parts p;

CREATE OR REPLACE FUNCTION crdb_catalog.show_constraints(tab oid) RETURNS TABLE (
  table_name name, constraint_name name, constraint_type text, details text, validated boolean, comment text
) LANGUAGE sql STABLE AS $$
  SELECT r.rel::name, c.conname, CASE c.contype WHEN 'p' THEN 'PRIMARY KEY' WHEN 'u' THEN 'UNIQUE'
           WHEN 'f' THEN 'FOREIGN KEY' ELSE 'CHECK' END, c.condef, c.convalidated,
         obj_description(c.oid, 'pg_constraint')
  FROM crdb_catalog.relations r JOIN crdb_catalog.pg_constraint c ON c.conrelid = r.oid
  WHERE r.oid = tab ORDER BY 1, 2, 3, 4, 5
$$;

CREATE OR REPLACE VIEW crdb_catalog.show_sequences AS
SELECT sc AS sequence_schema, rel AS sequence_name FROM crdb_catalog.relations WHERE relkind = 'S' AND is_user;

CREATE OR REPLACE VIEW crdb_catalog.show_enums AS
SELECT n.nspname AS schema, t.typname AS name,
       ARRAY(SELECT enumlabel FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) AS values,
       pg_get_userbyid(t.typowner) AS owner
FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'e' AND crdb_catalog.is_user_schema(n.nspname);

CREATE OR REPLACE VIEW crdb_catalog.show_types AS
SELECT schema, name, owner FROM crdb_catalog.show_enums;

-- root and demo have no options in CockroachDB: what they may do comes with the role admin.
CREATE OR REPLACE VIEW crdb_catalog.show_users AS
SELECT rolname::text AS username,
       CASE WHEN rolname IN ('root', 'demo') THEN '{}' ELSE array_remove(ARRAY[
         CASE WHEN rolcreatedb THEN 'CREATEDB' END, CASE WHEN rolcreaterole THEN 'CREATEROLE' END,
         CASE WHEN NOT rolcanlogin THEN 'NOLOGIN' END], NULL) END AS options,
       CASE WHEN rolname IN ('root', 'demo') THEN ARRAY['admin'] ELSE '{}' END
         || ARRAY(SELECT g.rolname::text FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
                  WHERE m.member = r.oid AND r.rolname NOT IN ('root', 'demo') ORDER BY 1) AS member_of,
       NULL::timestamptz AS estimated_last_login_time
FROM pg_catalog.pg_roles r WHERE rolname NOT LIKE 'pg\_%'
UNION ALL
SELECT 'admin', '{}', '{}', NULL;
