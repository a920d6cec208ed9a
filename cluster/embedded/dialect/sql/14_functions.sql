-- Built-in functions of CockroachDB that PostgreSQL lacks, or has for other types (INT is INT8 there) or with another
-- result. Source: pkg/sql/sem/builtins (builtins.go, math_builtins.go, aggregate_builtins.go, fixed_oids.go).

DO $$
DECLARE
  f record;
BEGIN
  FOR f IN SELECT * FROM (VALUES
    -- round(FLOAT, n): half to even.
    ('round(double precision, bigint)', 'double precision', $f$
      SELECT CASE WHEN $1 IN ('NaN', 'Infinity', '-Infinity') THEN $1 ELSE (
        SELECT (CASE WHEN abs(x - trunc(x)) = 0.5 THEN 2 * round(x / 2, 0) ELSE round(x, 0) END
                * power(10::numeric, -$2::numeric))::double precision
        FROM (SELECT $1::text::numeric * power(10::numeric, $2::numeric)) t(x)) END$f$),
    ('div(bigint, bigint)', 'bigint', 'SELECT $1 OPERATOR(pg_catalog./|) $2'),
    ('div(double precision, double precision)', 'double precision', 'SELECT trunc($1 / $2)'),
    ('isnan(double precision)', 'boolean', 'SELECT $1 = ''NaN'''),
    ('isnan(numeric)', 'boolean', 'SELECT $1 = ''NaN'''),
    ('sha224(bytea)', 'text', 'SELECT encode(hidden_sha224($1), ''hex'')'),
    ('sha256(bytea)', 'text', 'SELECT encode(hidden_sha256($1), ''hex'')'),
    ('sha384(bytea)', 'text', 'SELECT encode(hidden_sha384($1), ''hex'')'),
    ('sha512(bytea)', 'text', 'SELECT encode(hidden_sha512($1), ''hex'')'),
    ('sha224(text)', 'text', 'SELECT encode(hidden_sha224(convert_to($1, ''UTF8'')), ''hex'')'),
    ('sha256(text)', 'text', 'SELECT encode(hidden_sha256(convert_to($1, ''UTF8'')), ''hex'')'),
    ('sha384(text)', 'text', 'SELECT encode(hidden_sha384(convert_to($1, ''UTF8'')), ''hex'')'),
    ('sha512(text)', 'text', 'SELECT encode(hidden_sha512(convert_to($1, ''UTF8'')), ''hex'')'),
    ('char_length(bytea)', 'bigint', 'SELECT octet_length($1)::bigint'),
    ('character_length(bytea)', 'bigint', 'SELECT octet_length($1)::bigint'),
    ('left(bytea, bigint)', 'bytea',
     'SELECT substring($1, 1, (CASE WHEN $2 < 0 THEN greatest(octet_length($1) + $2, 0) ELSE $2 END)::integer)'),
    ('right(bytea, bigint)', 'bytea',
     'SELECT substring($1, (CASE WHEN $2 < 0 THEN 1 - $2 ELSE greatest(octet_length($1) - $2 + 1, 1) END)::integer)'),
    ('substring(bytea, bigint)', 'bytea', 'SELECT substring($1, $2::integer)'),
    ('substring(bytea, bigint, bigint)', 'bytea', 'SELECT substring($1, $2::integer, $3::integer)'),
    ('substr(bytea, bigint)', 'bytea', 'SELECT substring($1, $2::integer)'),
    ('substr(bytea, bigint, bigint)', 'bytea', 'SELECT substring($1, $2::integer, $3::integer)'),
    ('overlay(text, text, bigint)', 'text', 'SELECT overlay($1, $2, $3::integer)'),
    ('overlay(text, text, bigint, bigint)', 'text', 'SELECT overlay($1, $2, $3::integer, $4::integer)'),
    ('to_hex(bytea)', 'text', 'SELECT encode($1, ''hex'')'),
    ('to_hex(text)', 'text', 'SELECT encode(convert_to($1, ''UTF8''), ''hex'')'),
    ('to_english(bigint)', 'text', $f$
      SELECT CASE WHEN $1 < 0 THEN 'minus-' ELSE '' END || string_agg(
        (ARRAY['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'])[digit::integer + 1], '-'
        ORDER BY place)
      FROM regexp_split_to_table(ltrim($1::text, '-'), '') WITH ORDINALITY t(digit, place)$f$),
    ('to_uuid(text)', 'bytea', 'SELECT uuid_send($1::uuid)'),
    ('from_uuid(bytea)', 'text', 'SELECT encode($1, ''hex'')::uuid::text'),
    ('uuid_nil()', 'uuid', 'SELECT ''00000000-0000-0000-0000-000000000000''::uuid'),
    ('extract_duration(text, interval)', 'bigint', 'SELECT trunc(extract(epoch FROM $2)
       * CASE rtrim(lower($1), ''s'') WHEN ''hour'' THEN 1.0 / 3600 WHEN ''minute'' THEN 1.0 / 60 WHEN ''second'' THEN 1
         WHEN ''millisecond'' THEN 1000 WHEN ''microsecond'' THEN 1000000 END)::bigint'),
    ('array_upper(anyarray, bigint)', 'bigint', 'SELECT array_upper($1, $2::integer)::bigint'),
    ('array_lower(anyarray, bigint)', 'bigint', 'SELECT array_lower($1, $2::integer)::bigint'),
    ('generate_subscripts(anyarray, bigint)', 'SETOF integer', 'SELECT generate_subscripts($1, $2::integer)'),
    ('generate_subscripts(anyarray, bigint, boolean)', 'SETOF integer',
     'SELECT generate_subscripts($1, $2::integer, $3)'),
    ('make_date(bigint, bigint, bigint)', 'date', 'SELECT make_date($1::integer, $2::integer, $3::integer)')
  ) v(called, result, body) LOOP
    EXECUTE format('CREATE OR REPLACE FUNCTION pg_catalog.%s RETURNS %s LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS %L',
                   f.called, f.result, f.body);
  END LOOP;
  FOR f IN SELECT * FROM (VALUES
    ('uuid_generate_v4()', 'uuid', 'SELECT gen_random_uuid()'),
    ('experimental_uuid_v4()', 'bytea', 'SELECT uuid_send(gen_random_uuid())'),
    ('unordered_unique_rowid()', 'bigint', 'SELECT unique_rowid()'),
    ('cluster_logical_timestamp()', 'numeric',
     'SELECT (extract(epoch FROM transaction_timestamp()) * 1000000000)::numeric(29, 10)'),
    -- Without effect in CockroachDB (pg_builtins.go): they always succeed.
    ('pg_try_advisory_lock(bigint)', 'boolean', 'SELECT true'),
    ('pg_advisory_unlock(bigint)', 'boolean', 'SELECT true'),
    ('pg_advisory_unlock_all()', 'void', 'SELECT NULL::void')
  ) v(called, result, body) LOOP
    EXECUTE format('CREATE OR REPLACE FUNCTION pg_catalog.%s RETURNS %s LANGUAGE sql VOLATILE AS %L',
                   f.called, f.result, f.body);
  END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION pg_catalog.pg_sleep(seconds double precision) RETURNS boolean LANGUAGE plpgsql VOLATILE STRICT
