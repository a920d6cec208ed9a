"""A round trip of the extended protocol as drivers send it in one go, known by its bytes.

[Parse,] Bind to the unnamed portal, [Describe,] Execute to the end, Sync: but for Parse and Bind always the
same bytes. What PostgreSQL answers to all of it ends with one ReadyForQuery, as the answer to a Query does.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import error as StructError
from typing import Final

from cluster.embedded.front import wire

_PARSE: Final = 80
_BIND: Final = 66
_EXECUTE: Final = b"E\0\0\0\x09\0\0\0\0\0" + wire.SYNC
_DESCRIBE: Final = b"D\0\0\0\x06P\0" + _EXECUTE
_SHORTEST: Final = 12  # a Bind


@dataclass(slots=True)
class RoundTrip:
    """name: of the prepared statement. text: Parse's, or None without one; types: the rest of the Parse.

    rest: where in the bytes the Bind starts.
    """

    name: bytes
    text: bytes | None = None
    types: bytes = b""
    rest: int = 0


def round_trip(data: bytes) -> RoundTrip | None:
    """What these bytes are if they are exactly one round trip; else None."""
    try:
        if data[0] == _BIND:
            name = _bound(data, 0)
            return None if name is None else RoundTrip(name)
        if data[0] != _PARSE:
            return None
        start = 1 + wire.unpack_int32(data, 1)[0]
        (parsed, text), end = wire.cstrings(data, 2, 5)
    except (IndexError, StructError, wire.ProtocolError):
        return None
    if not end <= start <= len(data) or _bound(data, start) != parsed:
        return None
    return RoundTrip(parsed, text, data[end:start], start)


def _bound(data: bytes, start: int) -> bytes | None:
    """The statement that the Bind at start binds to the unnamed portal, if the rest is as always."""
    if len(data) - start < _SHORTEST or data[start] != _BIND or data[start + 5]:
        return None
    end = start + 1 + wire.unpack_int32(data, start + 1)[0]
    if data[end:] not in (_DESCRIBE, _EXECUTE):
        return None
    stop = data.find(b"\0", start + 6, end)
    return None if stop < 0 else data[start + 6 : stop]
