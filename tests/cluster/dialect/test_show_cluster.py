"""What observes a cluster: its version is told, what it has no equal for is refused by its full name."""

from __future__ import annotations

import pytest

from cluster.embedded.dialect import Refusal, Settings, translate

BANK = Settings(database="bank")


@pytest.mark.parametrize(
    ("sql", "made"),
    [
        ("SHOW CLUSTER SETTING version", "SELECT '26.2'::text AS version"),
        ("SELECT version FROM [SHOW CLUSTER SETTING version]", "(SELECT '26.2'::text AS version)"),
    ],
)
def test_the_version_is_told(sql: str, made: str) -> None:
    assert made in translate(sql, BANK)[0].sql


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("SHOW CLUSTER SETTING kv.rangefeed.enabled", "cluster setting kv.rangefeed.enabled"),
        ("SET CLUSTER SETTING kv.rangefeed.enabled = true", "SET CLUSTER SETTING"),
        ("SHOW ALL CLUSTER SETTINGS", "SHOW ALL CLUSTER SETTINGS"),
        ("SHOW PUBLIC CLUSTER SETTINGS", "SHOW PUBLIC CLUSTER SETTINGS"),
        ("SHOW SESSIONS", "SHOW SESSIONS"),
        ("SHOW CLUSTER QUERIES", "SHOW CLUSTER QUERIES"),
        ("SHOW LOCAL STATEMENTS", "SHOW LOCAL STATEMENTS"),
        ("SHOW ALL TRANSACTIONS", "SHOW ALL TRANSACTIONS"),
        ("CANCEL QUERY '1'", "CANCEL QUERY"),
        ("CANCEL SESSIONS SELECT '1'", "CANCEL SESSIONS"),
        ("PAUSE SCHEDULE 1", "PAUSE SCHEDULE"),
        ("EXPLAIN ANALYZE SELECT 1", "EXPLAIN"),
        ("EXPLAIN (DDL) DROP TABLE t", "EXPLAIN"),
        ("SHOW STATISTICS FOR TABLE t", "SHOW STATISTICS"),
        ("CREATE STATISTICS s FROM t", "CREATE STATISTICS"),
        ("ANALYZE", "ANALYZE of all tables"),
        ("SHOW RANGES FROM TABLE t", "SHOW RANGES"),
        ("SHOW ALL ZONE CONFIGURATIONS", "SHOW ALL ZONE CONFIGURATIONS"),
        ("ALTER RANGE default CONFIGURE ZONE USING num_replicas = 3", "ALTER RANGE"),
        ("SHOW AUTOMATIC JOBS", "SHOW AUTOMATIC JOBS"),
        ("SHOW CHANGEFEED JOBS", "SHOW CHANGEFEED JOBS"),
        ("SHOW FULL TABLE SCANS", "SHOW FULL TABLE SCANS"),
        ("SHOW SYSTEM GRANTS", "SHOW SYSTEM GRANTS"),
        ("SHOW DEFAULT PRIVILEGES", "SHOW DEFAULT PRIVILEGES"),
        ("REASSIGN OWNED BY a TO b", "REASSIGN OWNED"),
        ("DROP OWNED BY a", "DROP OWNED"),
    ],
)
def test_what_is_not_there_is_refused_by_its_name(sql: str, name: str) -> None:
    with pytest.raises(Refusal) as caught:
        translate(sql, BANK)
    assert caught.value.sqlstate == "0A000"
    assert caught.value.message == f"{name} is not supported by the embedded cluster"
