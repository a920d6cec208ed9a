-- information_schema with CockroachDB's views and columns. Source: pkg/sql/information_schema.go and
-- pkg/sql/vtable/information_schema.go. Texts are STRING (text), numbers INT8 (bigint).

-- A table, view or sequence of the database with its names; hidden schemas left out.
CREATE OR REPLACE VIEW crdb_catalog.relations AS
SELECT c.oid, current_database()::text AS db, n.nspname::text AS sc, c.relname::text AS rel, c.relkind,
       crdb_catalog.is_user_schema(n.nspname) AS is_user, n.oid AS nspoid, c.relowner, c.reloptions, c.relpersistence
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'S')
  AND (crdb_catalog.is_user_schema(n.nspname) OR n.nspname IN ('information_schema', 'pg_catalog'));

CREATE OR REPLACE VIEW information_schema.schemata AS
SELECT current_database()::text AS catalog_name, nspname::text AS schema_name, NULL::text AS default_character_set_name,
       NULL::text AS sql_path, CASE WHEN crdb_catalog.is_user_schema(nspname) THEN 'YES' ELSE 'NO' END AS crdb_is_user_defined
FROM crdb_catalog.pg_namespace;

CREATE OR REPLACE VIEW information_schema.tables AS
SELECT db AS table_catalog, sc AS table_schema, rel AS table_name,
       CASE WHEN NOT is_user THEN 'SYSTEM VIEW' WHEN relkind IN ('v', 'm') THEN 'VIEW'
            WHEN relpersistence = 't' THEN 'LOCAL TEMPORARY' ELSE 'BASE TABLE' END AS table_type,
       CASE WHEN is_user AND relkind = 'r' THEN 'YES' ELSE 'NO' END AS is_insertable_into, 1::bigint AS version
FROM crdb_catalog.relations WHERE relkind <> 'S' ORDER BY oid;

-- What few columns have is looked up for those alone: with a join for each the planner would take longer than the
-- rest of a query for one table, which is what clients ask.
CREATE OR REPLACE FUNCTION crdb_catalog.identity_sequence(rel oid, num int2) RETURNS pg_catalog.pg_sequence
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT s FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_sequence s ON s.seqrelid = d.objid
  WHERE d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = rel AND d.refobjsubid = num
    AND d.deptype = 'i' AND d.classid = 'pg_catalog.pg_class'::regclass
$$;

