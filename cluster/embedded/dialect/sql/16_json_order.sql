-- An object's keys go by their bytes in CockroachDB (pkg/util/json, jsonObject), by their length first in PostgreSQL.
-- The front prints JSONB in that order (front/documents.py); here is what makes text or rows of it.

CREATE OR REPLACE FUNCTION crdb_catalog.json_text(jsonb) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE jsonb_typeof($1)
    WHEN 'object' THEN '{' || coalesce((SELECT string_agg(textin(jsonb_out(to_jsonb(key))) || ': ' || crdb_catalog.json_text(value), ', '
      ORDER BY key COLLATE "C") FROM hidden_jsonb_each($1)), '') || '}'
    WHEN 'array' THEN '[' || coalesce((SELECT string_agg(crdb_catalog.json_text(value), ', ' ORDER BY place)
      FROM jsonb_array_elements($1) WITH ORDINALITY a(value, place)), '') || ']'
    ELSE textin(jsonb_out($1)) END
$$;
CREATE OR REPLACE FUNCTION crdb_catalog.json_varchar(jsonb) RETURNS varchar LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT crdb_catalog.json_text($1)::varchar';
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_cast WHERE castsource = 'jsonb'::regtype AND casttarget = 'text'::regtype) THEN
    CREATE CAST (jsonb AS text) WITH FUNCTION crdb_catalog.json_text(jsonb) AS ASSIGNMENT;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_cast WHERE castsource = 'jsonb'::regtype AND casttarget = 'varchar'::regtype) THEN
    CREATE CAST (jsonb AS varchar) WITH FUNCTION crdb_catalog.json_varchar(jsonb) AS ASSIGNMENT;
  END IF;
END
$$;

-- What ->> and its like give of a value: a string without its quotes, an object or array as it prints.
CREATE OR REPLACE FUNCTION crdb_catalog.json_bare(jsonb, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN jsonb_typeof($1) IN ('object', 'array') THEN crdb_catalog.json_text($1) ELSE $2 END
$$;
CREATE OR REPLACE FUNCTION crdb_catalog.json_field_text(jsonb, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT crdb_catalog.json_bare($1 -> $2, hidden_jsonb_object_field_text($1, $2))';
CREATE OR REPLACE FUNCTION crdb_catalog.json_element_text(jsonb, integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT crdb_catalog.json_bare($1 -> $2, hidden_jsonb_array_element_text($1, $2))';
CREATE OR REPLACE FUNCTION crdb_catalog.json_path_text(jsonb, text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT crdb_catalog.json_bare($1 #> $2, hidden_jsonb_extract_path_text($1, VARIADIC $2))';
UPDATE pg_catalog.pg_operator SET oprcode = made
FROM (VALUES ('->>(jsonb,text)', 'crdb_catalog.json_field_text'::regproc),
             ('->>(jsonb,integer)', 'crdb_catalog.json_element_text'),
             ('#>>(jsonb,text[])', 'crdb_catalog.json_path_text')) changed(sign, made)
WHERE pg_operator.oid = sign::regoperator AND oprcode <> made;

DO $$
DECLARE
  kind text;
BEGIN
  FOREACH kind IN ARRAY ARRAY['json', 'jsonb'] LOOP
    EXECUTE format($f$
      CREATE OR REPLACE FUNCTION pg_catalog.%1$s_each(from_json jsonb, OUT key text, OUT value jsonb)
      RETURNS SETOF record LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 100
      AS 'SELECT key, value FROM hidden_jsonb_each($1) ORDER BY key COLLATE "C"';
      CREATE OR REPLACE FUNCTION pg_catalog.%1$s_each_text(from_json jsonb, OUT key text, OUT value text)
      RETURNS SETOF record LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 100
      AS 'SELECT key, $1 ->> key FROM hidden_jsonb_each_text($1) ORDER BY key COLLATE "C"';
      CREATE OR REPLACE FUNCTION pg_catalog.%1$s_object_keys(jsonb) RETURNS SETOF text
      LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 100
      AS 'SELECT key FROM hidden_jsonb_object_keys($1) key ORDER BY key COLLATE "C"';
      CREATE OR REPLACE FUNCTION pg_catalog.%1$s_array_elements_text(from_json jsonb, OUT value text) RETURNS SETOF text
      LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 100
      AS 'SELECT crdb_catalog.json_bare(e, e #>> ''{}'') FROM jsonb_array_elements($1) e';
      CREATE OR REPLACE FUNCTION pg_catalog.%1$s_extract_path_text(from_json jsonb, VARIADIC path_elems text[])
      RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT $1 #>> $2';
    $f$, kind);
  END LOOP;
END
$$;

-- As Go's MarshalIndent writes it: {} and [] when empty, and < > & escaped (pkg/util/json, Pretty).
CREATE OR REPLACE FUNCTION crdb_catalog.json_pretty(jsonb, indent text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE
    WHEN $1 = '{}' THEN '{}'
    WHEN $1 = '[]' THEN '[]'
    WHEN jsonb_typeof($1) = 'object' THEN
      (SELECT E'{\n' || string_agg(indent || '    ' || crdb_catalog.json_pretty(to_jsonb(key), '') || ': '
         || crdb_catalog.json_pretty(value, indent || '    '), E',\n' ORDER BY key COLLATE "C")
       FROM hidden_jsonb_each($1)) || E'\n' || indent || '}'
    WHEN jsonb_typeof($1) = 'array' THEN
      (SELECT E'[\n' || string_agg(indent || '    ' || crdb_catalog.json_pretty(value, indent || '    '), E',\n' ORDER BY place)
       FROM jsonb_array_elements($1) WITH ORDINALITY a(value, place)) || E'\n' || indent || ']'
    ELSE replace(replace(replace(textin(jsonb_out($1)), '&', '\u0026'), '<', '\u003c'), '>', '\u003e') END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.jsonb_pretty(jsonb) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$SELECT crdb_catalog.json_pretty($1, '')$$;
