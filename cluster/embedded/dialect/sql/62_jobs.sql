-- SHOW JOBS: the jobs from the log that the front keeps (front/jobs.py): one JSON object a line, the last one of an
-- id counts. Sources: pkg/sql/delegate/show_jobs.go, pkg/sql/crdb_internal.go (jobs).

CREATE OR REPLACE FUNCTION crdb_catalog.jobs() RETURNS TABLE (
  job_id bigint, job_type text, description text, statement text, user_name text, status text, running_status text,
  created timestamptz, started timestamptz, finished timestamptz, modified timestamptz, fraction_completed float8,
  error text, coordinator_id bigint, trace_id bigint, execution_errors text[]
) LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
  WITH lines AS (
    SELECT DISTINCT ON ((one ->> 'id')::bigint) one
    FROM hidden_string_to_table(hidden_pg_read_file('crdb_jobs.log', true), E'\n') WITH ORDINALITY l (line, number),
         LATERAL (SELECT CASE WHEN line IS JSON OBJECT THEN line::jsonb END AS one) parsed
    WHERE one IS NOT NULL ORDER BY (one ->> 'id')::bigint, number DESC
  ), found AS (
    SELECT (one ->> 'id')::bigint AS id, one ->> 'kind' AS kind, one ->> 'description' AS description,
           one ->> 'user' AS owner, one ->> 'status' AS status, one ->> 'error' AS error,
           to_timestamp((one ->> 'created')::float8) AS created, to_timestamp((one ->> 'finished')::float8) AS finished
    FROM lines WHERE one ->> 'status' <> ''
  ), aged AS (
    -- What was dropped is removed after gc.ttlseconds, 4 hours by default.
    SELECT id, kind, description, owner, error, created,
           CASE WHEN collected THEN 'succeeded' ELSE status END AS status,
           CASE WHEN collected THEN created + interval '4 hours' ELSE finished END AS finished
    FROM found, LATERAL (SELECT kind = 'SCHEMA CHANGE GC' AND status = 'running'
                                AND created < clock_timestamp() - interval '4 hours' AS collected) c
  )
  SELECT id, kind, description, '', owner, status,
         CASE WHEN kind = 'SCHEMA CHANGE GC' AND status = 'running' THEN 'waiting for MVCC GC' END,
         created, created, finished, coalesce(finished, created), CASE WHEN status = 'succeeded' THEN 1 ELSE 0 END,
         error, CASE WHEN finished IS NULL THEN 1 END, 0, '{}'::text[]
  FROM aged WHERE owner = session_user OR crdb_catalog.sees_all_jobs()
$$;

-- Members of admin see the jobs of all (docs, "SHOW JOBS", required privileges).
CREATE OR REPLACE FUNCTION crdb_catalog.sees_all_jobs() RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT session_user IN ('root', 'demo')
$$;

-- SHOW JOBS: those that run, the youngest first, then those that ended in the last 12 hours.
CREATE OR REPLACE FUNCTION crdb_catalog.show_jobs() RETURNS TABLE (
  job_id bigint, job_type text, description text, user_name text, status text, running_status text,
  created timestamptz, started timestamptz, finished timestamptz, modified timestamptz, fraction_completed float8,
  error text, coordinator_id bigint
) LANGUAGE sql VOLATILE AS $$
  SELECT job_id, job_type,
         CASE WHEN length(description) > 70 THEN substr(description, 1, 59) || ' … ' || right(description, 7)
              ELSE description END,
         user_name, status, running_status, date_trunc('second', created), date_trunc('second', started),
         date_trunc('second', finished), date_trunc('second', modified), fraction_completed, error, coordinator_id
  FROM crdb_catalog.jobs()
  WHERE finished IS NULL OR finished > clock_timestamp() - interval '12 hours'
  ORDER BY coalesce(jobs.finished, 'infinity') DESC, jobs.started DESC, job_id DESC
$$;

-- SHOW JOB id, SHOW JOBS query: these, whatever their age, with two more columns.
CREATE OR REPLACE FUNCTION crdb_catalog.show_job(ids bigint[], complete boolean) RETURNS TABLE (
  job_id bigint, job_type text, description text, statement text, user_name text, status text, running_status text,
  created timestamptz, started timestamptz, finished timestamptz, modified timestamptz, fraction_completed float8,
  error text, coordinator_id bigint, trace_id bigint, execution_errors text[]
) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  since timestamptz := clock_timestamp();
BEGIN
  -- WHEN COMPLETE waits, a day at most.
  WHILE complete AND EXISTS (SELECT FROM crdb_catalog.jobs() j WHERE j.job_id = ANY (ids) AND j.finished IS NULL) LOOP
    IF clock_timestamp() > since + interval '24 hours' THEN
      RAISE EXCEPTION 'timed out waiting for jobs' USING ERRCODE = '55000';
    END IF;
    PERFORM hidden_pg_sleep(0.05);
  END LOOP;
  RETURN QUERY SELECT j.job_id, j.job_type, j.description, j.statement, j.user_name, j.status, j.running_status,
    date_trunc('second', j.created), date_trunc('second', j.started), date_trunc('second', j.finished),
    date_trunc('second', j.modified), j.fraction_completed, j.error, j.coordinator_id, j.trace_id, j.execution_errors
    FROM crdb_catalog.jobs() j WHERE j.job_id = ANY (ids) ORDER BY 1;
END
$$;

-- IF [NOT] EXISTS found nothing to do: tells the front (front/relay.py), and nobody else, that there was no job.
CREATE OR REPLACE FUNCTION crdb_catalog.nothing_done() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE NOTICE USING ERRCODE = 'C0DB0', MESSAGE = 'nothing was done, skipping';
END
$$;
