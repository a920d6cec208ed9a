-- Expressions of defaults, computed columns, checks and partial indexes in CockroachDB's spelling.
--
-- pg_get_expr() gives an expression with parentheses round every operator and a type at every literal. CockroachDB
-- prints its own in the same way: it drops the parentheses that were typed, puts them round each operator that
-- is an operand (pkg/sql/sem/tree/expr.go, exprFmtWithParen), and writes types at literals in some places only.
-- So this is one walk over PostgreSQL's text. mode says how literals look (pkg/sql/sem/tree/format.go):
--   simple    0, 'x'                  generation_expression (FmtSimple)
--   numerics  (-1), 'x'               column_default (FmtParsableNumerics)
--   typed     0:::INT8, 'x':::STRING  SHOW CREATE (FmtParsable)
--   catalog   0, 'x'::STRING          pg_catalog (FmtPGCatalog)
-- What it cannot read it refuses: a wrong spelling would teach something wrong.

CREATE OR REPLACE FUNCTION crdb_catalog.expression_tokens(text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT array_agg(m[1] ORDER BY n) || ''::text FROM regexp_matches($1,
    '(E?''(?:[^'']|'''')*''|"(?:[^"]|"")*"|[A-Za-z_\u0080-\uFFFF][A-Za-z0-9_$\u0080-\uFFFF]*'
    '|[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|::|[-+*/<>=~!@#%^&|`?]+|[][(),.])', 'g') WITH ORDINALITY AS t(m, n)
$$;

CREATE OR REPLACE FUNCTION crdb_catalog.unquoted(token text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT CASE left(token, 1)
    WHEN 'E' THEN replace(replace(substr(token, 3, length(token) - 3), '''''', ''''), '\\', '\')
    WHEN '"' THEN replace(substr(token, 2, length(token) - 2), '""', '"')
    ELSE replace(substr(token, 2, length(token) - 2), '''''', '''') END
$$;

-- A literal. type: CockroachDB's name of it.
CREATE OR REPLACE FUNCTION crdb_catalog.constant(value text, type text, mode text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  number boolean := type IN ('INT8', 'INT4', 'INT2', 'DECIMAL', 'FLOAT8', 'FLOAT4', 'OID');
  printed text;
BEGIN
  IF number THEN
    printed := value;
    IF type IN ('INT4', 'INT2') THEN
      type := 'INT8';
    ELSIF type LIKE 'FLOAT_' THEN
      type := 'FLOAT8';
      IF printed !~ '[.eEN]' THEN
        printed := printed || '.0';
      END IF;
    END IF;
    IF printed LIKE '-%' AND mode <> 'simple' THEN
      printed := '(' || printed || ')';
    END IF;
  ELSE
    printed := CASE type WHEN 'BYTES' THEN '''' || value || '''' ELSE crdb_catalog.literal(value) END;
  END IF;
  RETURN CASE WHEN mode = 'typed' THEN printed || ':::' || type
              WHEN mode = 'catalog' AND NOT number THEN printed || '::' || type
              ELSE printed END;
END
$$;

-- The type at a place of the text, in CockroachDB's spelling; widths do not matter to literals and are kept for casts.
CREATE OR REPLACE FUNCTION crdb_catalog.expression_type(t text[], INOUT pos integer, OUT printed text, OUT base text)
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  word text := t[pos];
  width text := '';
  tail text := '';
BEGIN
  pos := pos + 1;
  IF (word, t[pos]) IN (('double', 'precision'), ('character', 'varying'), ('bit', 'varying')) THEN
    word := word || ' ' || t[pos];
    pos := pos + 1;
  END IF;
  WHILE t[pos] = '.' LOOP
    word := word || '.' || t[pos + 1];
    pos := pos + 2;
  END LOOP;
  IF t[pos] = '(' THEN
    WHILE t[pos - 1] <> ')' LOOP
      width := width || t[pos];
      pos := pos + 1;
    END LOOP;
  END IF;
  IF t[pos] IN ('with', 'without') AND t[pos + 1] = 'time' AND t[pos + 2] = 'zone' THEN
    word := word || CASE t[pos] WHEN 'with' THEN 'tz' ELSE '' END;
    pos := pos + 3;
  END IF;
  WHILE t[pos] = '[' AND t[pos + 1] = ']' LOOP
    tail := tail || '[]';
    pos := pos + 2;
  END LOOP;
  base := CASE word
    WHEN 'bigint' THEN 'INT8' WHEN 'integer' THEN 'INT4' WHEN 'smallint' THEN 'INT2'
    WHEN 'numeric' THEN 'DECIMAL' WHEN 'double precision' THEN 'FLOAT8' WHEN 'real' THEN 'FLOAT4'
    WHEN 'text' THEN 'STRING' WHEN 'character varying' THEN 'VARCHAR'
    WHEN 'character' THEN 'CHAR' WHEN 'bpchar' THEN 'CHAR' WHEN 'boolean' THEN 'BOOL'
    WHEN 'bytea' THEN 'BYTES' WHEN 'bit varying' THEN 'VARBIT' WHEN 'name' THEN 'NAME'
    WHEN 'timestamp' THEN 'TIMESTAMP' WHEN 'timestamptz' THEN 'TIMESTAMPTZ'
    WHEN 'time' THEN 'TIME' WHEN 'timetz' THEN 'TIMETZ' WHEN 'date' THEN 'DATE'
    WHEN 'interval' THEN 'INTERVAL' WHEN 'uuid' THEN 'UUID' WHEN 'jsonb' THEN 'JSONB' WHEN 'inet' THEN 'INET'
    WHEN 'oid' THEN 'OID' WHEN 'regclass' THEN 'REGCLASS' WHEN 'bit' THEN 'BIT'
    WHEN 'tsvector' THEN 'TSVECTOR' WHEN 'tsquery' THEN 'TSQUERY' END;
  IF base IS NULL THEN
    -- A type of the user's: enums print with their schema.
    SELECT crdb_catalog.type_name(ty.oid, -1) INTO base FROM pg_catalog.pg_type ty
    WHERE ty.oid = to_regtype(word) AND ty.typtype = 'e';
  END IF;
  IF base IS NULL THEN
    PERFORM crdb_catalog.refuse('printing an expression with the type ' || word);
  END IF;
  printed := base || replace(width, ',0)', ')') || tail;
  base := CASE WHEN base IN ('VARCHAR', 'CHAR', 'NAME') THEN 'STRING' ELSE base END || tail;
END
$$;
