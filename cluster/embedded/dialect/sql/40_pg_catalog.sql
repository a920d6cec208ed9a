-- pg_catalog's relations as CockroachDB shows them, in crdb_catalog under the same names: shadows.py sends a
-- client's `pg_catalog.pg_index` here. What is not here is PostgreSQL's own.
-- Source: pkg/sql/pg_catalog.go. Columns of PostgreSQL that CockroachDB lacks are left out where clients do not ask.

-- The element of an index at a place, from 1: a column, or an expression, in parentheses unless it is a call
-- and mode is not catalog (catformat.FormatIndexElements; pg_index.indexprs).
CREATE OR REPLACE FUNCTION crdb_catalog.index_element(idx oid, place integer, mode text DEFAULT 'catalog') RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
  i record;
  part record;
BEGIN
  SELECT * INTO i FROM pg_catalog.pg_index WHERE indexrelid = idx;
  IF i.indkey[place - 1] <> 0 THEN
    RETURN (SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid = i.indrelid AND attnum = i.indkey[place - 1]);
  END IF;
  SELECT * INTO part FROM crdb_catalog.print_expression(
    crdb_catalog.expression_tokens(postgresql_pg_get_indexdef(idx, place, false)), 1, mode, i.indrelid);
  RETURN CASE WHEN mode <> 'catalog' AND part.kind = 'other' AND part.printed ~ '^[a-z0-9_]+\(' THEN part.printed
              ELSE '(' || part.printed || ')' END;
END
$$;

-- The columns of an index as in CREATE INDEX. An inverted index shows the direction of its last column never
-- (catformat.FormatIndexElements), and its operator class if it is not the type's own.
CREATE OR REPLACE FUNCTION crdb_catalog.index_columns(idx oid, mode text DEFAULT 'typed') RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
  SELECT string_agg(
    CASE WHEN i.indkey[k - 1] = 0 THEN crdb_catalog.index_element(idx, k, mode)
         ELSE crdb_catalog.name((SELECT attname FROM pg_catalog.pg_attribute
                                 WHERE attrelid = i.indrelid AND attnum = i.indkey[k - 1])) END
    || CASE WHEN am.amname = 'gin' AND k = i.indnkeyatts THEN
              CASE WHEN o.opcname = 'gin_trgm_ops' THEN ' gin_trgm_ops' ELSE '' END
            WHEN crdb_catalog.descends(c.relname, k, coalesce(i.indoption[k - 1], 0::int2)) THEN ' DESC' ELSE ' ASC' END,
    ', ' ORDER BY k)
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_am am ON am.oid = c.relam
  CROSS JOIN generate_series(1, i.indnkeyatts) k
  LEFT JOIN pg_catalog.pg_opclass o ON o.oid = i.indclass[k - 1]
  WHERE i.indexrelid = idx
$$;

-- USING HASH WITH (bucket_count=16), with a blank before it; '' for an index without shards.
CREATE OR REPLACE FUNCTION crdb_catalog.index_sharding(name) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(' USING HASH WITH (bucket_count=' || crdb_catalog.index_flag($1, 'h') || ')', '')
$$;

