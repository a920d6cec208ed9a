"""Values as CockroachDB's shell shows them in a table.

Source: pkg/cli/clisqlexec, format_value.go and format_ascii_table.go.
"""

from __future__ import annotations

import unicodedata

_NARROWEST = 4
"""Characters of the narrowest column that tabs make."""
_ESCAPED = dict(zip('\a\b\f\n\r\t\v\\"', 'abfnrtv\\"', strict=True))


def cell(value: str) -> str:
    """A value's text for a cell, which may have several lines.

    Tabs become spaces. A text with other characters that have no shape is escaped as a whole.
    """
    if not all(character in "\t\n" or _is_graphic(character) for character in value):
        return "".join(map(_escaped, value))
    return _without_tabs(value) if "\t" in value else value


def _is_graphic(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "LMNPS" or category == "Zs"


def _escaped(character: str) -> str:
    """As Go's %+q."""
    if character in _ESCAPED:
        return "\\" + _ESCAPED[character]
    number = ord(character)
    if " " <= character <= "~":
        return character
    if number < 0x80:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _without_tabs(value: str) -> str:
    """What ends with a tab is a column, together with what does so in the lines next to it (tabwriter)."""
    lines = [line.split("\t") for line in value.split("\n")]
    shown = []
    for number, (*parts, rest) in enumerate(lines):
        padded = (part.ljust(_width(lines, number, column)) for column, part in enumerate(parts))
        shown.append("".join(padded) + rest)
    return "\n".join(shown)


def _width(lines: list[list[str]], number: int, column: int) -> int:
    first = last = number
    while first > 0 and len(lines[first - 1]) - 1 > column:
        first -= 1
    while last + 1 < len(lines) and len(lines[last + 1]) - 1 > column:
        last += 1
    return max(_NARROWEST, *(len(parts[column]) + 1 for parts in lines[first : last + 1]))
