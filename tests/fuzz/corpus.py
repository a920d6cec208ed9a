"""Statements to begin with: those of the lessons, the facts and the tests, and words to make others from."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

HEADS = """
SELECT|INSERT INTO|UPSERT INTO|UPDATE|DELETE FROM|WITH|CREATE TABLE|CREATE INDEX|CREATE UNIQUE INDEX|EXECUTE
ALTER INDEX|DROP TABLE|DROP INDEX|DROP DATABASE|CREATE DATABASE|CREATE VIEW|CREATE TYPE|CREATE SEQUENCE|FETCH
COMMENT ON|SET|SHOW|RESET|BEGIN|ROLLBACK|SAVEPOINT|PREPARE|DECLARE|COPY|TRUNCATE|TABLE|USE|CREATE SCHEMA
ALTER TABLE|ALTER TYPE|ALTER DATABASE|EXPLAIN|VALUES|CANCEL JOB|SHOW CREATE TABLE|SHOW JOBS|SHOW COLUMNS FROM
ALTER SEQUENCE|DROP TYPE|DROP VIEW|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT|DEALLOCATE|CLOSE|DISCARD|ANALYZE"""
WORDS = """
h a b rowid x "Q" * , , . . ; = :: ::: // @ - + < 1 2.5 'x' b'y' $1 AS FROM WHERE SELECT VALUES RETURNING ON
CONFLICT DO NOTHING UPDATE SET ORDER BY LIMIT DESC NULLS JOIN USING INT STRING NOT NULL PRIMARY KEY UNIQUE
CHECK DEFAULT REFERENCES GENERATED ALWAYS STORED VIRTUAL INDEX CONSTRAINT IF EXISTS ADD DROP COLUMN ALTER TYPE
RENAME TO WITH CASCADE AND BETWEEN CASE WHEN END IFNULL extract INTO TABLE DISTINCT IS LEVEL TRANSACTION
ISOLATION CURSOR FOR SHOW TABLES bank public current_user OVER FILTER () [] (a) (a,b) STORING HASH INVERTED
SEQUENCE ENUM SCHEMA OWNER LOCALITY FAMILY COMMENT EXPRESSION COLLATE ARRAY[1] INT[] INTERVAL TIMESTAMPTZ
AS_OF SYSTEM TIME FORCE_INDEX {} % ~ || -> ->> @> e'\\n' x'ff' $$q$$ /*c*/ --c FALSE TRUE NULL ::: BYTES"""
STATEMENTS = [
    "SELECT 1",
    "SELECT * FROM h",
    "SELECT IF(a > 1, 'x', 'y'), IFNULL(b, 'z') FROM h WHERE a BETWEEN 1 AND 2 ORDER BY b DESC LIMIT 3",
    "INSERT INTO h VALUES (1, 'a'), (2, 'b') RETURNING *",
    "UPSERT INTO h (a, b) VALUES (1, 'it''s')",
    "UPDATE h SET b = 'x' WHERE b = 'y' ORDER BY a LIMIT 1",
    "DELETE FROM h WHERE b LIKE 'a%' LIMIT 2",
    "CREATE TABLE t (k STRING(10) PRIMARY KEY DEFAULT 'd', w INT AS (k::INT) STORED, CHECK (k <> ''))",
    "CREATE UNIQUE INDEX i ON h (a DESC, b) STORING (rowid) WHERE b = 'x'",
    "ALTER TABLE h ADD COLUMN c STRING NOT NULL DEFAULT 'c', ADD CONSTRAINT ck CHECK (c BETWEEN 'a' AND 'b')",
    "ALTER TABLE h ALTER COLUMN b SET DEFAULT 'y'",
    "ALTER TABLE h ALTER COLUMN b TYPE STRING USING b || 'x'",
    "COMMENT ON TABLE h IS 'what ''it'' is'",
    "COMMENT ON COLUMN h.a IS 'x'",
    "CREATE TYPE e AS ENUM ('one', 'two')",
    "ALTER TYPE e ADD VALUE 'three' BEFORE 'one'",
    "CREATE VIEW v AS SELECT a, 'lit' AS l FROM h",
    "SET application_name = 'me'",
    "SET search_path = 'x', public",
    "SHOW CREATE TABLE h",
    "SELECT * FROM [SHOW COLUMNS FROM h] WHERE column_name = 'a'",
    "PREPARE p AS SELECT $1::STRING || 'x'",
    "EXECUTE p('x')",
    "DECLARE c CURSOR FOR SELECT 'x'",
    "COPY h (a, b) FROM STDIN WITH (FORMAT csv, DELIMITER ';', NULL 'n')",
    "SELECT h@{FORCE_INDEX=h_pkey}.a FROM h@i JOIN h AS g USING (a) WHERE h.a // 2 = 1 AND b = b'\\x61'",
    "CREATE DATABASE d WITH ENCODING = 'UTF8'",
    "USE 'bank'",
    "BEGIN; SAVEPOINT cockroach_restart; SELECT 1; RELEASE SAVEPOINT cockroach_restart; COMMIT",
    "CREATE TABLE s (a INT, INDEX (a) USING HASH WITH (bucket_count = 4)) WITH (ttl_expire_after = '1 day')",
    "SELECT array_agg(b ORDER BY a) FILTER (WHERE a > 1), count(*) OVER (PARTITION BY b ORDER BY a) FROM h",
    "WITH q AS (INSERT INTO h VALUES (1, 'x') RETURNING *) SELECT * FROM q",
    "SELECT CAST(a AS STRING), extract(year FROM now()), a::DECIMAL(10, 2) / 3, -1, - 1, a-(-1) FROM h",
]

_RECORD = re.compile(r"^(?:statement|query)\b[^\n]*\n(.*?)(?:\n----|\n\n|\Z)", re.DOTALL | re.MULTILINE)


@cache
def statements() -> tuple[str, ...]:
    """Every statement that is at hand, each once."""
    found = dict.fromkeys(STATEMENTS)
    for file in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
            text = "".join(cell["source"])
            if text.startswith("%%sql"):
                found.update(dict.fromkeys(text.partition("\n")[2].split(";\n")))
            elif text.startswith("%sql "):
                found[text[5:]] = None
    for file in sorted((ROOT / "tests" / "facts").rglob("*.slt")):
        found.update(dict.fromkeys(_RECORD.findall(file.read_text(encoding="utf-8"))))
    return tuple(each for each in found if each.strip())


@cache
def heads() -> tuple[str, ...]:
    """How statements begin."""
    return tuple(re.split(r"[|\n]", HEADS.strip()))


@cache
def words() -> tuple[str, ...]:
    """What statements are made of."""
    return tuple(WORDS.split())
