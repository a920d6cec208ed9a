"""What tests/fuzz has found, so that it stays mended."""

from __future__ import annotations

import time

import pytest

from cluster.embedded.dialect import Refusal, Settings, read_catalog, translate
from cluster.embedded.dialect.literals import string_value

CUT = "\x1f"
KNOWING = Settings(
    catalog=read_catalog(
        [("public", "h", "a", "rowid", "h_pkey", "rowid", "", "public", f"h_pkey\x1e\x1e{CUT}i\x1e\x1e")]
    )
)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        # What a hint leaves behind does not touch: h$$ would be one name, and the literal SQL.
        ("SELECT a FROM h@{FORCE_INDEX=h_pkey}$$.a; x$$", "SELECT a FROM h $$.a; x$$"),
        ("SELECT a FROM h@i'x'", "SELECT a FROM h 'x'"),
        # A carriage return ends a comment for PostgreSQL only.
        ("SELECT a --\r; DROP TABLE h\nFROM h", "SELECT a -- ; DROP TABLE h\nFROM h"),
    ],
)
def test_what_is_sent(text: str, sent: str) -> None:
    [statement] = translate(text, KNOWING)
    assert statement.sql == sent


@pytest.mark.parametrize(
    "text", ["UPSERT INTO {}", "UPSERT INTO (a)", "SELECT 1foo", "SELECT 0x1g", "SELECT 1_000"]
)
def test_no_syntax_at_all(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        translate(text, KNOWING)
    assert caught.value.sqlstate == "42601"


def test_an_order_of_nothing_is_left_to_postgresql() -> None:
    [statement] = translate("SELECT a FROM h ORDER BY , a", KNOWING)
    assert statement.sql == "SELECT a FROM h ORDER BY , a NULLS FIRST"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT " + "IF(1, " * 150 + "a" + ")" * 150 + " FROM h",
        "SELECT " + "extract(year FROM " * 150 + "a" + ")" * 150 + " FROM h",
        "SELECT * FROM h " + "UNION SELECT * FROM h " * 2000,
    ],
)
def test_depth_and_length_take_no_time(text: str) -> None:
    started = time.process_time()
    translate(text, KNOWING)
    assert time.process_time() - started < 3


def test_brackets_have_a_depth() -> None:
    with pytest.raises(Refusal, match="more than 200 brackets"):
        translate("SELECT " + "(" * 201 + "1" + ")" * 201, KNOWING)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'it''s'", "it's"),
        ("'a'\n 'b'", "ab"),
        (r"e'a\'b''c\\'", r"a'b'c\\"[:-1]),
        (r"e'\n\t\x41\X42\u00e9\101\z\a'", "\n\tABéAz\a"),
        ("e'a'\n'\\'b'", "a'b"),
        ("$$it's$$", "it's"),
        ("$x$a$$b$x$", "a$$b"),
    ],
)
def test_what_a_literal_stands_for(text: str, value: str) -> None:
    assert string_value(text) == value


@pytest.mark.parametrize("text", [r"e'\x4'", r"e'\xff'", r"e'\01'", r"e'\ud800'", "b'a'"])
def test_literals_that_stand_for_nothing(text: str) -> None:
    with pytest.raises(Refusal, match="lexical error"):
        string_value(text)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("SET application_name = 'a''; DROP TABLE t; --'", "'a''; DROP TABLE t; --'"),
        ('SET application_name = "a\'; DROP TABLE t; --"', "'a''; DROP TABLE t; --'"),
        ("SET application_name = e'a\\'; DROP TABLE t'", "'a''; DROP TABLE t'"),
        ("SET application_name = 'a\\'", "E'a\\\\'"),
    ],
)
def test_the_value_of_a_variable_stays_one(text: str, sent: str) -> None:
    [statement] = translate(text, KNOWING)
    assert statement.sql.endswith(sent)


@pytest.mark.parametrize(
    "text",
    [
        "VALUES " + "0" * 5000,
        "SET statement_timeout = '" + "9" * 5000 + "'",
        "CREATE TABLE t (k INT PRIMARY KEY) WITH (ttl_select_batch_size = '" + "9" * 5000 + "')",
        "CREATE INDEX ON h (a) USING HASH WITH (bucket_count = " + "9" * 5000 + ")",
    ],
)
def test_a_number_without_end_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        translate(text, KNOWING)
