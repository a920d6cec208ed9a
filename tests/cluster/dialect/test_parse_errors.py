"""Texts that are no value of their type, in CockroachDB's words."""

from __future__ import annotations

import pytest

from cluster.embedded.dialect import Settings, translate, translate_error

_STYLE = 'Perhaps you need a different "DateStyle" setting.'


@pytest.mark.parametrize(
    ("sql", "text", "told"),
    [
        ("SELECT '2026-13-01'::DATE", "2026-13-01", "date: field month value 13"),
        ("SELECT '2026-00-01'::DATE", "2026-00-01", "date: field month value 0"),
        ("SELECT '2026-02-30'::DATE", "2026-02-30", "date: field day value 30"),
        ("SELECT TIMESTAMP '2026-02-30'", "2026-02-30", "timestamp: field day value 30"),
        ("INSERT INTO t VALUES ($1)", "2026-01-01 25:00", "timestamp: field hour value 25"),
        ("SELECT '10:61'::TIME", "10:61", "time: field minute value 61"),
        ("SELECT '10:10:60'::TIME", "10:10:60", "time: field second value 60"),
    ],
)
def test_a_date_that_no_calendar_has(sql: str, text: str, told: str) -> None:
    fields = {"C": "22008", "M": f'date/time field value out of range: "{text}"', "H": _STYLE}
    assert translate_error(fields, sql) == {
        "C": "22008",
        "M": f"parsing as type {told} is out of range",
    }


@pytest.mark.parametrize(
    ("text", "cast", "told"),
    [
        ("1,2", "INT[]", "int[]: array must be enclosed in { and }"),
        ("{1,2", "INT8[]", "int[]: malformed array"),
        ("{a}b", "TEXT[]", "string[]: extra text after closing right brace"),
    ],
)
def test_text_that_is_no_array(text: str, cast: str, told: str) -> None:
    fields = {"C": "22P02", "M": f'malformed array literal: "{text}"', "D": "Array value must …"}
    made = translate_error(fields, f"SELECT '{text}'::{cast}")
    assert made == {"C": "22P02", "M": f'could not parse "{text}" as type {told}'}


@pytest.mark.parametrize(
    ("text", "message", "told"),
    [
        (r"\xzz", 'invalid hexadecimal digit: "z"', "invalid byte: U+007A 'z'"),
        (r"\x1", "invalid hexadecimal data: odd number of digits", "odd length hex string"),
    ],
)
def test_bytes_that_are_no_hexadecimal_number(text: str, message: str, told: str) -> None:
    made = translate_error({"C": "22023", "M": message}, f"SELECT '{text}'::BYTES")
    assert made["C"] == "22P02"
    assert made["M"] == rf'could not parse "\{text}" as type bytes: encoding/hex: {told}'


def test_copy_to_copies_computed_columns_too() -> None:
    """COPY table TO leaves generated columns out, and refuses their names."""
    (statement,) = translate("COPY t (a, b) TO STDOUT WITH CSV", Settings())
    assert statement.sql == 'COPY (SELECT "a", "b" FROM "t") TO STDOUT WITH CSV'


@pytest.mark.parametrize(
    ("sql", "later"),
    [
        ("SET sql_safe_updates = on; DELETE FROM t", True),
        ("USE bank; SELECT 1", True),
        ("RESET ALL; SELECT 1", True),
        ("SET application_name = 'x'; SELECT 1", False),
        ("SET default_int_size = 4; CREATE TABLE t (a INT)", False),
    ],
)
def test_what_stands_behind_a_set_is_translated_when_its_turn_comes(sql: str, later: bool) -> None:
    assert bool(translate(sql, Settings())[1].later) is later
