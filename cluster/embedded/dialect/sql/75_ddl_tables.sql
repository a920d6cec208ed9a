-- CREATE TABLE as most tables are made: without anything that PostgreSQL's own CREATE TABLE does not make too.
-- A procedure is compiled, and what it asks planned, once in a session; a DO block each time. statement: see run().
CREATE OR REPLACE PROCEDURE crdb_catalog.create_table(schema text, tbl text, if_not_exists bool, statement text)
LANGUAGE plpgsql AS $$
BEGIN
  IF crdb_catalog.free(schema, tbl, if_not_exists) THEN
    PERFORM crdb_catalog.run(schema, statement);
    PERFORM crdb_catalog.store_nothing(
      to_regclass(CASE WHEN schema = '' THEN '' ELSE quote_ident(schema) || '.' END || quote_ident(tbl)));
  END IF;
END
$$;
