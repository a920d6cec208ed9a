-- Names and types as CockroachDB prints them, and the table that a name in SHOW … FROM means.

-- A name, quoted where CockroachDB quotes it (pkg/sql/lexbase/encode.go; INDEX and NOTHING are reserved there).
CREATE OR REPLACE FUNCTION crdb_catalog.name(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN $1 IN ('index', 'nothing') THEN '"' || $1 || '"' ELSE quote_ident($1) END
$$;

-- Index and constraint names are per table in CockroachDB, per schema in PostgreSQL: behind the character 1
-- stands what keeps two of them apart.
CREATE OR REPLACE FUNCTION crdb_catalog.bare(name) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT split_part($1::text, E'\x01', 1) $$;

-- A string literal: plain if it can be, else e'…' with \' and \\ (pkg/sql/lexbase/encode.go, EncodeSQLString).
CREATE OR REPLACE FUNCTION crdb_catalog.literal(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN $1 ~ E'[''\\\\\n\t\r\b\f]'
    THEN 'e''' || replace(replace(replace(replace(replace(replace(replace($1, E'\\', E'\\\\'), '''', E'\\'''),
         E'\n', '\n'), E'\t', '\t'), E'\r', '\r'), E'\b', '\b'), E'\f', '\f') || ''''
    ELSE '''' || $1 || '''' END
$$;

-- Whether a schema is one that CockroachDB has too, and holds the user's own things.
CREATE OR REPLACE FUNCTION crdb_catalog.is_user_schema(name) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT $1 NOT IN ('crdb_catalog', 'crdb_internal', 'crdb_information_schema', 'information_schema',
                    'pg_catalog', 'pg_extension')
         AND $1 NOT LIKE 'pg\_toast%' AND $1 NOT LIKE 'pg\_temp\_%'
$$;

-- What DDL noted of a column (see the README): 1 hidden; 2 typed as STRING(n), 4 as CHAR(n), stored
-- as varchar(n); 8 a VIRTUAL computed column, stored all the same.
CREATE OR REPLACE FUNCTION crdb_catalog.flags(text[]) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce((SELECT split_part(o, '=', 2)::integer FROM unnest($1) o
                   WHERE o LIKE 'n\_distinct\_inherited=%'), 0)
$$;

-- A type as CockroachDB prints it, e.g. INT8, VARCHAR(10), STRING[] (pkg/sql/types, SQLString).
CREATE OR REPLACE FUNCTION crdb_catalog.type_name(typid oid, typmod integer, flags integer DEFAULT 0)
RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  t record;
  length text := CASE WHEN typmod >= 0 THEN '(' || typmod - 4 || ')' ELSE '' END;
  seconds text := CASE WHEN typmod >= 0 THEN '(' || typmod || ')' ELSE '' END;
BEGIN
  SELECT typname, typtype, typelem, typcategory, nspname INTO t
  FROM pg_catalog.pg_type JOIN pg_catalog.pg_namespace n ON n.oid = typnamespace WHERE pg_type.oid = typid;
  IF t.typcategory = 'A' AND t.typelem <> 0 THEN
    RETURN crdb_catalog.type_name(t.typelem, typmod, flags) || '[]';
  END IF;
  IF t.typtype = 'e' OR t.nspname <> 'pg_catalog' THEN
    RETURN crdb_catalog.name(t.nspname) || '.' || crdb_catalog.name(t.typname);
  END IF;
  RETURN CASE t.typname
    WHEN 'text' THEN 'STRING'
    WHEN 'varchar' THEN CASE WHEN flags & 4 = 4 THEN 'CHAR' || CASE WHEN typmod = 5 THEN '' ELSE length END
                             ELSE CASE WHEN flags & 2 = 2 THEN 'STRING' ELSE 'VARCHAR' END || length END
    WHEN 'bpchar' THEN 'CHAR' || CASE WHEN typmod = 5 THEN '' ELSE length END
    WHEN 'char' THEN '"char"'
    WHEN 'numeric' THEN 'DECIMAL' || CASE
      WHEN typmod < 0 THEN ''
      WHEN (typmod - 4) & 65535 = 0 THEN '(' || ((typmod - 4) >> 16) || ')'
      ELSE '(' || ((typmod - 4) >> 16) || ',' || ((typmod - 4) & 65535) || ')' END
    WHEN 'bytea' THEN 'BYTES'
    WHEN 'bit' THEN 'BIT' || CASE WHEN typmod IN (-1, 1) THEN '' ELSE '(' || typmod || ')' END
    WHEN 'varbit' THEN 'VARBIT' || seconds
    WHEN 'timestamp' THEN 'TIMESTAMP' || seconds
    WHEN 'timestamptz' THEN 'TIMESTAMPTZ' || seconds
    WHEN 'time' THEN 'TIME' || seconds
    WHEN 'timetz' THEN 'TIMETZ' || seconds
    WHEN 'interval' THEN upper(format_type(typid, typmod))
    ELSE upper(t.typname) END;
END
$$;

-- That name where a type of a user's own is named with its database too: in crdb_sql_type, and so in SHOW COLUMNS,
-- and where ALTER COLUMN TYPE cannot cast (pkg/sql/types, SQLString; cockroachdb/cockroach#102922 shows it).
CREATE OR REPLACE FUNCTION crdb_catalog.full_type_name(typid oid, printed text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem
                           WHERE t.oid = typid AND 'e' IN (t.typtype, e.typtype))
    THEN crdb_catalog.name(current_database()) || '.' ELSE '' END || printed
$$;

-- The refusal of what the embedded cluster does not imitate (model.py says the same).
CREATE OR REPLACE FUNCTION crdb_catalog.refuse(feature text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is not supported by the embedded cluster', feature USING ERRCODE = '0A000',
    HINT = 'It needs CockroachDB itself: `python -m cluster install`, or name a cluster in CLUSTER_URL.';
END
$$;

-- Another database than the session's: it must exist, and can then not be looked into from here.
CREATE OR REPLACE FUNCTION crdb_catalog.check_database(database text) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF database = current_database() THEN
    RETURN;
  ELSIF database = 'system'
        OR EXISTS (SELECT FROM pg_database WHERE datname = database AND datallowconn AND NOT datistemplate AND datconnlimit <> -2) THEN
    PERFORM crdb_catalog.refuse('SHOW for another database than the current one');
  END IF;
  RAISE EXCEPTION 'database "%" does not exist', database USING ERRCODE = '3D000';
END
$$;

-- The relation that a name of one to three parts means: table, schema.table, database.table or
-- database.schema.table (docs, sql-name-resolution). Raises 42P01 and 3D000 in CockroachDB's words.
CREATE OR REPLACE FUNCTION crdb_catalog.find_table(VARIADIC parts text[]) RETURNS oid LANGUAGE plpgsql STABLE AS $$
DECLARE
  found oid;
  steps integer := cardinality(parts);
BEGIN
  IF steps = 3 THEN
    PERFORM crdb_catalog.check_database(parts[1]);
  ELSIF steps = 2 AND NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = parts[1])
        AND EXISTS (SELECT FROM pg_database WHERE datname = parts[1]) THEN
    PERFORM crdb_catalog.check_database(parts[1]);
    RETURN crdb_catalog.find_table('public', parts[2]);
  END IF;
  SELECT c.oid INTO found
  FROM unnest(CASE WHEN steps = 1 THEN current_schemas(true) ELSE ARRAY[parts[steps - 1]::name] END)
         WITH ORDINALITY AS path(nspname, place)
  JOIN pg_catalog.pg_namespace n ON n.nspname = path.nspname
  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = parts[steps]
  WHERE c.relkind IN ('r', 'v', 'm', 'S')
  ORDER BY place LIMIT 1;
  IF found IS NULL THEN
    RAISE EXCEPTION 'relation "%" does not exist', array_to_string(parts, '.') USING ERRCODE = '42P01';
  END IF;
  RETURN found;
END
$$;

-- The index of a table by the name that the table's owner knows it by; null if there is none.
CREATE OR REPLACE FUNCTION crdb_catalog.find_index(tab oid, index_name text) RETURNS regclass
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT c.oid::regclass FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  WHERE i.indrelid = tab AND crdb_catalog.bare(c.relname) = index_name
$$;
