-- max() and min() of UUID and BOOL, which PostgreSQL has not. CockroachDB has both for every scalar type
-- (pkg/sql/sem/builtins/aggregate_builtins.go; logic test aggregate).

CREATE OR REPLACE FUNCTION crdb_catalog.larger(uuid, uuid) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT greatest($1, $2)';
CREATE OR REPLACE FUNCTION crdb_catalog.smaller(uuid, uuid) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT least($1, $2)';
CREATE OR REPLACE FUNCTION crdb_catalog.larger(boolean, boolean) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT $1 OR $2';
CREATE OR REPLACE FUNCTION crdb_catalog.smaller(boolean, boolean) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT $1 AND $2';

DO $$
DECLARE
  kind text;
BEGIN
  FOREACH kind IN ARRAY ARRAY['uuid', 'boolean'] LOOP
    IF to_regprocedure(format('pg_catalog.max(%s)', kind)) IS NULL THEN
      -- With its operator the aggregate of an indexed column reads one entry.
      EXECUTE format('CREATE AGGREGATE pg_catalog.max(%1$s) (SFUNC = crdb_catalog.larger, STYPE = %1$s, SORTOP = >, '
        'COMBINEFUNC = crdb_catalog.larger, PARALLEL = SAFE)', kind);
      EXECUTE format('CREATE AGGREGATE pg_catalog.min(%1$s) (SFUNC = crdb_catalog.smaller, STYPE = %1$s, SORTOP = <, '
        'COMBINEFUNC = crdb_catalog.smaller, PARALLEL = SAFE)', kind);
    END IF;
  END LOOP;
END
$$;
