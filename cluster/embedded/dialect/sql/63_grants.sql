-- SHOW GRANTS and DROP ROLE. Sources: docs, "SHOW GRANTS", "Authorization"; pkg/sql/information_schema.go
-- (table_privileges), drop_role.go. PostgreSQL's privileges are CockroachDB's of the same name.

-- demo is an admin, so it may grant and revoke on the public schema of any database; the schema's owner is admin.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'demo') THEN
    ALTER SCHEMA public OWNER TO demo;
  END IF;
END
$$;

-- The grants on one object: admin, root and the owner have ALL; then those of its access list. kind: as in pg_default_acl;
-- is_public: the public schema, whose owner is no user.
CREATE OR REPLACE FUNCTION crdb_catalog.acl_rows(kind "char", owner oid, acl aclitem[], is_public boolean DEFAULT false)
RETURNS TABLE (grantee text, privilege_type text, is_grantable boolean) LANGUAGE sql STABLE AS $$
  WITH given AS (
    SELECT CASE WHEN e.grantee = 0 THEN 'public' ELSE pg_get_userbyid(e.grantee)::text END AS grantee,
           e.privilege_type AS privilege, e.is_grantable
    FROM hidden_aclexplode(coalesce(acl, hidden_acldefault(kind, owner))) e
    WHERE e.grantee <> owner
  ), counted AS (
    SELECT g.grantee, g.is_grantable, array_agg(g.privilege) AS privileges, count(*) AS number FROM given g GROUP BY 1, 2
  )
  SELECT one, 'ALL', true FROM unnest(ARRAY['admin', 'root']) one
  UNION ALL
  SELECT rolname::text, 'ALL', true FROM pg_roles
  WHERE oid = owner AND rolname <> 'root' AND rolname NOT LIKE 'pg\_%' AND NOT is_public
  UNION ALL
  SELECT c.grantee, p, c.is_grantable
  FROM counted c, LATERAL unnest(
    CASE WHEN c.grantee <> 'public' AND c.number = CASE kind WHEN 'r' THEN 8 WHEN 'd' THEN 3 WHEN 'S' THEN 3
                                                             WHEN 'n' THEN 2 ELSE 0 END
         THEN ARRAY['ALL']
         -- Part of ALL was revoked: PostgreSQL's TRUNCATE stands for what it has no name for.
         WHEN kind = 'r' AND 'TRUNCATE' = ANY (c.privileges)
         THEN array_remove(array_remove(c.privileges, 'TRUNCATE'), 'REFERENCES')
              || ARRAY['BACKUP', 'CHANGEFEED', 'CREATE', 'DROP', 'ZONECONFIG']
         ELSE c.privileges END) p
  WHERE c.grantee NOT LIKE 'pg\_%' AND NOT (kind = 'd' AND c.grantee = 'demo')
$$;

CREATE OR REPLACE VIEW crdb_catalog.table_grants AS
SELECT r.oid AS table_oid, r.db AS database_name, r.sc AS schema_name, r.rel AS table_name, g.*
FROM crdb_catalog.relations r JOIN pg_catalog.pg_class c ON c.oid = r.oid,
     LATERAL crdb_catalog.acl_rows(CASE c.relkind WHEN 'S' THEN 'S' ELSE 'r' END::"char", c.relowner, c.relacl) g
WHERE r.is_user;

CREATE OR REPLACE VIEW crdb_catalog.database_grants AS
SELECT d.datname::text AS database_name, g.*
FROM pg_catalog.pg_database d, LATERAL crdb_catalog.acl_rows('d', d.datdba, d.datacl) g WHERE NOT d.datistemplate;

CREATE OR REPLACE VIEW crdb_catalog.schema_grants AS
SELECT current_database()::text AS database_name, n.nspname::text AS schema_name, g.*
FROM pg_catalog.pg_namespace n, LATERAL crdb_catalog.acl_rows('n', n.nspowner, n.nspacl, n.nspname = 'public') g
WHERE crdb_catalog.is_user_schema(n.nspname);

CREATE OR REPLACE VIEW crdb_catalog.type_grants AS
SELECT current_database()::text AS database_name, n.nspname::text AS schema_name, t.typname::text AS type_name, g.*
FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace,
     LATERAL crdb_catalog.acl_rows('T', t.typowner, t.typacl) g
WHERE t.typtype = 'e' AND crdb_catalog.is_user_schema(n.nspname);

-- The named objects are there, else an error.
CREATE OR REPLACE FUNCTION crdb_catalog.grant_target(kind text, names text[]) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
  one text;
BEGIN
  FOREACH one IN ARRAY names LOOP
    IF kind = 'database' AND NOT EXISTS (SELECT FROM pg_database WHERE datname = one) THEN
      RAISE EXCEPTION 'database "%" does not exist', one USING ERRCODE = '3D000';
    ELSIF kind = 'schema' AND NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = one) THEN
      RAISE EXCEPTION 'unknown schema "%"', one USING ERRCODE = '3F000';
    ELSIF kind = 'type' AND to_regtype(quote_ident(one)) IS NULL THEN
      RAISE EXCEPTION 'type "%" does not exist', one USING ERRCODE = '42704';
    END IF;
  END LOOP;
  RETURN true;