CREATE OR REPLACE VIEW crdb_catalog.columns AS
SELECT r.oid AS relid, r.db AS table_catalog, r.sc AS table_schema, r.rel AS table_name, a.attname::text AS column_name,
       pg_catalog.col_description(r.oid, a.attnum) AS column_comment, a.attnum::bigint AS ordinal_position,
       CASE WHEN a.attidentity <> '' THEN format('nextval(''%s''::REGCLASS)',
              (SELECT sc || '.' || rel FROM crdb_catalog.relations
               WHERE oid = pg_get_serial_sequence(format('%I.%I', r.sc, r.rel), a.attname)::regclass))
            WHEN a.attgenerated = '' AND ty.flags & 4096 = 0 THEN
              crdb_catalog.expression(pg_get_expr(d.adbin, r.oid), r.oid, 'numerics', ty.printed) END AS column_default,
       CASE WHEN a.attnotnull THEN 'NO' ELSE 'YES' END AS is_nullable,
       CASE WHEN t.typelem <> 0 AND t.typcategory = 'A' THEN 'ARRAY' WHEN t.typtype = 'e' THEN 'USER-DEFINED'
            WHEN ty.flags & 2 = 2 THEN 'text' WHEN ty.flags & 4 = 4 THEN 'character'
            ELSE format_type(a.atttypid, NULL) END AS data_type,
       CASE WHEN t.typname IN ('varchar', 'bpchar') AND a.atttypmod > 0 THEN a.atttypmod - 4
            WHEN t.typname IN ('bit', 'varbit') AND a.atttypmod > 0 THEN a.atttypmod END::bigint AS character_maximum_length,
       CASE WHEN t.typname IN ('varchar', 'bpchar') AND a.atttypmod > 0 THEN 4 * (a.atttypmod - 4) END::bigint
         AS character_octet_length,
       CASE t.typname WHEN 'int2' THEN 16 WHEN 'int4' THEN 32 WHEN 'int8' THEN 64 WHEN 'float4' THEN 24 WHEN 'float8' THEN 53
         WHEN 'numeric' THEN CASE WHEN a.atttypmod > 0 THEN (a.atttypmod - 4) >> 16 END END::bigint AS numeric_precision,
       CASE WHEN t.typname IN ('int2', 'int4', 'int8', 'float4', 'float8') THEN 2 WHEN t.typname = 'numeric' THEN 10 END::bigint
         AS numeric_precision_radix,
       CASE WHEN t.typname IN ('int2', 'int4', 'int8') THEN 0
         WHEN t.typname = 'numeric' AND a.atttypmod > 0 THEN (a.atttypmod - 4) & 65535 END::bigint AS numeric_scale,
       CASE WHEN t.typname IN ('time', 'timetz', 'timestamp', 'timestamptz') THEN
              CASE WHEN a.atttypmod >= 0 THEN a.atttypmod ELSE 6 END
            WHEN t.typname = 'interval' THEN 6 END::bigint AS datetime_precision,
       NULL::text AS interval_type, NULL::bigint AS interval_precision,
       NULL::text AS character_set_catalog, NULL::text AS character_set_schema, NULL::text AS character_set_name,
       CASE WHEN a.attcollation NOT IN (0, 100, 950) THEN r.db END AS collation_catalog,  -- none, "default", "C"
       CASE WHEN a.attcollation NOT IN (0, 100, 950) THEN 'pg_catalog' END AS collation_schema,
       CASE WHEN a.attcollation NOT IN (0, 100, 950) THEN
         (SELECT collname::text FROM pg_catalog.pg_collation WHERE oid = a.attcollation) END AS collation_name,
       NULL::text AS domain_catalog, NULL::text AS domain_schema, NULL::text AS domain_name,
       r.db AS udt_catalog,
       (SELECT nspname::text FROM pg_catalog.pg_namespace WHERE oid = t.typnamespace) AS udt_schema,
       CASE WHEN ty.flags & 2 = 2 THEN 'text' WHEN ty.flags & 4 = 4 THEN 'bpchar' ELSE t.typname::text END AS udt_name,
       NULL::text AS scope_catalog, NULL::text AS scope_schema, NULL::text AS scope_name,
       NULL::bigint AS maximum_cardinality, NULL::text AS dtd_identifier, NULL::text AS is_self_referencing,
       CASE WHEN a.attidentity = '' THEN 'NO' ELSE 'YES' END AS is_identity,
       CASE a.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' ELSE '' END AS identity_generation,
       CASE WHEN a.attidentity <> '' THEN (crdb_catalog.identity_sequence(r.oid, a.attnum)).seqstart::text END
         AS identity_start,
       CASE WHEN a.attidentity <> '' THEN (crdb_catalog.identity_sequence(r.oid, a.attnum)).seqincrement::text END
         AS identity_increment,
       CASE WHEN a.attidentity <> '' THEN (crdb_catalog.identity_sequence(r.oid, a.attnum)).seqmax::text END
         AS identity_maximum,
       CASE WHEN a.attidentity <> '' THEN (crdb_catalog.identity_sequence(r.oid, a.attnum)).seqmin::text END
         AS identity_minimum, NULL::text AS identity_cycle,
       CASE WHEN a.attgenerated = '' AND ty.flags & 4096 = 0 THEN 'NEVER' ELSE 'ALWAYS' END AS is_generated,
       CASE WHEN ty.flags & 4096 = 4096 THEN crdb_catalog.shard_expression(r.oid, a.attname, a.attoptions, 'simple')
            WHEN a.attgenerated = '' THEN ''
            ELSE crdb_catalog.expression(pg_get_expr(d.adbin, r.oid), r.oid, 'simple') END AS generation_expression,
       CASE WHEN r.relkind = 'r' AND r.is_user AND a.attgenerated = '' AND ty.flags & 4096 = 0
            THEN 'YES' ELSE 'NO' END AS is_updatable,
       CASE WHEN ty.flags & 1 = 1 THEN 'YES' ELSE 'NO' END AS is_hidden,
       crdb_catalog.full_type_name(a.atttypid, ty.printed) AS crdb_sql_type
FROM crdb_catalog.relations r
JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum,
LATERAL (SELECT f AS flags, crdb_catalog.type_name(a.atttypid, a.atttypmod, f) AS printed
         FROM crdb_catalog.flags(a.attoptions) f) ty
WHERE r.relkind <> 'S';