AS 'BEGIN PERFORM hidden_pg_sleep(seconds); RETURN true; END';

-- INT ^ INT is an INT (PowOp of eval.go), a FLOAT in PostgreSQL.
CREATE OR REPLACE FUNCTION crdb_catalog.int_power(bigint, bigint) RETURNS bigint LANGUAGE plpgsql
IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF $2 < 0 THEN
    RAISE EXCEPTION 'integer out of range' USING ERRCODE = '22003';
  END IF;
  RETURN power($1::numeric, $2::numeric)::bigint;
END
$$;
DO $$
DECLARE
  pair record;
BEGIN
  FOR pair IN SELECT l, r FROM unnest(ARRAY['int2', 'int4', 'int8']) l, unnest(ARRAY['int2', 'int4', 'int8']) r LOOP
    EXECUTE format('CREATE OR REPLACE FUNCTION pg_catalog.power(%s, %s) RETURNS bigint LANGUAGE sql
      IMMUTABLE STRICT PARALLEL SAFE AS ''SELECT crdb_catalog.int_power($1::bigint, $2::bigint)''', pair.l, pair.r);
    EXECUTE format('CREATE OR REPLACE FUNCTION pg_catalog.pow(%s, %s) RETURNS bigint LANGUAGE sql
      IMMUTABLE STRICT PARALLEL SAFE AS ''SELECT crdb_catalog.int_power($1::bigint, $2::bigint)''', pair.l, pair.r);
    IF to_regoperator(format('pg_catalog.^(%s,%s)', pair.l, pair.r)) IS NULL THEN
      EXECUTE format('CREATE OPERATOR pg_catalog.^ (LEFTARG = %s, RIGHTARG = %s, FUNCTION = pg_catalog.power)',
                     pair.l, pair.r);
    END IF;
  END LOOP;
