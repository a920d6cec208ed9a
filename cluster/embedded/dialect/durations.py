"""The durations of timeouts: 5000 (milliseconds), '10s', '1m30s', '00:00:10'; and the words for what is none.

Sources: pkg/sql/set_var.go (validateTimeoutVar, wrapSetVarError), pkg/util/duration/parse.go. The code of the
error is that of its cause (pgerror.GetPGCode): 22007 for what cannot be read, 22023 for what is negative.
"""

from __future__ import annotations

import re

from cluster.embedded.dialect.model import Refusal, unsupported

_DAY = 86_400_000
# Milliseconds in a unit; a month has 30 days (duration.Encode).
_UNITS = {
    unit: size
    for size, units in {
        0.001: "us µs μs usec usecs usecond useconds microsecond microseconds",
        1: "ms msec msecs msecond mseconds millisecond milliseconds",
        1_000: "s sec secs second seconds",
        60_000: "m min mins minute minutes",
        3_600_000: "h hr hrs hour hours",
        _DAY: "d day days",
        7 * _DAY: "w week weeks",
        30 * _DAY: "mon mons month months",
        360 * _DAY: "y yr yrs year years",
    }.items()
    for unit in units.split()
}
_LONGEST = (2**63 - 1) / 1_000_000  # nanoseconds in 64 bits
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_CLOCK = re.compile(r"(-?)(\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?")
_UNIT = re.compile(r"[^\d -]*")


def milliseconds(name: str, text: str) -> int:
    """The text of the variable as whole milliseconds. Raises Refusal: 22007, 22P02, 22023; 0A000."""
    said = f'invalid value for parameter "{name}": "{text}": '
    total = _total(text, f'{said}could not parse "{text}" as type interval')
    if total < 0:
        raise Refusal("22023", f"{said}{name} cannot have a negative duration")
    if total > _LONGEST:
        raise unsupported("a duration of more than 292 years")
    return int(total)


def _total(text: str, said: str) -> float:
    if not text:
        raise Refusal("22P02", said)
    if text.startswith("P"):
        raise unsupported("a duration in the form of ISO 8601")
    stripped = text.strip()
    if _NUMBER.fullmatch(stripped):
        return float(stripped)
    if match := _CLOCK.fullmatch(stripped):
        sign, hours, minutes, seconds = match.groups()
        total = (int(hours) * 3600 + int(minutes) * 60 + float(seconds or 0)) * 1000
        return -total if sign else total
    if not any(character.isalpha() for character in text):
        raise Refusal("22007", f"{said}: invalid input syntax for type interval {text}")
    total, position = 0.0, _blanks(text, 0)
    while position < len(text):
        number = _NUMBER.match(text, position)
        if number is None:
            if text[position] in "+-.":
                raise unsupported("this spelling of a duration")
            raise Refusal("22007", f'{said}: interval: missing number at position {position}: "{text}"')
        start = _blanks(text, number.end())
        unit = _UNIT.match(text, start)
        assert unit is not None
        if ":" in unit[0] or "." in unit[0]:
            raise unsupported("this spelling of a duration")
        if not unit[0]:
            raise Refusal("22007", f'{said}: interval: missing unit at position {start}: "{text}"')
        if unit[0].lower() not in _UNITS:
            raise Refusal("22007", f'{said}: interval: unknown unit "{unit[0]}" in duration "{text}"')
        total += float(number[0]) * _UNITS[unit[0].lower()]
        position = _blanks(text, unit.end())
    return total


def _blanks(text: str, position: int) -> int:
    while position < len(text) and text[position] == " ":
        position += 1
    return position