-- Clients rely on CockroachDB's order (the SQLAlchemy dialect does not sort).
CREATE OR REPLACE VIEW information_schema.columns AS
SELECT table_catalog, table_schema, table_name, column_name, column_comment, ordinal_position, column_default, is_nullable,
       data_type, character_maximum_length, character_octet_length, numeric_precision, numeric_precision_radix,
       numeric_scale, datetime_precision, interval_type, interval_precision, character_set_catalog,
       character_set_schema, character_set_name, collation_catalog, collation_schema, collation_name, domain_catalog,
       domain_schema, domain_name, udt_catalog, udt_schema, udt_name, scope_catalog, scope_schema, scope_name,
       maximum_cardinality, dtd_identifier, is_self_referencing, is_identity, identity_generation, identity_start,
       identity_increment, identity_maximum, identity_minimum, identity_cycle, is_generated, generation_expression,
       is_updatable, is_hidden, crdb_sql_type
FROM crdb_catalog.columns ORDER BY relid, ordinal_position;

-- The virtual column that an expression of an index stands for: the table has one for each expression.
CREATE OR REPLACE FUNCTION crdb_catalog.expression_column(rel oid, idx oid, place integer) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH found AS (
    SELECT crdb_catalog.index_element(i.indexrelid, k) AS element, i.indexrelid, k
    FROM pg_catalog.pg_index i, generate_series(1, i.indnkeyatts) k
    WHERE i.indrelid = rel AND i.indexprs IS NOT NULL AND i.indkey[k - 1] = 0),
  numbered AS (
    SELECT element, row_number() OVER (ORDER BY min(indexrelid), min(k)) AS n FROM found GROUP BY element)
  SELECT 'crdb_internal_idx_expr' || CASE WHEN n > 1 THEN '_' || n - 1 ELSE '' END
  FROM numbered JOIN found USING (element) WHERE indexrelid = idx AND k = place
$$;

-- One row for each column of each index: key columns, stored ones (all others of the primary index), and the
-- primary key's columns that every secondary index carries.
CREATE OR REPLACE VIEW crdb_catalog.index_parts AS
WITH parts AS (
  -- The column of its shards comes first in a hash-sharded index, and nobody wrote it.
  SELECT i.indexrelid, i.indrelid, 1 AS place, 0 AS kind, crdb_catalog.shard_of(i.indexrelid) AS attnum,
         'ASC' AS direction, false AS storing, true AS implicit
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  WHERE crdb_catalog.index_flag(c.relname, 'h') IS NOT NULL
  UNION ALL
  SELECT i.indexrelid, i.indrelid, k, 1, i.indkey[k - 1],
         CASE WHEN crdb_catalog.descends(c.relname, k, i.indoption[k - 1]) THEN 'DESC' ELSE 'ASC' END, false, false
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid, generate_series(1, i.indnkeyatts) k
  UNION ALL
  SELECT i.indexrelid, i.indrelid, k, 2, i.indkey[k - 1], 'N/A', true, false
  FROM pg_catalog.pg_index i, generate_series(i.indnkeyatts + 1, i.indnatts) k
  UNION ALL
  SELECT i.indexrelid, i.indrelid, a.attnum, 2, a.attnum, 'N/A', true, false
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid
  WHERE i.indisprimary AND a.attnum > 0 AND NOT a.attisdropped AND crdb_catalog.flags(a.attoptions) & 8 = 0 AND a.attnum <> ALL (i.indkey)
    AND crdb_catalog.flags(a.attoptions) & 4096 = 0
  UNION ALL
  SELECT i.indexrelid, i.indrelid, 0, 3, crdb_catalog.shard_of(p.indexrelid), 'ASC', i.indisunique, true
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_index p ON p.indrelid = i.indrelid AND p.indisprimary
  JOIN pg_catalog.pg_class c ON c.oid = p.indexrelid
  WHERE NOT i.indisprimary AND crdb_catalog.index_flag(c.relname, 'h') IS NOT NULL
    AND crdb_catalog.shard_of(p.indexrelid) IS DISTINCT FROM crdb_catalog.shard_of(i.indexrelid)
  UNION ALL
  SELECT i.indexrelid, i.indrelid, k, 3, p.indkey[k - 1], 'ASC', i.indisunique, true
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_index p ON p.indrelid = i.indrelid AND p.indisprimary,
       generate_series(1, p.indnkeyatts) k
  WHERE NOT i.indisprimary AND p.indkey[k - 1] <> ALL (i.indkey)
)
SELECT r.db, r.sc, r.rel, r.oid AS relid, p.indexrelid, i.indisprimary, i.indisunique,
       crdb_catalog.bare(c.relname) AS index_name,
       -- The table is in PARTITION BY so that a condition on it is used before the numbers are given.
       row_number() OVER (PARTITION BY r.oid, p.indexrelid ORDER BY p.kind, p.place) AS seq_in_index,
       CASE WHEN p.attnum = 0 THEN crdb_catalog.expression_column(r.oid, p.indexrelid, p.place::integer)
            ELSE a.attname::text END AS column_name,
       CASE WHEN p.attnum = 0 THEN crdb_catalog.index_element(p.indexrelid, p.place::integer)
            WHEN crdb_catalog.flags(a.attoptions) & 4096 = 4096
              THEN crdb_catalog.shard_expression(r.oid, a.attname, a.attoptions, 'simple')
            ELSE a.attname::text END AS definition, p.direction, p.storing, p.implicit,
       coalesce(crdb_catalog.index_flag(c.relname, 'v') / 100.0, 1)::float8 AS visibility
