"""Whatever a client sends, the rewriter answers with statements, a refusal, or a wish to know the tables."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from cluster.embedded.dialect import CatalogNeeded, Refusal, Settings, Statement, read_catalog, translate

CUT = "\x1f"
KNOWING = Settings(
    database="bank",
    catalog=read_catalog([("public", "h", f"a{CUT}b", "rowid", "h_pkey", "rowid", "", "public", "")]),
)
HEADS = """
SELECT|INSERT INTO|UPSERT INTO|UPDATE|DELETE FROM|WITH|CREATE TABLE|CREATE INDEX|CREATE UNIQUE INDEX|EXECUTE
ALTER INDEX|DROP TABLE|DROP INDEX|DROP DATABASE|CREATE DATABASE|CREATE VIEW|CREATE TYPE|CREATE SEQUENCE|FETCH
COMMENT ON|SET|SHOW|RESET|BEGIN|ROLLBACK|SAVEPOINT|PREPARE|DECLARE|COPY|TRUNCATE|TABLE|USE|CREATE SCHEMA
ALTER TABLE|ALTER TYPE|ALTER DATABASE"""
WORDS = """
h a b rowid x "Q" * , , . . ; = :: ::: // @ - + < 1 2.5 'x' b'y' $1 AS FROM WHERE SELECT VALUES RETURNING ON
CONFLICT DO NOTHING UPDATE SET ORDER BY LIMIT DESC NULLS JOIN USING INT STRING NOT NULL PRIMARY KEY UNIQUE
CHECK DEFAULT REFERENCES GENERATED ALWAYS STORED INDEX CONSTRAINT IF EXISTS ADD DROP COLUMN ALTER TYPE RENAME
TO WITH CASCADE AND BETWEEN CASE WHEN END IFNULL extract INTO TABLE DISTINCT IS LEVEL TRANSACTION ISOLATION
CURSOR FOR SHOW TABLES bank public current_user OVER FILTER () [] (a) (a,b)"""
# Brackets have their partners, or nothing but the check for that would be tried.
LISTS = st.recursive(
    st.lists(st.sampled_from(WORDS.split()), max_size=8).map(" ".join),
    lambda inner: st.lists(
        st.one_of(inner, inner.map("({})".format), inner.map("[{}]".format)), max_size=4
    ).map(" ".join),
    max_leaves=8,
)
TEXTS = st.tuples(st.sampled_from(re.split(r"[|\n]", HEADS.strip())), LISTS).map(" ".join)


@settings(max_examples=1500, deadline=None)
@given(TEXTS, st.booleans())
def test_any_words(text: str, knowing: bool) -> None:
    try:
        found = translate(text, KNOWING if knowing else replace(KNOWING, catalog=None))
    except Refusal as refusal:
        assert len(refusal.sqlstate) == 5
        assert refusal.message
    except CatalogNeeded:
        assert not knowing
    else:
        assert all(isinstance(statement, Statement) for statement in found)


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    try:
        translate(text, KNOWING)
    except Refusal as refusal:
        assert refusal.sqlstate in ("42601", "0A000", "42704", "42703", "42501")
