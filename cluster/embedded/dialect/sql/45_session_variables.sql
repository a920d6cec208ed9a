-- current_setting() and set_config() know CockroachDB's variables; PostgreSQL's own stand behind them.
-- Source: pkg/sql/sem/builtins/pg_builtins.go.
CREATE OR REPLACE FUNCTION pg_catalog.current_setting(name text, missing_ok boolean) RETURNS text
LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
  answer text;
BEGIN
  IF position('.' IN name) > 0 AND name <> 'pg_trgm.similarity_threshold' THEN
    RETURN postgresql_current_setting(name, missing_ok);
  END IF;
  SELECT value INTO answer FROM crdb_catalog.session_variables WHERE variable = lower(name);
  IF NOT FOUND AND NOT missing_ok THEN
    RAISE EXCEPTION 'unrecognized configuration parameter "%"', name USING ERRCODE = '42704';
  END IF;
  RETURN answer;
END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.current_setting(text) RETURNS text LANGUAGE sql STABLE STRICT
AS 'SELECT current_setting($1, false)';

-- The front must hear of a change of the variables that decide what SQL means: these are set with SET.
CREATE OR REPLACE FUNCTION pg_catalog.set_config(name text, value text, is_local boolean) RETURNS text
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF name ILIKE 'crdb.%'
     OR (lower(name) NOT IN ('application_name', 'extra_float_digits', 'timezone', 'bytea_output')
         AND EXISTS (SELECT FROM crdb_catalog.session_variables WHERE variable = lower(name))) THEN
    PERFORM crdb_catalog.refuse(format('set_config() of %s', name));
  ELSIF position('.' IN name) = 0
        AND NOT EXISTS (SELECT FROM crdb_catalog.session_variables WHERE variable = lower(name)) THEN
    RAISE EXCEPTION 'unrecognized configuration parameter "%"', name USING ERRCODE = '42704';
  END IF;
  RETURN postgresql_set_config(name, value, is_local);
END
$$;

-- The session variables as rows, made from variables.py. Sources: pkg/sql/crdb_internal.go (session_variables),
-- pkg/sql/pg_catalog.go (pg_settings: all text, whatever the variable is).
CREATE OR REPLACE VIEW crdb_catalog.session_variables AS
SELECT variable, value, hidden, unit, usual FROM (VALUES
{{session_variables}}
) v (variable, value, hidden, unit, usual);

CREATE OR REPLACE VIEW crdb_catalog.pg_settings AS
SELECT variable AS name, value AS setting, unit, NULL::text AS category, NULL::text AS short_desc,
       NULL::text AS extra_desc, 'user'::text AS context, 'string'::text AS vartype, NULL::text AS source,
       NULL::text AS min_val, NULL::text AS max_val, NULL::text AS enumvals, usual AS boot_val, usual AS reset_val,
       NULL::text AS sourcefile, NULL::bigint AS sourceline, false AS pending_restart
FROM crdb_catalog.session_variables WHERE NOT hidden ORDER BY 1;