END
$$;

-- An offset is an INT8; the functions read its low half.
CREATE OR REPLACE FUNCTION pg_catalog.lag(anyelement, bigint) RETURNS anyelement LANGUAGE internal
IMMUTABLE STRICT PARALLEL SAFE WINDOW AS 'window_lag_with_offset';
CREATE OR REPLACE FUNCTION pg_catalog.lag(anycompatible, bigint, anycompatible) RETURNS anycompatible LANGUAGE internal
IMMUTABLE PARALLEL SAFE WINDOW AS 'window_lag_with_offset_and_default';
CREATE OR REPLACE FUNCTION pg_catalog.lead(anyelement, bigint) RETURNS anyelement LANGUAGE internal
IMMUTABLE STRICT PARALLEL SAFE WINDOW AS 'window_lead_with_offset';
CREATE OR REPLACE FUNCTION pg_catalog.lead(anycompatible, bigint, anycompatible) RETURNS anycompatible LANGUAGE internal
IMMUTABLE PARALLEL SAFE WINDOW AS 'window_lead_with_offset_and_default';
CREATE OR REPLACE FUNCTION pg_catalog.nth_value(anyelement, bigint) RETURNS anyelement LANGUAGE internal
IMMUTABLE STRICT PARALLEL SAFE WINDOW AS 'window_nth_value';
CREATE OR REPLACE FUNCTION pg_catalog.ntile(bigint) RETURNS integer LANGUAGE internal
IMMUTABLE STRICT PARALLEL SAFE WINDOW AS 'window_ntile';

-- sum() of any whole numbers is a DECIMAL; sum_int() an INT.
CREATE OR REPLACE FUNCTION crdb_catalog.sum_step(numeric, integer) RETURNS numeric LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS 'BEGIN RETURN CASE WHEN $2 IS NULL THEN $1 WHEN $1 IS NULL THEN $2::numeric ELSE $1 + $2 END; END';
CREATE OR REPLACE FUNCTION crdb_catalog.sum_step(numeric, smallint) RETURNS numeric LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS 'BEGIN RETURN CASE WHEN $2 IS NULL THEN $1 WHEN $1 IS NULL THEN $2::numeric ELSE $1 + $2 END; END';
DO $$
DECLARE
  a record;
BEGIN
  FOR a IN SELECT * FROM (VALUES
    ('sum', 'integer', 'SFUNC = crdb_catalog.sum_step, STYPE = numeric'),
    ('sum', 'smallint', 'SFUNC = crdb_catalog.sum_step, STYPE = numeric'),
    ('sum_int', 'bigint', 'SFUNC = pg_catalog.hidden_int8pl, STYPE = bigint'),
    ('xor_agg', 'bigint', 'SFUNC = pg_catalog.hidden_int8xor, STYPE = bigint'),
    ('concat_agg', 'text', 'SFUNC = pg_catalog.hidden_textcat, STYPE = text'),
    ('count_rows', '*', 'SFUNC = pg_catalog.hidden_int8inc, STYPE = bigint, INITCOND = 0')
  ) v(called, argument, definition) LOOP
    IF a.called = 'sum' AND to_regprocedure(format('pg_catalog.sum(%s)', a.argument))::oid < 10000 THEN
      EXECUTE format('ALTER AGGREGATE pg_catalog.sum(%s) RENAME TO postgresql_sum', a.argument);
    END IF;
    IF to_regprocedure(format('pg_catalog.%s(%s)', a.called, nullif(a.argument, '*'))) IS NULL THEN
      EXECUTE format('CREATE AGGREGATE pg_catalog.%s(%s) (%s, PARALLEL = SAFE)', a.called, a.argument, a.definition);
    END IF;
  END LOOP;
END
$$;

-- UUID::BYTES and back (docs, "UUID": conversion).
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_cast WHERE castsource = 'uuid'::regtype AND casttarget = 'bytea'::regtype) THEN
    CREATE FUNCTION crdb_catalog.to_uuid(bytea) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
      AS 'SELECT encode($1, ''hex'')::uuid';
    CREATE CAST (uuid AS bytea) WITH FUNCTION pg_catalog.uuid_send(uuid);
    CREATE CAST (bytea AS uuid) WITH FUNCTION crdb_catalog.to_uuid(bytea);
  END IF;
