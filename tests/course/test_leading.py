"""A comment above a `%%` command."""

import pytest

from course.leading import without_leading_comments


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("# Your work for 04.1\n%%sql\nSELECT 1\n", "%%sql\nSELECT 1\n"),
        ("# one\n\n# two\n%%sql\n", "%%sql\n"),
        ("%%sql\n# not mine\nSELECT 1\n", "%%sql\n# not mine\nSELECT 1\n"),
        ("# Your work for 04.1\n", "# Your work for 04.1\n"),
        ("# a line magic\n%sql SELECT 1\n", "# a line magic\n%sql SELECT 1\n"),
        ("x = 1\n%%sql\n", "x = 1\n%%sql\n"),  # IPython says what is wrong with this
    ],
)
def test_comments_go_and_nothing_else(source, seen):
    assert "".join(without_leading_comments(source.splitlines(keepends=True))) == seen
