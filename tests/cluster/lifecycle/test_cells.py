"""Values in the tables of `cluster sql -e`: pkg/cli/clisqlexec, format_ascii_table.go and format_value.go."""

from __future__ import annotations

import pytest

from cluster.cells import cell


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("plain", "plain"),
        ("café ✓", "café ✓"),
        ("two\nlines", "two\nlines"),
        ("a\tb", "a   b"),
        ("abc\tb", "abc b"),
        ("abcd\tb", "abcd b"),
        ("a\tb\nlonger\tc", "a      b\nlonger c"),
        ("a\tb\n-\nlonger\tc", "a   b\n-\nlonger c"),
        ("a\t\tb", "a       b"),
        ("bell\a é\t\\", r"bell\a \u00e9\t\\"),
        ("\x1b[1m", r"\x1b[1m"),
        ("", ""),
    ],
)
def test_a_value_keeps_its_cell_in_shape(value: str, shown: str) -> None:
    assert cell(value) == shown
