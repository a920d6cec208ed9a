"""Unmodified drivers through the front: both protocols, pipelines, COPY, USE, cancellation."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator

import asyncpg
import psutil
import psycopg
import psycopg2
import pytest

import cluster

_numbers = itertools.count(1)


def plain(url: str) -> str:
    return url.replace("cockroachdb://", "postgresql://")


@pytest.fixture(scope="module")
def url(running: cluster.Cluster) -> Iterator[str]:
    """A database that this file has for itself."""
    name = f"clients_{next(_numbers)}"
    with psycopg.connect(plain(running.url("defaultdb")), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        admin.execute(f"USE {name}")
        admin.execute("CREATE TABLE t (a INT8 PRIMARY KEY, b STRING)")
        yield plain(running.url(name))
        admin.execute("USE defaultdb")
        admin.execute(f"DROP DATABASE {name}")


@pytest.fixture
def session(url: str) -> Iterator[psycopg.Connection]:
    """psycopg 3 in autocommit, on an empty table; said: the notices."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DELETE FROM t")
        connection.said = []  # type: ignore[attr-defined]
        connection.add_notice_handler(lambda notice: connection.said.append(notice.message_primary))
        yield connection


def keys(session: psycopg.Connection) -> list[int]:
    return [row[0] for row in session.execute("SELECT a FROM t ORDER BY a")]


def test_what_the_client_is_told_of_the_server(session: psycopg.Connection) -> None:
    status = session.info.parameter_status
    assert status("crdb_version") == session.execute("SELECT version()").fetchone()[0]
    assert status("crdb_version").startswith("CockroachDB CCL v26.2.")
    assert (status("server_version"), status("is_superuser")) == ("13.0.0", "off")  # no admin
    assert session.info.server_version == 130000


@pytest.mark.parametrize("binary", [False, True])
def test_both_protocols_and_formats(session: psycopg.Connection, binary: bool) -> None:
    for number in range(10):  # psycopg prepares it after a few
        session.execute("INSERT INTO t VALUES (%s, %s)", (number, "x" * number), binary=binary)
    rows = session.execute("SELECT * FROM t WHERE a > %s ORDER BY a", (7,), binary=binary).fetchall()
    assert rows == [(8, "x" * 8), (9, "x" * 9)]


def test_large_results(session: psycopg.Connection) -> None:
    rows = session.execute("SELECT n, repeat('x', 200) FROM generate_series(1, 20000) AS s(n)").fetchall()
    assert len(rows) == 20_000
    assert rows[-1] == (20_000, "x" * 200)


def test_large_texts(session: psycopg.Connection) -> None:
    text = "é" * 2_000_000
    assert session.execute("SELECT length(%s::STRING)", (text,)).fetchone() == (2_000_000,)
    assert session.execute(f"SELECT length('{text}')").fetchone() == (2_000_000,)


def test_ddl_in_a_transaction(session: psycopg.Connection) -> None:
    session.execute("BEGIN")
    session.execute("INSERT INTO t VALUES (1, 'kept')")
    session.execute("CREATE TABLE made (a INT8 PRIMARY KEY)")
    session.execute("ROLLBACK")
    assert keys(session) == [1]
    assert session.said == [  # type: ignore[attr-defined]
        "auto-committing transaction before processing DDL due to autocommit_before_ddl setting",
        "there is no transaction in progress",
    ]
    session.execute("DROP TABLE made")


def test_the_retry_protocol_sees_what_others_committed_meanwhile(
    session: psycopg.Connection, url: str
) -> None:
    session.execute("INSERT INTO t VALUES (1, 'old')")
    session.execute("BEGIN")
    session.execute("SAVEPOINT cockroach_restart")
    session.execute("SELECT b FROM t")
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("UPDATE t SET b = 'new'")
    with pytest.raises(psycopg.errors.SerializationFailure, match=r"^restart transaction"):
        session.execute("UPDATE t SET b = b || '!'")
    session.execute("ROLLBACK TO SAVEPOINT cockroach_restart")
    assert session.execute("UPDATE t SET b = b || '!' RETURNING b").fetchone() == ("new!",)
    session.execute("RELEASE SAVEPOINT cockroach_restart")
    session.execute("COMMIT")
    assert session.execute("SELECT b FROM t").fetchone() == ("new!",)


def test_a_batch_is_one_transaction(session: psycopg.Connection) -> None:
    """pgtest/batch_stmt."""
    with pytest.raises(psycopg.errors.DivisionByZero):
        session.execute("INSERT INTO t VALUES (1, ''); SELECT 1 / 0; INSERT INTO t VALUES (2, '')")
    assert keys(session) == []
    with pytest.raises(psycopg.errors.DivisionByZero):
        session.execute(
            "INSERT INTO t VALUES (2, ''); BEGIN; INSERT INTO t VALUES (3, ''); COMMIT; SELECT 1 / 0"
        )
    assert keys(session) == [2, 3]


