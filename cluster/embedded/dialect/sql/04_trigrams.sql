-- Inverted indexes on text go by its trigrams (docs, "Trigram Indexes"). The extension is made before
-- 05_functions.sql hides the functions of PostgreSQL's that its script names.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_proc WHERE proname = 'contsel' AND pronamespace = 'pg_catalog'::regnamespace)
     AND EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') THEN
    CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA crdb_catalog;
  END IF;
END
$$;
