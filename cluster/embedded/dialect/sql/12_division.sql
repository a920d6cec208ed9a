-- `/` on integers and decimals gives DECIMAL, `//` cuts the fraction off.
-- Source: pkg/sql/sem/tree/eval.go (DivOp, FloorDivOp) and tree.DecimalCtx: 20 digits of precision; as in the
-- decimal arithmetic specification, zeros at the end go until the scale is the difference of the operands'.

CREATE OR REPLACE FUNCTION crdb_catalog.divide(numeric, numeric) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  quotient numeric := (($1 * 1.0000000000000000000000000000000000000000) OPERATOR(pg_catalog./|) $2);
  -- NaN has no scale.
  least_scale integer := greatest(coalesce(hidden_scale($1), 0) - coalesce(hidden_scale($2), 0), 0);
BEGIN
  IF quotient = 0 OR quotient IN ('NaN', 'Infinity', '-Infinity') THEN
    RETURN hidden_trim_scale(quotient);
  END IF;
  quotient := hidden_trim_scale(round(quotient, 19 - floor(log(abs(quotient)))::integer));
  RETURN CASE WHEN hidden_scale(quotient) < least_scale THEN round(quotient, least_scale) ELSE quotient END;
END
$$;

DO $$
DECLARE
  pair record;
BEGIN
  -- Expressions of PostgreSQL's own views hold the operator's OID: only the name moves.
  UPDATE pg_operator SET oprname = '/|'
  WHERE oid < 10000 AND oprname = '/' AND oprnamespace = 'pg_catalog'::regnamespace
    AND oprleft::regtype IN ('int2', 'int4', 'int8', 'numeric')
    AND oprright::regtype IN ('int2', 'int4', 'int8', 'numeric');
  FOR pair IN
    SELECT l, r FROM unnest(ARRAY['int2', 'int4', 'int8', 'numeric']) l,
                     unnest(ARRAY['int2', 'int4', 'int8', 'numeric']) r
    WHERE to_regoperator(format('pg_catalog./(%s,%s)', l, r)) IS NULL
  LOOP
    IF pair.l <> 'numeric' OR pair.r <> 'numeric' THEN
      EXECUTE format($f$CREATE OR REPLACE FUNCTION crdb_catalog.divide(%s, %s) RETURNS numeric
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        AS 'SELECT crdb_catalog.divide($1::numeric, $2::numeric)'$f$, pair.l, pair.r);
    END IF;
    EXECUTE format('CREATE OPERATOR pg_catalog./ (LEFTARG = %s, RIGHTARG = %s, FUNCTION = crdb_catalog.divide)',
                   pair.l, pair.r);
  END LOOP;
  FOR pair IN
    SELECT l, r,
           CASE WHEN l LIKE 'int_' AND r LIKE 'int_' THEN 'int8' WHEN l = 'float8' THEN 'float8' ELSE 'numeric' END AS t
    FROM unnest(ARRAY['int2', 'int4', 'int8', 'numeric', 'float8']) l,
         unnest(ARRAY['int2', 'int4', 'int8', 'numeric', 'float8']) r
    WHERE (l = 'float8') = (r = 'float8') AND to_regoperator(format('pg_catalog.//(%s,%s)', l, r)) IS NULL
  LOOP
    EXECUTE format('CREATE OR REPLACE FUNCTION crdb_catalog.floor_divide(%s, %s) RETURNS %s
      LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS %L', pair.l, pair.r, pair.t,
      CASE pair.t WHEN 'int8' THEN 'SELECT $1::int8 OPERATOR(pg_catalog./|) $2::int8'
                  WHEN 'float8' THEN 'SELECT trunc($1 / $2)' ELSE 'SELECT div($1::numeric, $2::numeric)' END);
    EXECUTE format('CREATE OPERATOR pg_catalog.// (LEFTARG = %s, RIGHTARG = %s,
      FUNCTION = crdb_catalog.floor_divide)', pair.l, pair.r);
  END LOOP;
END
$$;