def test_a_pipeline(session: psycopg.Connection) -> None:
    with session.pipeline() as pipeline:
        first = session.execute("INSERT INTO t VALUES (%s, %s)", (1, "p"))
        made = session.execute("CREATE TABLE piped (a INT8 PRIMARY KEY)")
        count = session.execute("SELECT count(*) FROM t")
        pipeline.sync()
        assert (first.statusmessage, made.statusmessage) == ("INSERT 0 1", "CREATE TABLE")
        assert count.fetchone() == (1,)
    session.execute("DROP TABLE piped")


def test_an_error_in_a_pipeline_rolls_it_back(session: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.SyntaxError), session.pipeline():
        session.execute("INSERT INTO t VALUES (%s, %s)", (1, "p"))
        session.execute("FROBNICATE")
        session.execute("INSERT INTO t VALUES (%s, %s)", (2, "p"))
    assert keys(session) == []


def test_copy(session: psycopg.Connection) -> None:
    with session.cursor() as cursor:
        with cursor.copy("COPY t FROM STDIN") as copy:
            for number in range(5000):
                copy.write_row((number, "x" * 100))
        with cursor.copy("COPY t TO STDOUT") as copy:
            assert sum(1 for _ in copy.rows()) == 5000
    assert session.execute("SELECT count(*) FROM t").fetchone() == (5000,)


def test_copy_where_every_statement_is_looked_at(session: psycopg.Connection) -> None:
    session.execute("SET inject_retry_errors_enabled = on")
    with session.cursor() as cursor, cursor.copy("COPY t FROM STDIN") as copy:
        copy.write_row((1, "x"))
    assert keys(session) == [1]


def test_use_in_a_driver_s_transaction(url: str) -> None:
    """psycopg2 opens a transaction by itself before a USE; ipython-sql works like that."""
    connection = psycopg2.connect(url)
    cursor = connection.cursor()
    cursor.execute("USE defaultdb")
    cursor.execute("SELECT current_database()")
    assert cursor.fetchone() == ("defaultdb",)
    connection.commit()
    cursor.execute("SELECT current_database()")
    assert cursor.fetchone() == ("defaultdb",)
    connection.close()


def test_prepared_statements_outlive_use(session: psycopg.Connection, url: str) -> None:
    session.execute("INSERT INTO t VALUES (1, 'x')")
    name = session.info.dbname
    for _ in range(2):
        assert session.execute("SELECT * FROM t WHERE a = %s", (1,), prepare=True).fetchall() == [(1, "x")]
        session.execute("USE defaultdb")
        session.execute(f"USE {name}")


def test_drop_the_current_database(running: cluster.Cluster, session: psycopg.Connection) -> None:
    session.execute("CREATE DATABASE doomed")
    with (
        psycopg.connect(plain(running.url("doomed")), autocommit=True) as inside,
        psycopg.connect(plain(running.url("doomed")), autocommit=True) as dropping,
    ):
        inside.execute("CREATE TABLE t (a INT8 PRIMARY KEY)")
        dropping.execute("DROP DATABASE doomed")
        for each in (inside, dropping):
            assert each.execute("SELECT 1").fetchone() == (1,)
            with pytest.raises(psycopg.errors.UndefinedTable):
                each.execute("SELECT * FROM t")
            with pytest.raises(psycopg.errors.InvalidCatalogName, match='database "doomed" does not exist'):
                each.execute("SHOW TABLES")
        dropping.execute("CREATE DATABASE doomed")
        dropping.execute("CREATE TABLE u (a INT8 PRIMARY KEY)")
        inside.execute("USE doomed")
        assert inside.execute("SELECT * FROM u").fetchall() == []
    session.execute("DROP DATABASE doomed")


def test_a_refused_change_of_databases_leaves_nothing_behind(session: psycopg.Connection) -> None:
    for _ in range(2):
        with pytest.raises(psycopg.errors.InvalidCatalogName, match='database "nowhere" does not exist'):
            session.execute("DROP DATABASE nowhere")
    session.execute("CREATE DATABASE somewhere")
    with pytest.raises(psycopg.errors.DuplicateDatabase):
        session.execute("CREATE DATABASE somewhere")
    session.execute("DROP DATABASE somewhere")
    assert session.execute("SELECT count(*) FROM pg_prepared_statements").fetchone() == (0,)


def test_no_such_database(running: cluster.Cluster) -> None:
    with pytest.raises(psycopg.OperationalError, match='database "nowhere" does not exist'):
        psycopg.connect(plain(running.url("nowhere")))


