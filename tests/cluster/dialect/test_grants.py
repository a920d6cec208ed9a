"""Users, roles and privileges: what PostgreSQL is asked, and what a user who may not do a thing is told.

Sources: docs v26.2, "GRANT", "CREATE ROLE", "Authorization"; pkg/sql/authorization.go.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg2
import pytest

from cluster.embedded.dialect import Refusal, Settings, translate, translate_error

from ..conftest import Client

BANK = Settings(database="bank")


@pytest.mark.parametrize(
    ("sql", "made"),
    [
        ("CREATE USER App WITH PASSWORD 'x'", "CREATE ROLE \"app\" PASSWORD 'x' LOGIN"),
        ("CREATE USER app PASSWORD roach", "CREATE ROLE \"app\" PASSWORD 'roach' LOGIN"),
        ("CREATE ROLE r", 'CREATE ROLE "r"'),
        ("CREATE ROLE r LOGIN CREATEDB", 'CREATE ROLE "r" LOGIN CREATEDB'),
        ("ALTER USER app WITH PASSWORD NULL", 'ALTER ROLE "app" PASSWORD NULL'),
        ("GRANT r TO app, b WITH ADMIN OPTION", 'GRANT "r" TO "app", "b" WITH ADMIN OPTION'),
        ("REVOKE ADMIN OPTION FOR r FROM app", 'REVOKE ADMIN OPTION FOR "r" FROM "app"'),
        ("GRANT SELECT, INSERT ON t, s.u TO app", 'GRANT SELECT, INSERT ON TABLE "t", "s"."u" TO "app"'),
        ("GRANT ALL PRIVILEGES ON TABLE bank.public.t TO app", 'GRANT ALL ON TABLE "public"."t" TO "app"'),
        ("GRANT SELECT ON t TO public", 'GRANT SELECT ON TABLE "t" TO PUBLIC'),
        (
            "REVOKE GRANT OPTION FOR UPDATE ON t FROM app",
            'REVOKE GRANT OPTION FOR UPDATE ON TABLE "t" FROM "app"',
        ),
        ("GRANT USAGE ON SCHEMA s TO app", 'GRANT USAGE ON SCHEMA "s" TO "app"'),
        ("GRANT CONNECT ON DATABASE bank TO app", 'GRANT CONNECT ON DATABASE "bank" TO "app"'),
        (
            "ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO app",
            'ALTER DEFAULT PRIVILEGES IN SCHEMA "s" GRANT SELECT ON TABLES TO "app"',
        ),
    ],
)
def test_postgres_is_asked_for_the_same(sql: str, made: str) -> None:
    assert translate(sql, BANK)[0].sql == made


def test_all_tables_are_the_sequences_too() -> None:
    """docs, "GRANT": ALL TABLES IN SCHEMA."""
    [found] = translate("GRANT INSERT, SELECT ON ALL TABLES IN SCHEMA s TO app", BANK)
    assert 'GRANT INSERT, SELECT ON ALL TABLES IN SCHEMA "s" TO "app"' in found.sql
    assert 'GRANT SELECT ON ALL SEQUENCES IN SCHEMA "s" TO "app"' in found.sql


@pytest.mark.parametrize(
    ("sql", "answer"),
    [
        ("GRANT USAGE ON TABLE t TO app", "0LP01 invalid privilege type USAGE for table"),
        ("GRANT SELECT ON DATABASE d TO app", "0LP01 invalid privilege type SELECT for database"),
        ("GRANT nonsense ON t TO app", '42601 not a valid privilege: "nonsense"'),
        ("CREATE ROLE admin", "42710 a role/user named admin already exists"),
        ("CREATE ROLE public", '42939 role name "public" is reserved'),
        ("CREATE ROLE current_user", "42939 CURRENT_USER cannot be used as a role name here"),
        ("GRANT DROP ON TABLE t TO app", "0A000 privilege DROP on a table is not supported"),
        ("GRANT admin TO app", "0A000 membership in the role admin is not supported"),
        ("GRANT SYSTEM VIEWJOB TO app", "0A000 GRANT SYSTEM is not supported"),
        ("CREATE USER app WITH CONTROLJOB", "0A000 role option CONTROLJOB is not supported"),
        ("CREATE USER app VALID UNTIL '2030-01-01'", "0A000 role option VALID is not supported"),
        ("ALTER ROLE app SET search_path = s", "0A000 ALTER ROLE … SET is not supported"),
        ("ALTER DEFAULT PRIVILEGES FOR ALL ROLES GRANT SELECT ON TABLES TO app", "0A000 "),
        ("REVOKE CONNECT ON DATABASE defaultdb FROM public", "0A000 "),
        ("SHOW GRANTS", "0A000 SHOW GRANTS of everything is not supported"),
        ("GRANT SELECT ON t", "42601 "),
        ("REVOKE SELECT ON t TO app", "42601 "),
    ],
)
def test_what_is_wrong_or_missing(sql: str, answer: str) -> None:
    with pytest.raises(Refusal) as caught:
        translate(sql, BANK)
    assert f"{caught.value.sqlstate} {caught.value.message}".startswith(answer)


@pytest.mark.parametrize(
    ("sql", "denied", "told"),
    [
        ("SELECT * FROM t", "table t", "SELECT privilege on relation t"),
        ("INSERT INTO t VALUES (1)", "table t", "INSERT privilege on relation t"),
        ("INSERT INTO u SELECT * FROM t", "table t", "SELECT privilege on relation t"),
        ("UPDATE public.t SET v = 1", "table t", "UPDATE privilege on relation t"),
        ("DELETE FROM t WHERE k = 1", "table t", "DELETE privilege on relation t"),
        ("TRUNCATE t", "table t", "DROP privilege on relation t"),
        ("SELECT * FROM v", "view v", "SELECT privilege on relation v"),
        ("SELECT nextval('q')", "sequence q", "USAGE privilege on relation q"),
        ("CREATE TABLE s.t (k INT)", "schema s", "CREATE privilege on schema s"),
        ("SELECT * FROM s.t", "schema s", "USAGE privilege on schema s"),
        ("CREATE SCHEMA s", "database bank", "CREATE privilege on database bank"),
    ],
)
def test_a_missing_privilege_is_named(sql: str, denied: str, told: str) -> None:
    fields = {"C": "42501", "M": f"permission denied for {denied}"}
    assert translate_error(fields, sql, "app")["M"] == f"user app does not have {told}"


@pytest.fixture
def app(client: Client) -> Iterator[Client]:
    """A user of its own."""
    client.rows("CREATE USER app WITH PASSWORD 'right'")
    user = urlsplit(client.url)
    session = Client(client.url.replace(f"{user.username}:{user.password}@", "app:right@"))
    yield session
    session.connection.close()
    client.rows("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM app")
    client.rows("DROP USER app")


def test_a_new_user_connects_and_may_do_what_was_granted(client: Client, app: Client) -> None:
    client.rows("CREATE TABLE granted (k INT PRIMARY KEY)")
    assert app.one("SELECT current_user()") == "app"
    assert app.error("SELECT * FROM granted")[:2] == (
        "42501",
        "user app does not have SELECT privilege on relation granted",
    )
    client.rows("GRANT SELECT ON TABLE granted TO app")
    assert app.rows("SELECT * FROM granted") == []
    assert app.error("INSERT INTO granted VALUES (1)").message == (
        "user app does not have INSERT privilege on relation granted"
    )
    client.rows("REVOKE SELECT ON TABLE granted FROM app")
    assert app.error("SELECT * FROM granted").sqlstate == "42501"
    assert app.error("DROP TABLE granted")[:2] == (
        "42501",
        "user app does not have DROP privilege on relation granted",
    )
    assert app.error("ALTER TABLE granted ALTER COLUMN k SET DEFAULT 1")[:2] == (
        "42501",
        "must be owner of table granted or have CREATE privilege on table granted",
    )
    client.rows("GRANT ALL ON TABLE granted TO app")  # CockroachDB would let app do it then
    assert app.error("DROP TABLE granted").sqlstate == "0A000"


def test_a_new_user_with_a_wrong_password_stays_outside(client: Client, app: Client) -> None:
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed for user app"):
        Client(app.url.replace("app:right@", "app:wrong@"))


def test_the_admin_reaches_what_a_new_user_made(client: Client, app: Client) -> None:
    app.rows("CREATE TABLE theirs (k INT PRIMARY KEY)")
    client.rows("INSERT INTO theirs VALUES (1)")
    client.rows("ALTER TABLE theirs ADD COLUMN v INT")
    client.rows("DROP TABLE theirs")


def test_a_user_sees_only_jobs_of_their_own(client: Client, app: Client) -> None:
    client.rows("CREATE TABLE of_the_admin (k INT PRIMARY KEY)")
    client.rows("ALTER TABLE of_the_admin ADD COLUMN v INT")
    app.rows("CREATE TABLE theirs (k INT PRIMARY KEY)")
    app.rows("ALTER TABLE theirs ADD COLUMN v INT")
    assert app.column("SELECT DISTINCT user_name FROM [SHOW JOBS]") == ["app"]
    theirs = app.one("SELECT job_id FROM [SHOW JOBS] LIMIT 1")
    assert app.error(f"CANCEL JOB {theirs}").sqlstate == "42501"
    client.rows("DROP TABLE theirs")
