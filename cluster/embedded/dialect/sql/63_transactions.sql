-- What the front asks about a transaction and about sessions. The functions that are called with a blank before
-- their bracket have stepped aside (05_functions.sql).

-- Whether the transaction has written.
CREATE OR REPLACE FUNCTION crdb_catalog.written() RETURNS boolean LANGUAGE sql VOLATILE
AS $$ SELECT pg_catalog.hidden_pg_current_xact_id_if_assigned () IS NOT NULL $$;

-- Whether the transaction has read or written a table of the client's.
CREATE OR REPLACE FUNCTION crdb_catalog.touched() RETURNS boolean LANGUAGE sql VOLATILE AS $$
  SELECT crdb_catalog.written() OR EXISTS (
    SELECT FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.relation >= 16384
      AND n.nspname NOT IN ('crdb_catalog', 'crdb_internal', 'information_schema', 'pg_catalog'))
$$;

-- End the other sessions of a database.
CREATE OR REPLACE FUNCTION crdb_catalog.end_sessions(text) RETURNS void LANGUAGE sql VOLATILE AS $$
  SELECT pg_catalog.hidden_pg_terminate_backend (pid) FROM pg_catalog.pg_stat_activity
  WHERE datname = $1 AND pid <> pg_backend_pid()
$$;
