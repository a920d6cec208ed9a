-- CREATE TABLE as most tables are made: without anything that PostgreSQL's own CREATE TABLE does not make too.
-- A procedure is compiled, and what it asks planned, once in a session; a DO block each time. statement: see run().
CREATE OR REPLACE PROCEDURE crdb_catalog.create_table(schema text, tbl text, if_not_exists bool, statement text)
LANGUAGE plpgsql AS $$
DECLARE
  prefix text := quote_ident(CASE schema WHEN '' THEN current_schema() ELSE schema END) || '.';
  key text := split_part(statement, chr(2), 2);
BEGIN
  -- free() and run() as they mostly end, by what PostgreSQL can tell without a query; else they are called.
  IF (has_schema_privilege(to_regnamespace(rtrim(prefix, '.')), 'USAGE')
      AND to_regclass(prefix || quote_ident(tbl::name)) IS NULL
      AND to_regtype(prefix || quote_ident(tbl::name)) IS NULL) IS NOT TRUE
     AND NOT crdb_catalog.free(schema, tbl, if_not_exists) THEN
    RETURN;
  END IF;
  IF octet_length(key) <= 64 AND strpos(key, '"') = 0 AND split_part(key, chr(3), 2) = ''
     AND to_regclass(prefix || '"' || rtrim(key, chr(3)) || '"') IS NULL THEN
    statement := replace(statement, chr(2) || key || chr(2), rtrim(key, chr(3)));
  END IF;
  IF strpos(statement, chr(2)) = 0 THEN
    EXECUTE statement;
  ELSE
    PERFORM crdb_catalog.run(schema, statement);
  END IF;
  -- If nothing was ever stored, there is nothing of an earlier table that had this one's number.
  IF NOT (hidden_pg_relation_size('crdb_catalog.storage'::regclass, 'main') = 0 AND crdb_catalog.locks_new_tables()) THEN
    PERFORM crdb_catalog.store_nothing((prefix || quote_ident(tbl))::regclass);
  END IF;
END
$$;
