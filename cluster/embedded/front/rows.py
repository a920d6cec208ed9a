"""Stepping over DataRows, which is most of what there is to do for a large result.

Python takes some 80 ns for a header. The rows of a result are often alike, and then there are quicker ways:
rows of one length have their headers at equal distances, which slices compare (5 ns a row); a regular
expression knows the lengths around one (25 ns).
"""

from __future__ import annotations

import re
from functools import lru_cache
from struct import error as StructError
from typing import Final, cast

from cluster.embedded.front.wire import unpack_header

_DATA_ROW: Final = 68  # D
MANY: Final = 4096
"""Bytes; for fewer it is not worth calling after_rows()."""
_LARGEST: Final = 2048  # bytes; of longer rows few come at once
_FEW: Final = 16  # rows; a quicker way is left when it steps over fewer at a time
_PROBES: Final = (1, 2, 5, _FEW - 1)  # rows ahead
_AROUND: Final = 16
_SHORTEST: Final = 6  # the length counts itself and the number of columns


def after_rows(data: bytes, position: int, length: int) -> int:
    """Where the DataRows end of which the first is at position, with this length in its header.

    That is the start of another frame or of a torn header, or the end of a row beyond the end of the bytes.
    """
    size = len(data)
    while length <= _LARGEST and size - position > _FEW * length:
        begun = position
        position = _after_equals(data, position, length)
        if position == begun:
            # It matches: of the first row enough is there.
            position = cast(re.Match[bytes], _alike(length).match(data, position)).end()
        few = position - begun < _FEW * length
        if size - position < 5:
            return position
        kind, length = unpack_header(data, position)
        if kind != _DATA_ROW:
            return position
        if few:
            break
    try:
        kind = _DATA_ROW
        while kind == _DATA_ROW:
            position += length + 1
            kind, length = unpack_header(data, position)
    except StructError:
        pass
    return position


def _after_equals(data: bytes, position: int, length: int) -> int:
    """After the whole rows of exactly this length, or the same position if they are not many."""
    step = length + 1
    header = data[position : position + 5]
    for ahead in _PROBES:
        place = position + ahead * step
        if data[place : place + 5] != header:
            return position
    number = (len(data) - position) // step
    stop = position + number * step
    for offset, byte in enumerate(header):
        column = data[position + offset : stop : step]
        if column != bytes((byte,)) * len(column):
            stop = position + (len(column) - len(column.lstrip(bytes((byte,))))) * step
    return stop


@lru_cache(maxsize=512)
def _alike(length: int) -> re.Pattern[bytes]:
    """Some whole DataRows with lengths around this one, the nearest first. Then there may be equal ones."""
    near = range(max(_SHORTEST, length - _AROUND), length + _AROUND + 1)
    lengths = sorted(near, key=lambda each: abs(each - length))
    rows = b"|".join(re.escape(each.to_bytes(4, "big")) + b".{%d}" % (each - 4) for each in lengths)
    return re.compile(b"(?:D(?:" + rows + b")){0,64}+", re.DOTALL)
