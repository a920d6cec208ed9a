"""Which schema changes are jobs and how SHOW JOBS describes them; SHOW JOBS and CANCEL JOB as statements.

Sources: pkg/sql/schemachanger/testdata/end_to_end/*/*.side_effects ("create job #1 …"), pkg/sql/sem/tree.
"""

from __future__ import annotations

import pytest

from cluster.embedded.dialect import Catalog, Effect, Job, Refusal, Settings, translate

BANK = Settings(database="bank", catalog=Catalog({}))


def job(sql: str) -> Job | None:
    [found] = translate(sql, BANK)
    return found.job


# The statement, how the job is described, and whether old data is left for the garbage collector.
DESCRIBED = [
    ("create index on t(a)", "CREATE INDEX ON bank.public.t (a)", True),
    (
        "CREATE UNIQUE INDEX IF NOT EXISTS i ON s.t (a desc) storing (c) where a>1 and b is not null",
        "CREATE UNIQUE INDEX IF NOT EXISTS i ON bank.s.t (a DESC) STORING (c) WHERE a > 1 AND b IS NOT NULL",
        True,
    ),
    ("create inverted index i on t (j)", "CREATE INVERTED INDEX i ON bank.public.t (j)", True),
    ("drop index t@i cascade", "DROP INDEX bank.public.t@i CASCADE", True),
    ("alter index t@i rename to j", "ALTER INDEX bank.public.t@i RENAME TO j", False),
    ("drop table if exists t, s.u", "DROP TABLE IF EXISTS bank.public.t, bank.s.u", True),
    ("drop view v", "DROP VIEW bank.public.v", False),
    ("drop sequence q", "DROP SEQUENCE bank.public.q", True),
    ("drop type e", "DROP TYPE bank.public.e", False),
    ("drop schema s", "DROP SCHEMA bank.s", False),
    ("drop database other cascade", "DROP DATABASE other CASCADE", True),
    ("alter table t add column j int", "ALTER TABLE bank.public.t ADD COLUMN j INT8", False),
    (
        "alter table t add \"J\" varchar (20) default 'x' not null, drop column k",
        "ALTER TABLE bank.public.t ADD COLUMN \"J\" VARCHAR(20) NOT NULL DEFAULT 'x', DROP COLUMN k",
        True,
    ),
    (
        "alter table t add column d timestamp with time zone default current_timestamp",
        "ALTER TABLE bank.public.t ADD COLUMN d TIMESTAMPTZ DEFAULT current_timestamp()",
        True,
    ),
    (
        "alter table t add column n numeric(10, 2) as (a*-2) stored",
        "ALTER TABLE bank.public.t ADD COLUMN n DECIMAL(10,2) AS (a * -2) STORED",
        True,
    ),
    (
        "alter table t add constraint c check (a>-1 and b in (1,2))",
        "ALTER TABLE bank.public.t ADD CONSTRAINT c CHECK (a > -1 AND b IN (1, 2))",
        False,
    ),
    (
        "alter table t add constraint f foreign key (a) references u(id) on delete cascade not valid",
        "ALTER TABLE bank.public.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES bank.public.u (id) "
        "ON DELETE CASCADE NOT VALID",
        False,
    ),
    (
        "alter table t add constraint k unique (a, b)",
        "ALTER TABLE bank.public.t ADD CONSTRAINT k UNIQUE (a, b)",
        True,
    ),
    ("alter table t alter a set not null", "ALTER TABLE bank.public.t ALTER COLUMN a SET NOT NULL", False),
    ("alter table t alter a set default 1", "ALTER TABLE bank.public.t ALTER COLUMN a SET DEFAULT 1", False),
    (
        "alter table t alter column a type string using b::text || 'x'",
        "ALTER TABLE bank.public.t ALTER COLUMN a SET DATA TYPE STRING USING b::STRING || 'x'",
        True,
    ),
    ("alter table t rename a to b", "ALTER TABLE bank.public.t RENAME COLUMN a TO b", False),
    ("alter table t rename constraint a to b", "ALTER TABLE bank.public.t RENAME CONSTRAINT a TO b", False),
    ("alter table t drop constraint c", "ALTER TABLE bank.public.t DROP CONSTRAINT c", False),
]


