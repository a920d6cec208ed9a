-- A failed CHECK names its expression in CockroachDB (pkg/sql/row/errors.go), its constraint in PostgreSQL. So every
-- CHECK is kept as crdb_catalog.checked(expression, tableoid, name), and printed without that.

CREATE OR REPLACE FUNCTION crdb_catalog.unchecked(source text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT regexp_replace(source, '^crdb_catalog\.checked\((.*), tableoid, ''.*''::text\)$', '\1') $$;

-- name: the constraint's when it was made; it finds the constraint after a RENAME too.
CREATE OR REPLACE FUNCTION crdb_catalog.check_failed(rel oid, name text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  broken record;
BEGIN
  SELECT conname, relname, nspname, crdb_catalog.expression(pg_get_expr(conbin, conrelid), conrelid, 'typed') AS shown
  INTO broken
  FROM pg_constraint c JOIN pg_class t ON t.oid = conrelid JOIN pg_namespace n ON n.oid = relnamespace
  WHERE conrelid = rel AND contype = 'c'
    AND right(pg_get_expr(conbin, conrelid), length(quote_literal(name)) + 7) = quote_literal(name) || '::text)'
  ORDER BY conname <> name LIMIT 1;
  RAISE EXCEPTION USING ERRCODE = '23514',
    MESSAGE = format('failed to satisfy CHECK constraint (%s)', coalesce(broken.shown, name)),
    CONSTRAINT = coalesce(broken.conname, name), TABLE = coalesce(broken.relname, ''),
    SCHEMA = coalesce(broken.nspname, '');
END
$$;

-- One expression of SQL, so that the executor sees through it.
CREATE OR REPLACE FUNCTION crdb_catalog.checked(holds boolean, rel oid, name text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT holds IS NOT FALSE OR crdb_catalog.check_failed(rel, name)';
