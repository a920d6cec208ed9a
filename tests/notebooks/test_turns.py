"""Which worker runs which notebook."""

from __future__ import annotations

import pytest

from notebook_tools.turns import choice, stretches


@pytest.mark.parametrize(
    ("sizes", "parts", "expected"),
    [
        ([1, 1, 1, 1], 2, [[0, 1], [2, 3]]),
        ([1, 1, 1, 3], 2, [[0, 1, 2], [3]]),
        ([3, 1, 1, 1], 2, [[0], [1, 2, 3]]),
        ([1, 1, 1, 1, 1, 1], 3, [[0, 1], [2, 3], [4, 5]]),
        ([5], 2, [[], [0]]),
        ([], 2, [[], []]),
        ([2, 2, 2], 1, [[0, 1, 2]]),
    ],
)
def test_stretches_are_in_order_and_of_about_the_same_size(
    sizes: list[int], parts: int, expected: list[list[int]]
) -> None:
    assert stretches(sizes, parts) == expected


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (["00", "01", "02", "05", "06", "16", "17"], "05"),
        (["00", "01", "02", "06", "17"], "06"),
        (["00", "01", "02", "17"], "00"),
        (["02", "17"], "02"),
        (["16", "17"], "17"),
    ],
    ids=["its own", "its next", "nobody's", "nobody's last", "another's last"],
)
def test_a_worker_goes_on_in_its_stretch(left: list[str], expected: str) -> None:
    assert choice(left, mine=["05", "06"], others={"16", "17"}) == expected
