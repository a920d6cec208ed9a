"""What is refused by name of schema changes in explicit transactions."""

from __future__ import annotations

import psycopg
import pytest

import cluster

from .test_front_hostile import connect

SETUP = """
DROP TABLE IF EXISTS changed;
CREATE TABLE changed (k INT PRIMARY KEY, v INT) WITH (schema_locked = false);
INSERT INTO changed VALUES (1, 1), (2, 1)
"""


@pytest.mark.parametrize(
    ("statements", "feature"),
    [
        (["ALTER TABLE changed ADD COLUMN w INT", "SHOW COLUMNS FROM changed"], "SHOW"),
        (["CREATE UNIQUE INDEX ON changed (v)", "CREATE TABLE more (k INT PRIMARY KEY)"], "after one that"),
        (["ALTER TABLE changed ADD COLUMN w INT", "CREATE UNIQUE INDEX ON changed (v)"], "the rows refuse"),
        (
            ["SET TRANSACTION ISOLATION LEVEL READ COMMITTED", "CREATE TABLE m (k INT PRIMARY KEY)"],
            "READ COMM",
        ),
        (["DECLARE c CURSOR FOR SELECT k FROM changed", "CREATE SCHEMA within"], "open cursors"),
        (["CREATE DATABASE within"], "in a transaction"),
    ],
)
def test_refused_by_name(running: cluster.Cluster, statements: list[str], feature: str) -> None:
    with connect(running) as session:
        for sql in SETUP.split(";"):
            session.execute(sql)
        session.execute("SET autocommit_before_ddl = off")
        session.execute("BEGIN")
        for sql in statements[:-1]:
            session.execute(sql)
        with pytest.raises(psycopg.errors.FeatureNotSupported, match=feature) as refused:
            session.execute(statements[-1])
        assert "not supported by the embedded cluster" in str(refused.value)
        session.execute("ROLLBACK")
