-- Functions that PostgreSQL has and CockroachDB has not step aside under another name, and so are unknown to
-- clients as there. {{builtins}} stands for builtins.PRESENT and builtins.NEEDED.

-- One that an older version of this script had moved and that is in the list now comes back.
UPDATE pg_catalog.pg_proc p SET proname = substr(p.proname, 8)::name
WHERE p.oid < 16384 AND p.pronamespace = 'pg_catalog'::regnamespace AND p.proname LIKE 'hidden\_%'
  AND substr(p.proname, 8) = ANY (string_to_array('{{builtins}}', ' '))
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_proc o WHERE o.proname = substr(p.proname, 8)::name
                  AND o.proargtypes = p.proargtypes AND o.pronamespace = p.pronamespace);

UPDATE pg_catalog.pg_proc SET proname = ('hidden_' || proname)::name
WHERE oid < 16384 AND pronamespace = 'pg_catalog'::regnamespace
  AND proname NOT LIKE 'hidden\_%' AND proname NOT LIKE 'postgresql\_%' AND proname NOT LIKE 'RI\_FKey%' AND proname NOT LIKE 'plpgsql%'
  AND (proname <> ALL (string_to_array('{{builtins}}', ' '))
       -- These are there in both, but their results differ (14_functions.sql, 15_json_functions.sql, 16_json_order.sql).
       OR proname IN ('sha224', 'sha256', 'sha384', 'sha512', 'pg_sleep', 'row_to_json', 'to_json', 'array_to_json',
                      'jsonb_each', 'jsonb_each_text', 'jsonb_object_keys', 'jsonb_array_elements_text',
                      'jsonb_extract_path_text', 'jsonb_pretty')
       OR proname LIKE 'json\_%');
