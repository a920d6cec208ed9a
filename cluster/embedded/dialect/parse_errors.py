"""Texts that are no value of their type, in the words of CockroachDB's parsers.

Sources: pkg/util/timeutil/pgdate (parsing.go, field_extract.go), pkg/sql/sem/tree/parse_array.go,
pkg/sql/sem/tree/datum.go (MakeParseError), pkg/sql/lex/encode.go.
"""

from __future__ import annotations

import json
import re
from calendar import monthrange

Fields = dict[str, str]

_OUT_OF_RANGE = re.compile(r'date/time field value out of range: "(.*)"', re.DOTALL)
_DATE = r"\s*(?P<year>\d{1,6})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})"
_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2}))?"
_ALONE = r"\s*(?P<h>\d{1,2}):(?P<m>\d{1,2})(?::(?P<s>\d{1,2}))?"
_TIMESTAMP = re.compile(rf"{_DATE}(?:[ tT]{_TIME})?|{_ALONE}")
_CAST = r"'{0}'\s*:{{2,3}}\s*(\w+)|\b(\w+)\s*'{0}'"


def out_of_range(made: Fields, message: str, sql: str) -> None:
    """A date or time that the calendar does not have: its first such field, in the order of validate()."""
    made.pop("H", None)  # DateStyle
    match = _OUT_OF_RANGE.fullmatch(message)
    parts = _TIMESTAMP.match(match[1]) if match else None
    if match is None or parts is None:
        return
    given = {name: int(value) for name, value in parts.groupdict().items() if value}
    wrong = _first_wrong(given)
    if wrong is not None:
        kind = _kind(match[1], sql, given)
        made["M"] = f"parsing as type {kind}: field {wrong[0]} value {wrong[1]} is out of range"


def _first_wrong(given: dict[str, int]) -> tuple[str, int] | None:
    dated = "year" in given
    if dated:
        year, month, day = given["year"], given["month"], given["day"]
        if year == 0:
            return "year", year
        if not 1 <= month <= 12:
            return "month", month
        if not 1 <= day <= monthrange(2000 + year % 400, month)[1]:
            return "day", day
    hour, minute = given.get("hour", given.get("h", 0)), given.get("minute", given.get("m", 0))
    second = given.get("second", given.get("s", 0))
    if hour > (24 if dated else 23):
        return "hour", hour
    if minute > 59:
        return "minute", minute
    return ("second", second) if second > (60 if dated else 59) else None


def _kind(text: str, sql: str, given: dict[str, int]) -> str:
    """The type that was wanted: what the client's statement casts the text to, else what it looks like."""
    cast = re.search(_CAST.format(re.escape(text)), sql)
    word = (cast[1] or cast[2]).lower() if cast else ""
    if word in ("date", "time"):
        return word
    if word.startswith("timestamp") or "hour" in given:
        return "timestamp"
    return "date" if "year" in given else "time"


_MALFORMED = re.compile(r'malformed array literal: "(.*)"', re.DOTALL)
_ELEMENTS = {
    "int8": "int",
    "integer": "int",
    "bigint": "int",
    "int64": "int",
    "text": "string",
    "boolean": "bool",
    "numeric": "decimal",
    "float8": "float",
    "bytea": "bytes",
}


def array(made: Fields, message: str, sql: str) -> None:
    """Text that is no array, where the statement says of what."""
    match = _MALFORMED.fullmatch(message)
    if match is None:
        return
    text = match[1]
    cast = re.search(rf"'{re.escape(text)}'\s*:{{2,3}}\s*(\w+)\s*\[\]", sql)
    if cast is None:
        return
    element = _ELEMENTS.get(cast[1].lower(), cast[1].lower())
    made["M"] = f"could not parse {_quoted(text)} as type {element}[]: {_what_is_wrong(text)}"
    made.pop("D", None)


def _what_is_wrong(text: str) -> str:
    text = text.strip()
    if not text.startswith("{"):
        return "array must be enclosed in { and }"
    if "}" in text and not text.endswith("}"):
        return "extra text after closing right brace"
    return "malformed array"


_DIGIT = re.compile(r'invalid hexadecimal digit: "(.*)"', re.DOTALL)
_HEX = re.compile(r"'(\\[xX][^']*)'")


def hexadecimal(made: Fields, message: str, sql: str) -> None:
    r"""'\x…' with what is no hexadecimal digit, or half a byte."""
    digit = _DIGIT.fullmatch(message)
    if digit is None and message != "invalid hexadecimal data: odd number of digits":
        return
    made["C"] = "22P02"
    wrong = "odd length hex string"
    if digit is not None:
        wrong = f"invalid byte: U+{ord(digit[1][0]):04X} '{digit[1]}'"
    texts = [text for text in _HEX.findall(sql) if _fails(text[2:], digit[1] if digit else "")]
    named = f"could not parse {_quoted(texts[0])} as type bytes: " if texts else ""
    made["M"] = f"{named}encoding/hex: {wrong}"


def _fails(digits: str, digit: str) -> bool:
    if digit:
        return digit in digits
    return len(digits) % 2 == 1


def _quoted(text: str) -> str:
    """Go's %q."""
    return json.dumps(text, ensure_ascii=False)
