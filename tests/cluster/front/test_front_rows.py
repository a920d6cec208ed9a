"""Stepping over rows: to the same place as header by header, whatever their lengths, wherever bytes end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cluster.embedded.front import wire
from cluster.embedded.front.rows import after_rows

SIZES = st.one_of(
    st.lists(st.integers(0, 40), max_size=40),
    st.lists(st.integers(95, 110), min_size=100, max_size=300),  # alike
    st.lists(st.tuples(st.integers(1, 60), st.sampled_from((0, 50, 51, 306))), max_size=6).map(
        lambda runs: [size for number, size in runs for _ in range(number)]
    ),
    st.lists(st.sampled_from((3, 100, 105, 2046, 3000)), min_size=20, max_size=60),
)
LAST = st.sampled_from((b"", wire.command_complete("SELECT 3"), b"Z\0\0\0\5I", b"N"))


def row(size: int) -> bytes:
    return wire.message(b"D", b"\0\1" + bytes(b"D\0\0\0\x6a"[index % 5] for index in range(size)))


@given(SIZES, LAST, st.integers(0, 400))
def test_rows_end_where_their_headers_say(sizes: list[int], last: bytes, torn: int) -> None:
    rows = [row(50), *(row(size) for size in sizes)]
    data = b"".join(rows) + last
    data = data[: max(5, len(data) - torn)]
    position = 0
    for each in rows:
        if position + 5 <= len(data):
            position += len(each)
    assert after_rows(data, 0, len(rows[0]) - 1) == position