END
$$;

-- IMMUTABLE in CockroachDB (builtins.go), where PostgreSQL thinks of types whose text depends on the session.
UPDATE pg_catalog.pg_proc SET provolatile = 'i' WHERE oid < 16384 AND proname IN ('concat', 'concat_ws') AND provolatile <> 'i';

-- DATE + INT: PostgreSQL has it for INT4.
DO $$
BEGIN
  IF to_regoperator('pg_catalog.+(date,bigint)') IS NULL THEN
    CREATE FUNCTION crdb_catalog.add_days(date, bigint) RETURNS date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
      AS 'SELECT $1 + $2::integer';
    CREATE FUNCTION crdb_catalog.add_days(bigint, date) RETURNS date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
      AS 'SELECT $2 + $1::integer';
    CREATE FUNCTION crdb_catalog.subtract_days(date, bigint) RETURNS date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
      AS 'SELECT $1 - $2::integer';
    CREATE OPERATOR pg_catalog.+ (LEFTARG = date, RIGHTARG = bigint, FUNCTION = crdb_catalog.add_days);
    CREATE OPERATOR pg_catalog.+ (LEFTARG = bigint, RIGHTARG = date, FUNCTION = crdb_catalog.add_days);
    CREATE OPERATOR pg_catalog.- (LEFTARG = date, RIGHTARG = bigint, FUNCTION = crdb_catalog.subtract_days);
  END IF;
END
$$;

-- Shifts are of 64 bits, by 0 to 63 (pkg/sql/sem/eval, LShiftOp); PostgreSQL's own step aside under another name.
-- (The error takes the number, so that the planner does not raise it by itself.)
CREATE OR REPLACE FUNCTION crdb_catalog.shift_out_of_range(places bigint) RETURNS bigint LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RAISE EXCEPTION 'shift argument out of range' USING ERRCODE = '22003';
END
$$;
DO $$
DECLARE
  shift record;
BEGIN
  UPDATE pg_operator SET oprname = oprname || '|'
  WHERE oid < 10000 AND oprname IN ('<<', '>>') AND oprnamespace = 'pg_catalog'::regnamespace
    AND oprleft::regtype IN ('int2', 'int4', 'int8') AND oprright = 'int4'::regtype;
  FOR shift IN SELECT sign, called, l, r FROM (VALUES ('<<', 'shift_left'), ('>>', 'shift_right')) s(sign, called),
               unnest(ARRAY['int2', 'int4', 'int8']) l, unnest(ARRAY['int2', 'int4', 'int8']) r LOOP
    EXECUTE format('CREATE OR REPLACE FUNCTION crdb_catalog.%s(%s, %s) RETURNS bigint LANGUAGE sql
      IMMUTABLE STRICT PARALLEL SAFE AS %L', shift.called, shift.l, shift.r,
      format('SELECT CASE WHEN $2 BETWEEN 0 AND 63 THEN $1::bigint OPERATOR(pg_catalog.%s|) $2::integer
              ELSE crdb_catalog.shift_out_of_range($2::bigint) END', shift.sign));
    IF to_regoperator(format('pg_catalog.%s(%s,%s)', shift.sign, shift.l, shift.r)) IS NULL THEN
      EXECUTE format('CREATE OPERATOR pg_catalog.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = crdb_catalog.%s)',
                     shift.sign, shift.l, shift.r, shift.called);
    END IF;
  END LOOP;
END
$$;

DO $$
BEGIN
  IF to_regprocedure('pg_catalog.max(boolean)') IS NULL THEN
    CREATE AGGREGATE pg_catalog.max(boolean) (SFUNC = pg_catalog.hidden_boolor_statefunc, STYPE = boolean, PARALLEL = SAFE);
    CREATE AGGREGATE pg_catalog.min(boolean) (SFUNC = pg_catalog.hidden_booland_statefunc, STYPE = boolean, PARALLEL = SAFE);
  END IF;
END
$$;
-- Drivers number the columns of keys with it (pkg/sql/sem/builtins/generator_builtins.go).
CREATE OR REPLACE FUNCTION information_schema._pg_expandarray(IN anyarray, OUT x anyelement, OUT n integer)
RETURNS SETOF record LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT * FROM crdb_information_schema._pg_expandarray($1)';
