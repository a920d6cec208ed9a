-- Explicit casts that CockroachDB has and PostgreSQL has not (pkg/sql/sem/cast/cast_map.go; what they give:
-- pkg/sql/sem/eval/cast.go). A time is its seconds since 1970, a date its days, an interval its seconds.

-- A month has 30 days; a year of an interval 365.25 of them, but not as DECIMAL (pkg/util/duration, AsInt64, AsBigInt).
CREATE OR REPLACE FUNCTION crdb_catalog.interval_time(interval) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT extract(hour FROM $1) * 3600 + extract(minute FROM $1) * 60 + extract(second FROM $1)
$$;
CREATE OR REPLACE FUNCTION crdb_catalog.interval_seconds(interval, days_of_year numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT (extract(year FROM $1) * days_of_year + extract(month FROM $1) * 30 + extract(day FROM $1)) * 86400
$$;
-- FromInt64, FromFloat64, FromBigInt: months of 30 days, then days, then the rest to the microsecond.
CREATE OR REPLACE FUNCTION crdb_catalog.of_seconds(numeric) RETURNS interval LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT hidden_make_interval(months => trunc($1 / 2592000)::integer, days => trunc($1 % 2592000 / 86400)::integer)
    + round($1 % 86400, 6) * interval '1 second'
$$;

DO $$
DECLARE
  c record;
BEGIN
  FOR c IN
    SELECT source, target, meaning FROM (VALUES
      ('boolean', 'smallint bigint real double_precision numeric', 'CASE WHEN $1 THEN 1 ELSE 0 END'),
      ('smallint', 'boolean', '$1 <> 0'),
      ('bigint', 'boolean', '$1 <> 0'),
      ('real', 'boolean', '$1 <> 0'),
      ('double_precision', 'boolean', '$1 <> 0'),
      ('numeric', 'boolean', '$1 <> 0'),
      ('date', 'smallint integer bigint real double_precision numeric', '$1 - date ''1970-01-01'''),
      ('timestamp', 'smallint integer bigint', 'floor(extract(epoch FROM $1))'),
      ('timestamp', 'real double_precision numeric', 'extract(epoch FROM $1)'),
      ('timestamptz', 'smallint integer bigint', 'floor(extract(epoch FROM $1))'),
      ('timestamptz', 'real double_precision numeric', 'extract(epoch FROM $1)'),
      ('interval', 'smallint integer bigint',
       'crdb_catalog.interval_seconds($1, 365.25) + trunc(crdb_catalog.interval_time($1))'),
      ('interval', 'real double_precision', 'crdb_catalog.interval_seconds($1, 365.25) + crdb_catalog.interval_time($1)'),
      ('interval', 'numeric', 'round(crdb_catalog.interval_seconds($1, 360) + crdb_catalog.interval_time($1), 9)'),
      ('smallint integer bigint', 'date', 'date ''1970-01-01'' + $1::integer'),
      ('smallint integer bigint', 'timestamp', 'timestamp ''1970-01-01'' + $1 * interval ''1 second'''),
      ('smallint integer bigint', 'timestamptz', 'timestamptz ''1970-01-01 00:00:00+00'' + $1 * interval ''1 second'''),
      ('smallint integer bigint real double_precision numeric', 'interval', 'crdb_catalog.of_seconds($1::numeric)')
    ) casts(sources, targets, meaning),
    unnest(string_to_array(sources, ' ')) source, unnest(string_to_array(targets, ' ')) target
  LOOP
    c.source := replace(c.source, '_', ' ');
    c.target := replace(c.target, '_', ' ');
    CONTINUE WHEN EXISTS (SELECT FROM pg_cast WHERE castsource = c.source::regtype AND casttarget = c.target::regtype);
    EXECUTE format('CREATE OR REPLACE FUNCTION crdb_catalog.%I(%s) RETURNS %s LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE '
                   'AS %L', 'to_' || c.target, c.source, c.target, format('SELECT (%s)::%s', c.meaning, c.target));
    EXECUTE format('CREATE CAST (%1$s AS %2$s) WITH FUNCTION crdb_catalog.%3$I(%1$s)', c.source, c.target, 'to_' || c.target);
  END LOOP;
END
$$;