END
$$;

-- These users, the roles that they are members of, and public.
CREATE OR REPLACE FUNCTION crdb_catalog.roles_of(users text[]) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
DECLARE
  one text;
BEGIN
  FOREACH one IN ARRAY users LOOP
    IF one NOT IN ('admin', 'public') AND NOT EXISTS (SELECT FROM pg_roles WHERE rolname = one) THEN
      RAISE EXCEPTION 'role/user "%" does not exist', one USING ERRCODE = '42704';
    END IF;
  END LOOP;
  RETURN ARRAY(
    WITH RECURSIVE up AS (
      SELECT oid FROM pg_roles WHERE rolname = ANY (users)
      UNION
      SELECT m.roleid FROM pg_auth_members m JOIN up ON up.oid = m.member)
    SELECT rolname::text FROM pg_roles JOIN up USING (oid)
    UNION ALL SELECT 'public'
    UNION ALL SELECT 'admin' WHERE users && ARRAY['root', 'demo', 'admin']);
END
$$;

-- SHOW GRANTS ON ROLE. Who makes a role in PostgreSQL becomes its member; in CockroachDB not.
CREATE OR REPLACE VIEW crdb_catalog.memberships AS
SELECT g.rolname::text AS role_name, u.rolname::text AS member, bool_or(m.admin_option) AS is_admin
FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
JOIN pg_catalog.pg_roles u ON u.oid = m.member
WHERE g.rolname NOT LIKE 'pg\_%' AND u.rolname <> 'demo' GROUP BY 1, 2
UNION ALL
SELECT 'admin', rolname::text, rolname = 'root' FROM pg_catalog.pg_roles WHERE rolname IN ('root', 'demo');

-- DROP ROLE: not while there are grants to it, or things that it owns.
CREATE OR REPLACE FUNCTION crdb_catalog.drop_roles(names text[], if_exists boolean) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  one text;
  used text;
  plural text := CASE WHEN cardinality(names) > 1 THEN 's' ELSE '' END;
BEGIN
  FOREACH one IN ARRAY names LOOP
    IF one NOT IN ('admin', 'root') AND NOT if_exists AND NOT EXISTS (SELECT FROM pg_roles WHERE rolname = one) THEN
      RAISE EXCEPTION 'role/user "%" does not exist', one USING ERRCODE = '42704';
    END IF;
  END LOOP;
  SELECT string_agg(what, ', ' ORDER BY rank, what) INTO used FROM (
    SELECT DISTINCT 1 AS rank, database_name AS what FROM crdb_catalog.database_grants WHERE grantee = ANY (names)
       AND NOT EXISTS (SELECT FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba
                       WHERE d.datname = database_name AND o.rolname = grantee)
    UNION
    SELECT 2, database_name || '.' || schema_name FROM crdb_catalog.schema_grants g WHERE grantee = ANY (names)
       AND NOT EXISTS (SELECT FROM pg_namespace n JOIN pg_roles o ON o.oid = n.nspowner
                       WHERE n.nspname = schema_name AND o.rolname = grantee)
    UNION
    SELECT 3, database_name || '.' || schema_name || '.' || table_name FROM crdb_catalog.table_grants g
    WHERE grantee = ANY (names)
       AND NOT EXISTS (SELECT FROM pg_class c JOIN pg_roles o ON o.oid = c.relowner
                       WHERE c.oid = g.table_oid AND o.rolname = grantee)
    UNION
    SELECT 4, database_name || '.' || schema_name || '.' || type_name FROM crdb_catalog.type_grants g
    WHERE grantee = ANY (names)
       AND NOT EXISTS (SELECT FROM pg_type t JOIN pg_roles o ON o.oid = t.typowner
                       WHERE t.typname = type_name AND o.rolname = grantee)) found;
  IF used IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = '2BP01', MESSAGE = format('cannot drop role%s/user%s %s: grants still exist on %s',
      plural, plural, array_to_string(names, ', '), used);
  END IF;
  FOREACH one IN ARRAY names LOOP
    IF one IN ('admin', 'root', 'demo') THEN
      RAISE EXCEPTION 'cannot drop special role %', one USING ERRCODE = '2BP01';
    ELSIF EXISTS (SELECT FROM pg_roles WHERE rolname = one) THEN
      -- What lies in another database cannot be named from here.
      IF EXISTS (SELECT FROM pg_shdepend d JOIN pg_roles o ON o.oid = d.refobjid
                 WHERE d.refclassid = 'pg_authid'::regclass AND o.rolname = one AND d.deptype = 'o') THEN
        RAISE EXCEPTION USING ERRCODE = '2BP01',
          MESSAGE = format('role %s cannot be dropped because some objects depend on it', one);
      END IF;
      EXECUTE format('DROP ROLE %I', one);
    END IF;
  END LOOP;
END
$$;
GRANT SELECT ON crdb_catalog.table_grants, crdb_catalog.database_grants, crdb_catalog.schema_grants,
  crdb_catalog.type_grants, crdb_catalog.memberships TO PUBLIC;
