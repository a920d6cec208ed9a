-- CockroachDB has one JSON type: each json_… function is the jsonb_… one under another name (pkg/sql/sem/builtins).
-- PostgreSQL's own for its type json have stepped aside (05_functions.sql).

DO $$
DECLARE
  f record;
BEGIN
  FOR f IN
    SELECT oid, proname FROM pg_proc
    WHERE oid < 16384 AND pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f'
      AND proname LIKE 'jsonb\_%' AND proname !~ '^jsonb_(in|out|send|recv|set|insert|pretty|exists_any|path_.*)$'
  LOOP
    EXECUTE regexp_replace(pg_get_functiondef(f.oid), 'pg_catalog\.jsonb_', 'pg_catalog.json_');
  END LOOP;
  IF to_regprocedure('pg_catalog.json_agg(anyelement)') IS NULL THEN
    CREATE AGGREGATE pg_catalog.json_agg(anyelement) (SFUNC = pg_catalog.hidden_jsonb_agg_transfn,
      STYPE = internal, FINALFUNC = pg_catalog.hidden_jsonb_agg_finalfn, PARALLEL = SAFE);
    CREATE AGGREGATE pg_catalog.json_object_agg("any", "any") (SFUNC = pg_catalog.hidden_jsonb_object_agg_transfn,
      STYPE = internal, FINALFUNC = pg_catalog.hidden_jsonb_object_agg_finalfn, PARALLEL = SAFE);
  END IF;
END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.to_json(anyelement) RETURNS jsonb LANGUAGE internal STABLE STRICT PARALLEL SAFE
AS 'to_jsonb';
CREATE OR REPLACE FUNCTION pg_catalog.array_to_json(anyarray) RETURNS jsonb LANGUAGE internal STABLE STRICT PARALLEL SAFE
AS 'to_jsonb';
CREATE OR REPLACE FUNCTION pg_catalog.row_to_json(record) RETURNS jsonb LANGUAGE internal STABLE STRICT PARALLEL SAFE
AS 'to_jsonb';
