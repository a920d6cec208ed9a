-- CockroachDB's builtin functions that PostgreSQL lacks or that answer differently.
-- Source: cockroachdb/docs, functions-and-operators; pkg/sql/sem/builtins/builtins.go.

CREATE OR REPLACE FUNCTION pg_catalog.version() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT '{{version}}' $$;

-- unique_rowid(): 48 bits of time (10 µs ticks since 2015-01-01), then 15 bits that are the node's number in
-- CockroachDB and a counter here: several sessions draw within one tick. It lives in pg_catalog, so that it
-- prints unqualified in defaults.
CREATE SEQUENCE IF NOT EXISTS crdb_catalog.rowid MINVALUE 0 START 0 CACHE 1;
GRANT USAGE ON SEQUENCE crdb_catalog.rowid TO PUBLIC;
CREATE OR REPLACE FUNCTION pg_catalog.unique_rowid() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT ((extract(epoch FROM clock_timestamp()) * 100000)::bigint - 142007040000000) << 15
         | (nextval('crdb_catalog.rowid') & 32767)
$$;
CREATE OR REPLACE FUNCTION pg_catalog.uuid_v4() RETURNS bytea LANGUAGE sql VOLATILE
AS $$ SELECT uuid_send(gen_random_uuid()) $$;

-- A retryable error until the given time has passed since the transaction first began. The front keeps
-- crdb.transaction_start over the restarts of the client's retry protocol.
CREATE OR REPLACE FUNCTION crdb_internal.force_retry(interval) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF clock_timestamp() - coalesce(nullif(current_setting('crdb.transaction_start', true), '')::timestamptz,
                                  transaction_timestamp()) < $1 THEN
    RAISE EXCEPTION 'restart transaction: TransactionRetryWithProtoRefreshError: forced by crdb_internal.force_retry()'
      USING ERRCODE = '40001';
  END IF;
  RETURN 0;
END
$$;
CREATE OR REPLACE FUNCTION crdb_internal.node_executable_version() RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT '{{release}}' $$;

-- What `x BETWEEN a AND b` of a constraint is rewritten to, so that it can be printed as it was typed.
CREATE OR REPLACE FUNCTION crdb_catalog."between"(anycompatible, anycompatible, anycompatible)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT $1 >= $2 AND $1 <= $3 $$;

-- CockroachDB's integers are INT8, PostgreSQL's builtins take int4: the common ones for both. (Not where clients
-- pass NULL or a smallint, as in format_type() and col_description(): two candidates would be ambiguous there.)
DO $$
DECLARE
  f record;
BEGIN
  FOR f IN SELECT * FROM (VALUES
    ('substring', 'text, bigint', 'text', '$1, $2::int4'),
    ('substring', 'text, bigint, bigint', 'text', '$1, $2::int4, $3::int4'),
    ('substr', 'text, bigint', 'text', '$1, $2::int4'),
    ('substr', 'text, bigint, bigint', 'text', '$1, $2::int4, $3::int4'),
    ('left', 'text, bigint', 'text', '$1, $2::int4'),
    ('right', 'text, bigint', 'text', '$1, $2::int4'),
    ('repeat', 'text, bigint', 'text', '$1, $2::int4'),
    ('lpad', 'text, bigint', 'text', '$1, $2::int4'),
    ('lpad', 'text, bigint, text', 'text', '$1, $2::int4, $3'),
    ('rpad', 'text, bigint', 'text', '$1, $2::int4'),
    ('rpad', 'text, bigint, text', 'text', '$1, $2::int4, $3'),
    ('split_part', 'text, text, bigint', 'text', '$1, $2, $3::int4'),
    ('round', 'numeric, bigint', 'numeric', '$1, $2::int4'),
    ('trunc', 'numeric, bigint', 'numeric', '$1, $2::int4'),
    ('chr', 'bigint', 'text', '$1::int4'),
    ('array_length', 'anyarray, bigint', 'integer', '$1, $2::int4')
  ) v(called, arguments, result, passed) LOOP
    EXECUTE format('CREATE OR REPLACE FUNCTION pg_catalog.%I(%s) RETURNS %s LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS %L',
                   f.called, f.arguments, f.result, format('SELECT pg_catalog.%I(%s)', f.called, f.passed));
  END LOOP;
END
$$;
