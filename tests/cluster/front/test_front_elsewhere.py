"""Relations of another database are refused by name, never called unknown."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

import cluster

from .test_front_hostile import connect


@pytest.fixture
def elsewhere(running: cluster.Cluster) -> Iterator[psycopg.Connection]:
    with connect(running) as session:
        session.execute("CREATE DATABASE IF NOT EXISTS far")
        session.execute("USE far")
        session.execute("CREATE TABLE IF NOT EXISTS t (k INT PRIMARY KEY)")
        session.execute("USE defaultdb")
        yield session
        session.execute("DROP DATABASE far")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM far.t",
        "SELECT * FROM far.public.t",
        "INSERT INTO far.t VALUES (1)",
        "UPDATE far.t SET k = 1",
        "DROP TABLE far.t",
        "TRUNCATE far.t",
        "ALTER TABLE far.t ADD COLUMN v INT",
        "CREATE TABLE far.u (k INT PRIMARY KEY)",
        "SHOW COLUMNS FROM far.t",
    ],
)
def test_another_database_is_refused(elsewhere: psycopg.Connection, sql: str) -> None:
    with pytest.raises(psycopg.errors.FeatureNotSupported, match="another database"):
        elsewhere.execute(sql)


def test_what_is_nowhere_is_unknown(elsewhere: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable):
        elsewhere.execute("SELECT * FROM nowhere.t")
