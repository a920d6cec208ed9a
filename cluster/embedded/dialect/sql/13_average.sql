-- avg() of whole numbers and decimals is sum / count with the digits of a division (pkg/sql/sem/builtins,
-- decimalAvgAggregate). PostgreSQL's own, which has other digits, steps aside under another name.

CREATE OR REPLACE FUNCTION crdb_catalog.average_step(numeric[], numeric) RETURNS numeric[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS 'BEGIN RETURN ARRAY[$1[1] + $2, $1[2] + 1]; END';
CREATE OR REPLACE FUNCTION crdb_catalog.average_step(numeric[], bigint) RETURNS numeric[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS 'BEGIN RETURN ARRAY[$1[1] + $2, $1[2] + 1]; END';
CREATE OR REPLACE FUNCTION crdb_catalog.average_step(numeric[], integer) RETURNS numeric[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS 'BEGIN RETURN ARRAY[$1[1] + $2, $1[2] + 1]; END';
CREATE OR REPLACE FUNCTION crdb_catalog.average_step(numeric[], smallint) RETURNS numeric[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS 'BEGIN RETURN ARRAY[$1[1] + $2, $1[2] + 1]; END';
CREATE OR REPLACE FUNCTION crdb_catalog.average_end(numeric[]) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT CASE WHEN $1[2] > 0 THEN crdb_catalog.divide($1[1], $1[2]) END';

DO $$
DECLARE
  kind text;
BEGIN
  FOREACH kind IN ARRAY ARRAY['smallint', 'integer', 'bigint', 'numeric'] LOOP
    IF to_regprocedure(format('pg_catalog.avg(%s)', kind))::oid < 10000 THEN
      EXECUTE format('ALTER AGGREGATE pg_catalog.avg(%s) RENAME TO postgresql_avg', kind);
    END IF;
    IF to_regprocedure(format('pg_catalog.avg(%s)', kind)) IS NULL THEN
      EXECUTE format($f$CREATE AGGREGATE pg_catalog.avg(%s) (SFUNC = crdb_catalog.average_step, STYPE = numeric[],
        INITCOND = '{0,0}', FINALFUNC = crdb_catalog.average_end, PARALLEL = SAFE)$f$, kind);
    END IF;
  END LOOP;
END
$$;
