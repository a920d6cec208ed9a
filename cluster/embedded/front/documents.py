"""JSONB in results: CockroachDB prints an object's keys in the order of their bytes, PostgreSQL by length.

Source: pkg/util/json (an object's pairs are sorted by key). Only the rows of a result with a JSONB column are
taken apart.
"""

from __future__ import annotations

import json
from struct import Struct
from typing import Final

_JSONB: Final = b"\x00\x00\x0e\xda"  # its OID, 3802
_COUNT: Final = Struct("!H").unpack_from
_COLUMN: Final = Struct("!IHIhiH").unpack_from
_LENGTH: Final = Struct("!i")


def document_columns(description: bytes) -> tuple[int, ...]:
    """The places of the JSONB columns in a RowDescription's payload."""
    if _JSONB not in description:
        return ()
    found = []
    position = 2
    for place in range(_COUNT(description)[0]):
        position = description.index(b"\0", position) + 1
        if _COLUMN(description, position)[2] == 3802:
            found.append(place)
        position += 18
    return tuple(found)


def sorted_row(row: bytes, columns: tuple[int, ...]) -> bytes:
    """A DataRow frame for a DataRow's payload, with the documents in these columns sorted."""
    parts = [row[:2]]
    position = 2
    for place in range(_COUNT(row)[0]):
        (length,) = _LENGTH.unpack_from(row, position)
        position += 4
        value = row[position : position + max(length, 0)]
        position += len(value)
        if place in columns and b"{" in value:
            value = sorted_document(value)
            length = len(value)
        parts += _LENGTH.pack(length), value
    payload = b"".join(parts)
    return b"D" + _LENGTH.pack(len(payload) + 4) + payload


def sorted_document(value: bytes) -> bytes:
    """A document as PostgreSQL sends it, text or binary (one byte of version first), with sorted keys."""
    version = value[:1] if value[:1] == b"\x01" else b""
    parsed = json.loads(
        value[len(version) :], object_pairs_hook=_Object, parse_int=_Number, parse_float=_Number
    )
    return version + _printed(parsed).encode()


class _Object(list[tuple[str, object]]):
    """The pairs of an object."""


class _Number(str):
    """A number as it was written: 1.00 keeps its zeros."""


def _printed(value: object) -> str:
    if isinstance(value, _Object):
        pairs = sorted(value, key=lambda pair: pair[0])
        return "{" + ", ".join(f"{_printed(key)}: {_printed(member)}" for key, member in pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_printed, value)) + "]"
    return value if isinstance(value, _Number) else json.dumps(value, ensure_ascii=False)
