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

-- CockroachDB's integers are INT8, PostgreSQL's builtins take int4: the common ones for both.
CREATE OR REPLACE FUNCTION pg_catalog.substring(text, bigint) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT substring($1, $2::int4)';
CREATE OR REPLACE FUNCTION pg_catalog.substring(text, bigint, bigint) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT substring($1, $2::int4, $3::int4)';
CREATE OR REPLACE FUNCTION pg_catalog.substr(text, bigint) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT substr($1, $2::int4)';
CREATE OR REPLACE FUNCTION pg_catalog.substr(text, bigint, bigint) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT substr($1, $2::int4, $3::int4)';
CREATE OR REPLACE FUNCTION pg_catalog.left(text, bigint) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT left($1, $2::int4)';
CREATE OR REPLACE FUNCTION pg_catalog.right(text, bigint) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT right($1, $2::int4)';
CREATE OR REPLACE FUNCTION pg_catalog.repeat(text, bigint) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT repeat($1, $2::int4)';
CREATE OR REPLACE FUNCTION pg_catalog.lpad(text, bigint) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT lpad($1, $2::int4)';
CREATE OR REPLACE FUNCTION pg_catalog.lpad(text, bigint, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT lpad($1, $2::int4, $3)';
CREATE OR REPLACE FUNCTION pg_catalog.rpad(text, bigint) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT rpad($1, $2::int4)';
CREATE OR REPLACE FUNCTION pg_catalog.rpad(text, bigint, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT rpad($1, $2::int4, $3)';
CREATE OR REPLACE FUNCTION pg_catalog.split_part(text, text, bigint) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT split_part($1, $2, $3::int4)';
CREATE OR REPLACE FUNCTION pg_catalog.round(numeric, bigint) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT round($1, $2::int4)';
CREATE OR REPLACE FUNCTION pg_catalog.trunc(numeric, bigint) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT trunc($1, $2::int4)';
CREATE OR REPLACE FUNCTION pg_catalog.chr(bigint) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT chr($1::int4)';
CREATE OR REPLACE FUNCTION pg_catalog.array_length(anyarray, bigint) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT array_length($1, $2::int4)';