FROM parts p JOIN crdb_catalog.relations r ON r.oid = p.indrelid AND r.is_user
JOIN pg_catalog.pg_index i ON i.indexrelid = p.indexrelid JOIN pg_catalog.pg_class c ON c.oid = p.indexrelid
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = p.indrelid AND a.attnum = p.attnum;

CREATE OR REPLACE VIEW information_schema.statistics AS
SELECT db AS table_catalog, sc AS table_schema, rel AS table_name,
       CASE WHEN indisunique THEN 'NO' ELSE 'YES' END AS non_unique, sc AS index_schema, index_name, seq_in_index,
       column_name, NULL::text AS collation, NULL::bigint AS cardinality, direction,
       CASE WHEN storing THEN 'YES' ELSE 'NO' END AS storing, CASE WHEN implicit THEN 'YES' ELSE 'NO' END AS implicit,
       CASE WHEN visibility = 1 THEN 'YES' ELSE 'NO' END AS is_visible, visibility
FROM crdb_catalog.index_parts ORDER BY relid, indexrelid, seq_in_index;

CREATE OR REPLACE VIEW information_schema.table_constraints AS
SELECT r.db AS constraint_catalog, r.sc AS constraint_schema, c.conname::text AS constraint_name, r.db AS table_catalog,
       r.sc AS table_schema, r.rel AS table_name,
       CASE c.contype WHEN 'p' THEN 'PRIMARY KEY' WHEN 'u' THEN 'UNIQUE' WHEN 'f' THEN 'FOREIGN KEY' ELSE 'CHECK' END
         AS constraint_type, 'NO'::text AS is_deferrable, 'NO'::text AS initially_deferred
FROM crdb_catalog.pg_constraint c JOIN crdb_catalog.relations r ON r.oid = c.conrelid
UNION ALL
SELECT r.db, r.sc, format('%s_%s_%s_not_null', r.nspoid, r.oid, a.attnum), r.db, r.sc, r.rel, 'CHECK', 'NO', 'NO'
FROM crdb_catalog.relations r
JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull
WHERE r.is_user AND r.relkind = 'r';

CREATE OR REPLACE VIEW information_schema.check_constraints AS
SELECT r.db AS constraint_catalog, r.sc AS constraint_schema, c.conname::text AS constraint_name,
       format('((%s))', crdb_catalog.expression(pg_get_expr(k.conbin, r.oid), r.oid, 'typed')) AS check_clause
FROM crdb_catalog.pg_constraint c JOIN crdb_catalog.relations r ON r.oid = c.conrelid
JOIN pg_catalog.pg_constraint k ON k.oid = c.oid WHERE c.contype = 'c'
UNION ALL
SELECT r.db, r.sc, format('%s_%s_%s_not_null', r.nspoid, r.oid, a.attnum), a.attname || ' IS NOT NULL'
FROM crdb_catalog.relations r
JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull
WHERE r.is_user AND r.relkind = 'r' AND crdb_catalog.flags(a.attoptions) & 1 = 0;

CREATE OR REPLACE VIEW information_schema.key_column_usage AS
SELECT r.db AS constraint_catalog, r.sc AS constraint_schema, c.conname::text AS constraint_name, r.db AS table_catalog,
       r.sc AS table_schema, r.rel AS table_name, a.attname::text AS column_name, k.place AS ordinal_position,
       CASE c.contype WHEN 'f' THEN k.place END AS position_in_unique_constraint
FROM crdb_catalog.pg_constraint c JOIN crdb_catalog.relations r ON r.oid = c.conrelid,
unnest(c.conkey) WITH ORDINALITY k(attnum, place), pg_catalog.pg_attribute a
WHERE c.contype IN ('p', 'u', 'f') AND a.attrelid = c.conrelid AND a.attnum = k.attnum ORDER BY c.oid, k.place;