@pytest.mark.parametrize(("sql", "description", "leaves"), DESCRIBED, ids=[row[0] for row in DESCRIBED])
def test_a_job_is_described_by_its_statement_with_full_names(
    sql: str, description: str, leaves: bool
) -> None:
    assert job(sql) == Job("NEW SCHEMA CHANGE", description, garbage=description if leaves else "")


def test_the_members_of_an_enum_change_in_a_job_of_its_own_kind() -> None:
    found = job("alter type e add value if not exists 'x' before 'y'")
    assert found == Job(
        "TYPEDESC SCHEMA CHANGE", "ALTER TYPE bank.public.e ADD VALUE IF NOT EXISTS 'x' BEFORE 'y'"
    )


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE t (k INT PRIMARY KEY)",
        "CREATE VIEW v AS SELECT 1",
        "CREATE SEQUENCE q",
        "CREATE TYPE e AS ENUM ('a')",
        "CREATE SCHEMA s",
        "CREATE DATABASE d",
        "ALTER TABLE t RENAME TO u",
        "ALTER TABLE t SET (schema_locked = false)",
        "COMMENT ON TABLE t IS 'x'",
        "INSERT INTO t (k) VALUES (1)",
        "SELECT 1",
    ],
)
def test_what_is_done_in_the_statements_transaction_is_no_job(sql: str) -> None:
    assert job(sql) is None


@pytest.mark.parametrize(
    ("sql", "source"),
    [
        ("SHOW JOBS", "crdb_catalog.show_jobs()"),
        ("SHOW JOB 7", "show_job(ARRAY[( 7)]::bigint[], false)"),
        ("SHOW JOB WHEN COMPLETE 7", "show_job(ARRAY[( 7)]::bigint[], true)"),
        ("SHOW JOBS SELECT 7", "show_job(ARRAY( SELECT 7)::bigint[], false)"),
        ("SHOW JOBS WHEN COMPLETE SELECT 7", "show_job(ARRAY( SELECT 7)::bigint[], true)"),
        ("SELECT status FROM [SHOW JOBS]", "crdb_catalog.show_jobs()"),
        ("WITH j AS (SHOW JOBS) SELECT status FROM j", "crdb_catalog.show_jobs()"),
        ("WITH j AS (SHOW JOB 7) SELECT status FROM j", "crdb_catalog.show_job("),
    ],
)
def test_show_jobs_reads_the_log(sql: str, source: str) -> None:
    assert source in translate(sql, BANK)[0].sql


@pytest.mark.parametrize(
    ("sql", "argument"),
    [
        ("CANCEL JOB 7", "cancel\0SELECT unnest(ARRAY[( 7)]::bigint[])"),
        ("PAUSE JOB 7 WITH REASON = 'x'", "pause\0SELECT unnest(ARRAY[( 7)]::bigint[])"),
        ("RESUME JOBS SELECT 7", "resume\0SELECT unnest(ARRAY( SELECT 7)::bigint[])"),
        ("CANCEL JOB (SELECT 7)", "cancel\0SELECT unnest(ARRAY[(SELECT 7)]::bigint[])"),
    ],
)
def test_the_front_controls_jobs(sql: str, argument: str) -> None:
    [found] = translate(sql, BANK)
    assert (found.effect, found.argument, found.sql) == (Effect.CONTROL_JOBS, argument, "")


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SHOW JOBS 7", "42601"),
        ("SHOW JOB", "42601"),
        ("SHOW JOBS WHEN COMPLETE", "42601"),
        ("SHOW JOBS FOR SCHEDULE 7", "0A000"),
        ("CANCEL JOB", "42601"),
        ("CANCEL ALL BACKUP JOBS", "0A000"),
        ("CANCEL JOB $1", "0A000"),
    ],
)
def test_what_is_not_there_is_refused(sql: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        translate(sql, BANK)
    assert caught.value.sqlstate == code


@pytest.mark.parametrize(
    ("opened", "answer"),
    [
        (False, "42501 Access to crdb_internal and system is restricted."),
        (True, "0A000 crdb_internal.jobs is not supported by the embedded cluster"),
    ],
)
def test_the_internal_tables_are_closed_and_when_opened_not_there(opened: bool, answer: str) -> None:
    with pytest.raises(Refusal) as caught:
        translate("SELECT * FROM crdb_internal.jobs", Settings(allow_unsafe_internals=opened))
    assert f"{caught.value.sqlstate} {caught.value.message}" == answer
