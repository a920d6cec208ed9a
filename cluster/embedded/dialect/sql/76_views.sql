-- A view cannot be changed in CockroachDB (pkg/sql/opt/optbuilder, "%q is not a table"); PostgreSQL changes what is
-- behind a simple one. Two triggers stand in the way: the first only so that the second is asked.

CREATE OR REPLACE FUNCTION crdb_catalog.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '"%" is not a table', TG_TABLE_NAME USING ERRCODE = '42809';
END
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.not_a_table(view_name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE OR REPLACE TRIGGER crdb_rows INSTEAD OF INSERT OR UPDATE OR DELETE ON %s
    FOR EACH ROW EXECUTE FUNCTION crdb_catalog.refuse_change()', view_name);
  EXECUTE format('CREATE OR REPLACE TRIGGER crdb_statement BEFORE INSERT OR UPDATE OR DELETE ON %s
    FOR EACH STATEMENT EXECUTE FUNCTION crdb_catalog.refuse_change()', view_name);
END
$$;