CREATE OR REPLACE VIEW information_schema.constraint_column_usage AS
SELECT r.db AS table_catalog, r.sc AS table_schema, r.rel AS table_name, a.attname::text AS column_name,
       r.db AS constraint_catalog, n.nspname::text AS constraint_schema, c.conname::text AS constraint_name
FROM crdb_catalog.pg_constraint c
JOIN crdb_catalog.relations r ON r.oid = CASE c.contype WHEN 'f' THEN c.confrelid ELSE c.conrelid END
JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace,
unnest(CASE c.contype WHEN 'f' THEN c.confkey ELSE c.conkey END) k(attnum), pg_catalog.pg_attribute a
WHERE a.attrelid = r.oid AND a.attnum = k.attnum;

CREATE OR REPLACE VIEW information_schema.referential_constraints AS
SELECT r.db AS constraint_catalog, r.sc AS constraint_schema, c.conname::text AS constraint_name,
       r.db AS unique_constraint_catalog, f.sc AS unique_constraint_schema, crdb_catalog.bare(i.relname) AS unique_constraint_name,
       CASE c.confmatchtype WHEN 'f' THEN 'FULL' ELSE 'NONE' END AS match_option,
       CASE c.confupdtype WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE'
            WHEN 'n' THEN 'SET NULL' ELSE 'SET DEFAULT' END AS update_rule,
       CASE c.confdeltype WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE'
            WHEN 'n' THEN 'SET NULL' ELSE 'SET DEFAULT' END AS delete_rule,
       r.rel AS table_name, f.rel AS referenced_table_name
FROM crdb_catalog.pg_constraint c JOIN crdb_catalog.relations r ON r.oid = c.conrelid
JOIN crdb_catalog.relations f ON f.oid = c.confrelid LEFT JOIN pg_catalog.pg_class i ON i.oid = c.conindid
WHERE c.contype = 'f';

CREATE OR REPLACE VIEW information_schema.sequences AS
SELECT r.db AS sequence_catalog, r.sc AS sequence_schema, r.rel AS sequence_name, format_type(s.seqtypid, NULL) AS data_type,
       64::bigint AS numeric_precision, 2::bigint AS numeric_precision_radix, 0::bigint AS numeric_scale,
       s.seqstart::text AS start_value, s.seqmin::text AS minimum_value, s.seqmax::text AS maximum_value,
       s.seqincrement::text AS increment, 'NO'::text AS cycle_option
FROM crdb_catalog.relations r JOIN pg_catalog.pg_sequence s ON s.seqrelid = r.oid WHERE r.is_user;

CREATE OR REPLACE VIEW information_schema.views AS
SELECT db AS table_catalog, sc AS table_schema, rel AS table_name, crdb_catalog.view_definition(oid) AS view_definition,
       NULL::text AS check_option, NULL::text AS is_updatable, NULL::text AS is_insertable_into,
       NULL::text AS is_trigger_updatable, NULL::text AS is_trigger_deletable, NULL::text AS is_trigger_insertable_into
FROM crdb_catalog.relations WHERE relkind = 'v' AND is_user;

CREATE OR REPLACE VIEW information_schema.session_variables AS
SELECT variable, value FROM crdb_catalog.session_variables WHERE NOT hidden ORDER BY 1;

CREATE OR REPLACE VIEW information_schema.character_sets AS
SELECT NULL::text AS character_set_catalog, NULL::text AS character_set_schema, 'UTF8'::text AS character_set_name,
       'UCS'::text AS character_repertoire, 'UTF8'::text AS form_of_use, current_database()::text AS default_collate_catalog,
       NULL::text AS default_collate_schema, NULL::text AS default_collate_name;

-- Columns whose type somebody made.
CREATE OR REPLACE VIEW information_schema.column_udt_usage AS
SELECT udt_catalog, udt_schema, udt_name, table_catalog, table_schema, table_name, column_name
FROM crdb_catalog.columns WHERE crdb_catalog.is_user_schema(udt_schema::name);

-- The roles of the session's user. demo is a member of admin.
CREATE OR REPLACE VIEW information_schema.applicable_roles AS
SELECT session_user::text AS grantee, 'admin'::text AS role_name,
       CASE WHEN session_user = 'root' THEN 'YES' ELSE 'NO' END AS is_grantable
WHERE session_user IN ('root', 'demo')
UNION ALL
SELECT session_user::text, r.rolname::text, CASE WHEN m.admin_option THEN 'YES' ELSE 'NO' END
FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
WHERE m.member = session_user::regrole AND session_user NOT IN ('root', 'demo');

GRANT SELECT ON ALL TABLES IN SCHEMA crdb_catalog, information_schema TO PUBLIC;