def test_options_of_the_url(url: str) -> None:
    options = "-c autocommit_before_ddl=off --application_name=lesson -c no_such_setting=1"
    with psycopg.connect(url, options=options, autocommit=True) as session:
        assert session.execute("SHOW autocommit_before_ddl").fetchone() == ("off",)
        assert session.execute("SHOW application_name").fetchone() == ("lesson",)
        session.execute("BEGIN")
        session.execute("CREATE TABLE undone (a INT8 PRIMARY KEY)")
        assert session.info.transaction_status.name == "INTRANS"
        session.execute("ROLLBACK")
        with pytest.raises(psycopg.errors.UndefinedTable):
            session.execute("SELECT * FROM undone")


def test_asyncpg(url: str) -> None:
    async def use() -> list[object]:
        session = await asyncpg.connect(url)
        await session.execute("DELETE FROM t")
        await session.executemany("INSERT INTO t VALUES ($1, $2)", [(n, "m") for n in range(20)])
        async with session.transaction():
            await session.execute("SAVEPOINT cockroach_restart")
            await session.fetch("SELECT $1::INT8", 1)
            await session.execute("ROLLBACK TO SAVEPOINT cockroach_restart")
            await session.fetch("INSERT INTO t VALUES ($1, $2)", 100, "x")
            await session.execute("RELEASE SAVEPOINT cockroach_restart")
        async with session.transaction():
            found = [row[0] async for row in session.cursor("SELECT a FROM t ORDER BY a", prefetch=7)]
        await session.close()
        return found

    assert asyncio.run(use()) == [*range(20), 100]


def test_a_query_can_be_cancelled(url: str) -> None:
    async def use() -> object:
        session = await asyncpg.connect(url)
        with pytest.raises(TimeoutError):
            await session.execute("SELECT pg_sleep(60)", timeout=0.3)
        answer = await session.fetchval("SELECT 5")
        await session.close()
        return answer

    assert asyncio.run(use()) == 5


def test_a_client_that_goes_away_stops_its_query(url: str) -> None:
    async def use() -> None:
        session = await asyncpg.connect(url)
        backend = psutil.Process(await session.fetchval("SELECT pg_backend_pid()"))
        work = asyncio.ensure_future(session.execute("SELECT pg_sleep(61)"))
        while "SELECT" not in " ".join(backend.cmdline()):  # its title says what it runs
            await asyncio.sleep(0)
        session.terminate()
        while backend.is_running():
            await asyncio.sleep(0)
        work.cancel()

    asyncio.run(asyncio.wait_for(use(), 20))


@pytest.mark.parametrize("early_sync", [True, False])
def test_copy_in_the_extended_protocol(url: str, session: psycopg.Connection, early_sync: bool) -> None:
    """The backend swallows a Sync that comes during COPY; asyncpg and psycopg do not do it, others may."""
    pgconn = session.pgconn
    pgconn.send_query_params(b"COPY t FROM STDIN", [])  # libpq sends Sync at once
    if early_sync:
        pgconn.flush()
    result = pgconn.get_result()
    assert result is not None
    assert result.status == psycopg.pq.ExecStatus.COPY_IN
    pgconn.put_copy_data(b"1\tx\n2\ty\n")
    pgconn.put_copy_end()
    while (result := pgconn.get_result()) is not None:
        assert result.status == psycopg.pq.ExecStatus.COMMAND_OK
    assert keys(session) == [1, 2]
    session.execute("USE defaultdb")  # waits until nothing is owed
    assert session.execute("SELECT 1").fetchone() == (1,)


def test_what_does_not_belong_into_copy_ends_it(session: psycopg.Connection) -> None:
    pgconn = session.pgconn
    pgconn.send_query(b"COPY t FROM STDIN")
    result = pgconn.get_result()
    assert result is not None
    pgconn.put_copy_data(b"1\tx\n")
    pgconn.put_copy_end(b"changed my mind")
    result = pgconn.get_result()
    assert result is not None
    assert b"changed my mind" in result.error_message
    assert pgconn.get_result() is None
    assert keys(session) == []


def test_documents_of_a_statement_that_was_described_once(url: str) -> None:
    """asyncpg describes a statement when it prepares it, and never again: keys are in order all the same."""

    async def read() -> list[list[object]]:
        session = await asyncpg.connect(url)
        documents = await session.prepare("""SELECT $1::INT, '{"b": 1, "aa": 2}'::JSONB""")
        other = await session.prepare("""SELECT '{"b": 1, "aa": 2}'""")
        asked = ((documents, [1]), (other, []), (documents, [2]))
        found = [list(await each.fetchrow(*args)) for each, args in asked]
        await session.close()
        return found

    sorted_keys = '{"aa": 2, "b": 1}'
    assert asyncio.run(read()) == [[1, sorted_keys], ['{"b": 1, "aa": 2}'], [2, sorted_keys]]