-- NOT VISIBLE or VISIBILITY 0.50, with a blank before it; '' for a visible index.
CREATE OR REPLACE FUNCTION crdb_catalog.index_visibility(name) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(CASE crdb_catalog.index_flag($1, 'v') WHEN 0 THEN ' NOT VISIBLE'
                  ELSE ' VISIBILITY ' || to_char(crdb_catalog.index_flag($1, 'v') / 100.0, 'FM0.00') END, '')
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.stored_columns(idx oid) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
  SELECT string_agg(crdb_catalog.name(a.attname), ', ' ORDER BY k)
  FROM pg_catalog.pg_index i, generate_series(i.indnkeyatts + 1, i.indnatts) k, pg_catalog.pg_attribute a
  WHERE i.indexrelid = idx AND a.attrelid = i.indrelid AND a.attnum = i.indkey[k - 1]
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.index_predicate(idx oid, mode text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
  SELECT crdb_catalog.expression(pg_get_expr(indpred, indrelid), indrelid, mode)
  FROM pg_catalog.pg_index WHERE indexrelid = idx
$$;

-- CREATE INDEX as pg_indexes shows it (catformat.IndexForDisplay with FmtPGCatalog).
CREATE OR REPLACE VIEW crdb_catalog.index_definitions AS
  SELECT i.indexrelid, n.nspname, t.relname AS tablename, c.relname AS indexname, 'CREATE ' || CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END || 'INDEX '
    || crdb_catalog.name(crdb_catalog.bare(c.relname)) || ' ON '
    || crdb_catalog.name(current_database()) || '.' || crdb_catalog.name(n.nspname) || '.' || crdb_catalog.name(t.relname)
    || ' USING ' || am.amname || ' (' || crdb_catalog.index_columns(i.indexrelid, 'simple') || ')'
    || crdb_catalog.index_sharding(c.relname)
    || CASE WHEN i.indnatts > i.indnkeyatts THEN ' STORING (' || crdb_catalog.stored_columns(i.indexrelid) || ')' ELSE '' END
    || CASE WHEN i.indpred IS NOT NULL
            THEN ' WHERE (' || crdb_catalog.index_predicate(i.indexrelid, 'catalog') || ')' ELSE '' END
    || crdb_catalog.index_visibility(c.relname) AS definition
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_am am ON am.oid = c.relam
  JOIN pg_catalog.pg_class t ON t.oid = i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace;

CREATE OR REPLACE FUNCTION crdb_catalog.index_definition(idx oid) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
  SELECT definition FROM crdb_catalog.index_definitions WHERE indexrelid = idx
$$;

-- FOREIGN KEY (a) REFERENCES d(d) … (pkg/sql/show_create_clauses.go, showForeignKeyConstraint).
CREATE OR REPLACE FUNCTION crdb_catalog.foreign_key(con oid, with_schema boolean) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
  SELECT 'FOREIGN KEY (' || (SELECT string_agg(crdb_catalog.name(a.attname), ', ' ORDER BY k) FROM
           unnest(c.conkey) WITH ORDINALITY u(n, k) JOIN pg_catalog.pg_attribute a ON attrelid = conrelid AND attnum = n)
    || ') REFERENCES '
    || CASE WHEN with_schema OR NOT pg_table_is_visible(t.oid) THEN crdb_catalog.name(ns.nspname) || '.' ELSE '' END
    || crdb_catalog.name(t.relname) || '('
    || (SELECT string_agg(crdb_catalog.name(a.attname), ', ' ORDER BY k) FROM
           unnest(c.confkey) WITH ORDINALITY u(n, k) JOIN pg_catalog.pg_attribute a ON attrelid = confrelid AND attnum = n)
    || ')' || CASE c.confmatchtype WHEN 'f' THEN ' MATCH FULL' ELSE '' END
    || CASE c.confdeltype WHEN 'r' THEN ' ON DELETE RESTRICT' WHEN 'c' THEN ' ON DELETE CASCADE'
         WHEN 'n' THEN ' ON DELETE SET NULL' WHEN 'd' THEN ' ON DELETE SET DEFAULT' ELSE '' END
    || CASE c.confupdtype WHEN 'r' THEN ' ON UPDATE RESTRICT' WHEN 'c' THEN ' ON UPDATE CASCADE'
         WHEN 'n' THEN ' ON UPDATE SET NULL' WHEN 'd' THEN ' ON UPDATE SET DEFAULT' ELSE '' END
    || CASE WHEN c.convalidated THEN '' ELSE ' NOT VALID' END
  FROM pg_catalog.pg_constraint c
  JOIN pg_catalog.pg_class t ON t.oid = c.confrelid JOIN pg_catalog.pg_namespace ns ON ns.oid = t.relnamespace
  WHERE c.oid = con
$$;

-- The text of a constraint; of a unique index too, by the index's OID (populateTableConstraints).
CREATE OR REPLACE FUNCTION crdb_catalog.constraint_definition(con oid) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE contype
    WHEN 'p' THEN 'PRIMARY KEY (' || crdb_catalog.index_columns(conindid) || ')'
    WHEN 'f' THEN crdb_catalog.foreign_key(con, false)
    WHEN 'c' THEN 'CHECK ((' || crdb_catalog.expression(pg_get_expr(conbin, conrelid), conrelid, 'catalog') || '))'
                  || CASE WHEN convalidated THEN '' ELSE ' NOT VALID' END
    WHEN 'u' THEN 'UNIQUE (' || crdb_catalog.index_columns(conindid) || ')' END
  FROM pg_catalog.pg_constraint WHERE oid = con AND contype IN ('p', 'f', 'c', 'u')
  UNION ALL
  SELECT 'UNIQUE (' || crdb_catalog.index_columns(con) || ')'
         || coalesce(' WHERE (' || crdb_catalog.index_predicate(con, 'catalog') || ')', '')
  FROM pg_catalog.pg_index WHERE indexrelid = con AND indisunique
$$;

-- pg_get_…def(): the functions that clients call with OIDs of these views.
CREATE OR REPLACE FUNCTION pg_catalog.pg_get_constraintdef(oid) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS 'SELECT crdb_catalog.constraint_definition($1)';
CREATE OR REPLACE FUNCTION pg_catalog.pg_get_constraintdef(oid, boolean) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS 'SELECT crdb_catalog.constraint_definition($1)';
CREATE OR REPLACE FUNCTION pg_catalog.pg_get_indexdef(oid) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS 'SELECT crdb_catalog.index_definition($1)';
CREATE OR REPLACE FUNCTION pg_catalog.pg_get_indexdef(oid, integer, boolean) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE $2 WHEN 0 THEN crdb_catalog.index_definition($1) ELSE crdb_catalog.index_element($1, $2) END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.pg_get_indexdef(oid, bigint, boolean) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS 'SELECT pg_get_indexdef($1, $2::int4, $3)';
CREATE OR REPLACE FUNCTION pg_catalog.pg_get_indexdef(oid, smallint, boolean) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS 'SELECT pg_get_indexdef($1, $2::int4, $3)';
-- CockroachDB keeps expressions as text there, and gives the text back.
CREATE OR REPLACE FUNCTION pg_catalog.pg_get_expr(text, oid) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT $1';
CREATE OR REPLACE FUNCTION pg_catalog.pg_get_expr(text, oid, boolean) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT $1';

CREATE OR REPLACE VIEW crdb_catalog.pg_namespace AS
SELECT oid, nspname, CASE WHEN nspname = 'public' OR NOT crdb_catalog.is_user_schema(nspname)
                          THEN 10::oid ELSE nspowner END AS nspowner, NULL::aclitem[] AS nspacl
FROM pg_catalog.pg_namespace
WHERE crdb_catalog.is_user_schema(nspname) OR nspname IN ('crdb_internal', 'information_schema', 'pg_catalog')
UNION ALL
SELECT 4294967275::oid, 'pg_extension', 10::oid, NULL;

CREATE OR REPLACE VIEW crdb_catalog.pg_database AS
SELECT oid, datname, datdba, encoding, 'en_US.utf8'::name AS datcollate, 'en_US.utf8'::name AS datctype,
       false AS datistemplate, true AS datallowconn, -1 AS datconnlimit, 0::oid AS datlastsysoid,
       NULL::xid AS datfrozenxid, NULL::xid AS datminmxid, 0::oid AS dattablespace, NULL::aclitem[] AS datacl
FROM pg_catalog.pg_database WHERE datallowconn AND NOT datistemplate AND datconnlimit <> -2;  -- -2: half dropped

CREATE OR REPLACE VIEW crdb_catalog.pg_am AS
SELECT oid, CASE amname WHEN 'btree' THEN 'prefix' ELSE 'inverted' END::name AS amname,
       amhandler, 'i'::"char" AS amtype
FROM pg_catalog.pg_am WHERE amname IN ('btree', 'gin');

-- The schemas that are not the user's. As an array it is read once in a query, and unlike a join with pg_namespace
-- it does not mislead the planner about how many rows are left (two of these views would meet in a nested loop).
CREATE OR REPLACE VIEW crdb_catalog.other_schemas AS
SELECT oid FROM pg_catalog.pg_namespace WHERE NOT crdb_catalog.is_user_schema(nspname);

CREATE OR REPLACE VIEW crdb_catalog.pg_class AS
SELECT c.oid, crdb_catalog.bare(c.relname)::name AS relname, c.relnamespace, c.reltype, c.reloftype, c.relowner,
       CASE WHEN c.relkind = 'r' THEN (SELECT oid FROM pg_catalog.pg_am WHERE amname = 'btree') ELSE c.relam END AS relam,
       0::oid AS relfilenode, 0::oid AS reltablespace, NULL::integer AS relpages, NULL::real AS reltuples,
       0 AS relallvisible, 0::oid AS reltoastrelid, c.relhasindex, false AS relisshared, c.relpersistence,
       c.relpersistence = 't' AS relistemp, c.relkind, c.relnatts,
       (SELECT count(*) FROM pg_catalog.pg_constraint WHERE conrelid = c.oid AND contype = 'c')::smallint AS relchecks,
       false AS relhasoids, c.relkind = 'r' AS relhaspkey, false AS relhasrules, false AS relhastriggers,
       false AS relhassubclass, '0'::xid AS relfrozenxid, NULL::aclitem[] AS relacl,
       CASE WHEN c.relkind = 'r' AND c.relnamespace <> ALL (ARRAY(SELECT oid FROM crdb_catalog.other_schemas))
            THEN crdb_catalog.storage_parameters(c.oid, c.reloptions, '=') END AS reloptions,
       false AS relforcerowsecurity, false AS relispartition, NULL::boolean AS relispopulated,
       'n'::"char" AS relreplident, NULL::oid AS relrewrite, false AS relrowsecurity,
       NULL::text AS relpartbound, NULL::xid AS relminmxid
FROM pg_catalog.pg_class c
WHERE c.relnamespace <> ALL (ARRAY(SELECT oid FROM crdb_catalog.other_schemas))
   OR c.relkind IN ('r', 'v') AND c.relnamespace = ANY (ARRAY(
        SELECT oid FROM pg_catalog.pg_namespace WHERE nspname IN ('information_schema', 'pg_catalog')));

CREATE OR REPLACE VIEW crdb_catalog.pg_attribute AS
SELECT a.attrelid, a.attname, a.atttypid, 0 AS attstattarget, a.attlen, a.attnum, 0::smallint AS attndims,
       -1 AS attcacheoff, a.atttypmod, a.attbyval, a.attstorage, a.attalign, a.attnotnull, a.atthasdef,
       a.attidentity, CASE WHEN crdb_catalog.flags(a.attoptions) & 8 = 8 THEN 'v' ELSE a.attgenerated END AS attgenerated,
       a.attisdropped, true AS attislocal, 0::smallint AS attinhcount,
       a.attcollation, NULL::aclitem[] AS attacl, NULL::text[] AS attoptions, NULL::text[] AS attfdwoptions,
       NULL::boolean AS atthasmissing, NULL::text AS attmissingval,
       crdb_catalog.flags(a.attoptions) & 1 = 1 AS attishidden
FROM pg_catalog.pg_attribute a WHERE a.attnum > 0;

CREATE OR REPLACE VIEW crdb_catalog.pg_attrdef AS
SELECT d.oid, d.adrelid, d.adnum, e AS adbin, e AS adsrc
FROM pg_catalog.pg_attrdef d JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum,
LATERAL crdb_catalog.expression(pg_get_expr(d.adbin, d.adrelid), d.adrelid, 'catalog',
                                crdb_catalog.type_name(a.atttypid, a.atttypmod)) e;

CREATE OR REPLACE VIEW crdb_catalog.pg_index AS
SELECT i.indexrelid, i.indrelid, i.indnatts, i.indisunique, false AS indnullsnotdistinct, i.indisprimary,
       false AS indisexclusion, i.indisunique AS indimmediate, false AS indisclustered, i.indisvalid,
       false AS indcheckxmin, false AS indisready, true AS indislive, false AS indisreplident, i.indkey,
       i.indcollation, array_to_string(array_fill(0, ARRAY[i.indnkeyatts::integer]), ' ')::oidvector AS indclass,
       -- NULLs come first in ascending order and last in descending.
       array_to_string(ARRAY(SELECT 2 - crdb_catalog.descends(c.relname, k, i.indoption[k - 1])::integer
                             FROM generate_series(1, i.indnkeyatts) k ORDER BY k), ' ')::int2vector AS indoption,
       CASE WHEN i.indexprs IS NOT NULL THEN ARRAY(
         SELECT crdb_catalog.index_element(i.indexrelid, k) FROM generate_series(1, i.indnkeyatts) k
         WHERE i.indkey[k - 1] = 0 ORDER BY k)::text END AS indexprs,
       CASE WHEN i.indpred IS NOT NULL THEN crdb_catalog.index_predicate(i.indexrelid, 'catalog') END AS indpred,
       i.indnkeyatts
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace <> ALL (ARRAY(SELECT oid FROM crdb_catalog.other_schemas));

-- Each unique index is a constraint too, and NOT NULL is none. Both halves are one table each, without a condition of
-- their own, so that a join reaches into them by PostgreSQL's indexes; `shown` is the condition.
CREATE OR REPLACE VIEW crdb_catalog.pg_constraint AS
SELECT con.oid, con.conname, con.connamespace, con.contype, false AS condeferrable, false AS condeferred,
       con.convalidated, con.conrelid, 0::oid AS contypid, con.conindid, con.confrelid, con.confupdtype,
       con.confdeltype, con.confmatchtype, true AS conislocal, 0::smallint AS coninhcount, true AS connoinherit,
       con.conkey, con.confkey, NULL::oid[] AS conpfeqop, NULL::oid[] AS conppeqop, NULL::oid[] AS conffeqop,
       NULL::oid[] AS conexclop, con.expression AS conbin, con.expression AS consrc,
       crdb_catalog.constraint_definition(con.oid) AS condef, 0::oid AS conparentid
FROM (
  SELECT c.oid, crdb_catalog.bare(c.conname)::name AS conname, c.connamespace, c.contype, c.convalidated, c.conrelid,
         c.conindid, c.confrelid,
         CASE c.contype WHEN 'f' THEN c.confupdtype END AS confupdtype,
         CASE c.contype WHEN 'f' THEN c.confdeltype END AS confdeltype,
         CASE c.contype WHEN 'f' THEN c.confmatchtype END AS confmatchtype,
         array_remove(c.conkey, -6::int2) AS conkey, c.confkey,  -- a CHECK names tableoid: 33_checks.sql
         CASE c.contype WHEN 'c' THEN
           '(' || crdb_catalog.expression(pg_get_expr(c.conbin, c.conrelid), c.conrelid, 'catalog') || ')' END AS expression,
         c.contype IN ('p', 'u', 'f', 'c') AND c.conrelid <> 0 AS shown
  FROM pg_catalog.pg_constraint c
  UNION ALL
  SELECT i.indexrelid, (SELECT crdb_catalog.bare(relname)::name FROM pg_catalog.pg_class WHERE oid = i.indexrelid),
         (SELECT relnamespace FROM pg_catalog.pg_class WHERE oid = i.indexrelid), 'u'::"char", true, i.indrelid,
         i.indexrelid, 0::oid, NULL::"char", NULL::"char", NULL::"char",
         ARRAY(SELECT i.indkey[k - 1] FROM generate_series(1, i.indnkeyatts) k ORDER BY k), NULL::int2[], NULL::text,
         i.indisunique AND NOT EXISTS (
           SELECT FROM pg_catalog.pg_constraint
           WHERE conrelid = i.indrelid AND conindid = i.indexrelid AND contype IN ('p', 'u'))
  FROM pg_catalog.pg_index i
) con
WHERE con.shown AND con.connamespace <> ALL (ARRAY(SELECT oid FROM crdb_catalog.other_schemas));

CREATE OR REPLACE VIEW crdb_catalog.pg_indexes AS
SELECT indexrelid AS crdb_oid, nspname AS schemaname, tablename, crdb_catalog.bare(indexname)::name AS indexname,
       NULL::name AS tablespace, definition COLLATE "default" AS indexdef
FROM crdb_catalog.index_definitions WHERE crdb_catalog.is_user_schema(nspname);

CREATE OR REPLACE VIEW crdb_catalog.pg_tables AS
SELECT n.nspname AS schemaname, c.relname AS tablename, pg_get_userbyid(c.relowner) AS tableowner,
       NULL::name AS tablespace, c.relhasindex AS hasindexes, false AS hasrules, false AS hastriggers,
       false AS rowsecurity
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND crdb_catalog.is_user_schema(n.nspname);

CREATE OR REPLACE VIEW crdb_catalog.pg_opclass AS
SELECT * FROM pg_catalog.pg_opclass WHERE false;

-- PostgreSQL's predefined roles are not CockroachDB's; members of admin are superusers there.
CREATE OR REPLACE VIEW crdb_catalog.pg_roles AS
SELECT rolname, rolsuper OR rolname = 'demo' AS rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin,
       false AS rolreplication, rolconnlimit, '********'::text AS rolpassword, rolvaliduntil, rolbypassrls, rolconfig, oid
FROM pg_catalog.pg_roles WHERE rolname NOT LIKE 'pg\_%'
UNION ALL
SELECT 'admin', true, true, true, true, false, false, -1, '********', NULL, false, NULL, 4294967294::oid;

-- CockroachDB prints the query of a view from its own tree, with full names; PostgreSQL's text would be another.
CREATE OR REPLACE FUNCTION crdb_catalog.view_definition(view oid) RETURNS text LANGUAGE sql STABLE
AS 'SELECT crdb_catalog.view_query($1, false)';
CREATE OR REPLACE FUNCTION pg_catalog.pg_get_viewdef(oid) RETURNS text LANGUAGE sql STABLE STRICT
AS 'SELECT crdb_catalog.view_definition($1)';
CREATE OR REPLACE FUNCTION pg_catalog.pg_get_viewdef(oid, boolean) RETURNS text LANGUAGE sql STABLE STRICT
AS 'SELECT crdb_catalog.view_definition($1)';

CREATE OR REPLACE VIEW crdb_catalog.pg_views AS
SELECT n.nspname AS schemaname, c.relname AS viewname, pg_get_userbyid(c.relowner) AS viewowner,
       crdb_catalog.view_definition(c.oid) AS definition
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'v' AND crdb_catalog.is_user_schema(n.nspname);

CREATE OR REPLACE VIEW crdb_catalog.pg_matviews AS
SELECT n.nspname AS schemaname, c.relname AS matviewname, pg_get_userbyid(c.relowner) AS matviewowner,
       NULL::name AS tablespace, c.relhasindex AS hasindexes, c.relispopulated AS ispopulated,
       crdb_catalog.view_definition(c.oid) AS definition
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'm' AND crdb_catalog.is_user_schema(n.nspname);

CREATE OR REPLACE VIEW crdb_catalog.pg_sequences AS
SELECT s.* FROM pg_catalog.pg_sequences s WHERE crdb_catalog.is_user_schema(s.schemaname);
