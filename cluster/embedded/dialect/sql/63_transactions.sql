-- What the front asks about a transaction and about sessions. The functions that are called with a blank before
-- their bracket have stepped aside (05_functions.sql).

-- Whether the transaction has written.
CREATE OR REPLACE FUNCTION crdb_catalog.written() RETURNS boolean LANGUAGE sql VOLATILE
AS $$ SELECT pg_catalog.hidden_pg_current_xact_id_if_assigned () IS NOT NULL $$;

-- Whether the transaction has read or written a table of the client's. The SIRead locks of a backend outlive its
-- transactions while others overlap with them (postgresql.org/docs/18/view-pg-locks.html): they say nothing of this one.
CREATE OR REPLACE FUNCTION crdb_catalog.touched() RETURNS boolean LANGUAGE sql VOLATILE AS $$
  SELECT crdb_catalog.written() OR EXISTS (
    SELECT FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.relation >= 16384 AND l.mode <> 'SIReadLock'
      AND n.nspname NOT IN ('crdb_catalog', 'crdb_internal', 'information_schema', 'pg_catalog'))
$$;

-- End the other sessions of a database.
CREATE OR REPLACE FUNCTION crdb_catalog.end_sessions(text) RETURNS void LANGUAGE sql VOLATILE AS $$
  SELECT pg_catalog.hidden_pg_terminate_backend (pid) FROM pg_catalog.pg_stat_activity
  WHERE datname = $1 AND pid <> pg_backend_pid()
$$;

-- The tables and what schema changes change of them, to be compared within a transaction: columns ever had,
-- whether the table is locked, the names of its indexes and constraints, and a digest of the rest.
CREATE OR REPLACE FUNCTION crdb_catalog.shape() RETURNS TABLE (
  id oid, schema name, called name, columns smallint, locked boolean, indexes text, constraints text, rest text
) LANGUAGE sql STABLE AS $$
  SELECT c.oid, n.nspname, c.relname, c.relnatts, NOT crdb_catalog.is_unlocked(c.reloptions),
    i.names, k.names, md5(concat_ws('/', c.relnamespace, c.relname, c.relfilenode, a.digest, d.digest, r.names))
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN (
    SELECT attrelid, string_agg(concat_ws(' ', attnum, attname, atttypid, atttypmod, attnotnull, attisdropped), ',' ORDER BY attnum) AS digest
    FROM pg_catalog.pg_attribute WHERE attnum > 0 GROUP BY 1) a ON a.attrelid = c.oid
  LEFT JOIN (
    SELECT adrelid, string_agg(adnum || adbin::text, ',' ORDER BY adnum) AS digest
    FROM pg_catalog.pg_attrdef GROUP BY 1) d ON d.adrelid = c.oid
  LEFT JOIN (
    SELECT indrelid, string_agg(o.relname, E'\n' ORDER BY o.relname) AS names
    FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class o ON o.oid = x.indexrelid GROUP BY 1) i ON i.indrelid = c.oid
  LEFT JOIN (
    SELECT conrelid, string_agg(conname, E'\n' ORDER BY conname) AS names
    FROM pg_catalog.pg_constraint WHERE contype <> 'n' GROUP BY 1) k ON k.conrelid = c.oid
  LEFT JOIN (
    SELECT confrelid, string_agg(oid::text, ',' ORDER BY oid) AS names
    FROM pg_catalog.pg_constraint WHERE contype = 'f' GROUP BY 1) r ON r.confrelid = c.oid
  WHERE c.relkind = 'r' AND n.nspname NOT IN ('crdb_catalog', 'crdb_internal', 'information_schema', 'pg_catalog')
$$;
