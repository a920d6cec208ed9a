"""Messages of a client: well formed, in any order; what is in them may lie."""

from __future__ import annotations

from cluster.embedded.front import wire
from tests.fuzz import corpus
from tests.fuzz.run import Dice

NAMES = [b"", b"", b"a", b"b", "é".encode(), b"x" * 70]
STATEMENTS = [
    "SELECT 1", "SELECT 1; SELECT 2", "BEGIN", "COMMIT", "ROLLBACK", "END", "ABORT", "BEGIN; BEGIN",
    "SAVEPOINT cockroach_restart", "ROLLBACK TO SAVEPOINT cockroach_restart",
    "RELEASE SAVEPOINT cockroach_restart", "BEGIN; SAVEPOINT cockroach_restart; SELECT 1",
    "SELECT 1; BEGIN; FOO", "FOO", "USE postgres", "USE nowhere", "USE defaultdb",
    "CREATE DATABASE IF NOT EXISTS fuzz", "DROP DATABASE IF EXISTS fuzz", "DROP DATABASE defaultdb",
    "ALTER DATABASE defaultdb RENAME TO other", "CREATE TABLE t (a INT8 PRIMARY KEY)", "DROP TABLE t",
    "SELECT * FROM t", "INSERT INTO t VALUES (1)", "UPSERT INTO t VALUES (1)", "COPY t (a) FROM STDIN",
    "COPY t FROM STDIN", "COPY (SELECT 1) TO STDOUT", "SELECT $1::INT", "SET autocommit_before_ddl = off",
    "SET autocommit_before_ddl = on", "SET inject_retry_errors_enabled = on", "RESET ALL", "DISCARD ALL",
    "", ";", "SET inject_retry_errors_enabled = off", "SET search_path = x", "SET LOCAL timezone = 'UTC'",
    "SHOW TABLES", "CREATE TABLE a (k INT); CREATE TABLE b (k INT); SELECT 1",
    "INSERT INTO t (a) VALUES (1); CREATE INDEX i ON t (a)", "DO $$x$$", "PREPARE p AS SELECT 1",
    "EXECUTE p", "SELECT 'é😀'", "BEGIN; COPY t (a) FROM STDIN; COMMIT",
]  # fmt: skip


def message(dice: Dice) -> bytes:
    """One message of a client, well formed; what is in it may lie."""
    sql = dice.choice(STATEMENTS) if not dice.one_in(8) else dice.choice(corpus.statements())
    if dice.one_in(100):
        sql += " " * 40_000  # translated beside
    name, portal = dice.choice(NAMES), dice.choice(NAMES)
    either = dice.choice([b"S" + name, b"P" + portal]) + b"\0"
    match dice.randrange(14):
        case 0 | 1 | 2:
            return wire.query(sql)
        case 3 | 4:
            types = dice.choice([b"\0\0", b"\0\1\0\0\0\x14", b"\x7f\xff", b"", bytes(9)])
            return wire.parse(name, sql, types)
        case 5 | 6:
            lies = dice.choice(
                [bytes(6), bytes(6), b"\0\1\0\1\0\1\0\0\0\1x\0\0", b"\xff\xff", b"\0\0\0\5", b""]
            )
            return wire.message(b"B", portal + b"\0" + name + b"\0" + lies)
        case 7 | 8:
            return wire.message(
                b"E", portal + b"\0" + dice.choice([bytes(4), b"\0\0\0\1", b"\xff\xff\xff\xff"])
            )
        case 9:
            return wire.message(b"D", either)
        case 10:
            return wire.message(b"C", either)
        case 11:
            copying = [wire.message(b"d", b"5\n"), wire.message(b"c", b""), wire.message(b"f", b"no\0")]
            return dice.choice(copying)
    return dice.choice([wire.SYNC, wire.SYNC, wire.FLUSH])


def conversation(dice: Dice) -> list[bytes]:
    """Some messages, in any order; mostly with the Syncs that belong to them."""
    found = [message(dice) for _ in range(dice.randrange(1, 12))]
    if dice.one_in(2):
        found.append(wire.SYNC)
    return found
