"""Stepping over DataRows, which is most of what there is to do for a large result.

Python takes some 80 ns for a header. A regular expression that knows a few lengths takes a quarter of that:
one is compiled for the lengths around a row's own, since the rows of a result are often much alike.
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
_FEW: Final = 16  # rows; the expression is left when it steps over fewer at a time
_AROUND: Final = 16
_SHORTEST: Final = 6  # the length counts itself and the number of columns


def after_rows(data: bytes, position: int, length: int) -> int:
    """Where the DataRows end of which the first is at position, with this length in its header.

    That is the start of another frame or of a torn header, or the end of a row beyond the end of the bytes.
    """
    size = len(data)
    while length <= _LARGEST and size - position > _FEW * length:
        begun = position
        # It matches: of the first row enough is there.
        position = cast(re.Match[bytes], _alike(length).match(data, position)).end()
        if size - position < 5:
            return position
        kind, length = unpack_header(data, position)
        if kind != _DATA_ROW:
            return position
        if position - begun < _FEW * length:
            break
    try:
        kind = _DATA_ROW
        while kind == _DATA_ROW:
            position += length + 1
            kind, length = unpack_header(data, position)
    except StructError:
        pass
    return position


@lru_cache(maxsize=512)
def _alike(length: int) -> re.Pattern[bytes]:
    """Any number of whole DataRows with lengths around this one, the nearest first."""
    near = range(max(_SHORTEST, length - _AROUND), length + _AROUND + 1)
    lengths = sorted(near, key=lambda each: abs(each - length))
    rows = b"|".join(re.escape(each.to_bytes(4, "big")) + b".{%d}" % (each - 4) for each in lengths)
    return re.compile(b"(?:D(?:" + rows + b"))*+", re.DOTALL)
