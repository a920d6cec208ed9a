"""The learner's copy of the app, and the diffs that they see."""

import pytest

from course import app
from course.display import diff


def test_an_attribute_is_left_out_with_the_import_that_only_it_needs():
    early = "from b import Mapped, x\n\n\nclass Account:\n    id: Mapped\n"
    text = f"from a import Computed\n{early}    late: Mapped = Computed(\n        x\n    )\n"
    assert app.without_attribute(text, "Account", "late") == early
    with pytest.raises(LookupError, match=r"no attribute Account\.later"):
        app.without_attribute(text, "Account", "later")


def test_a_diff_is_signs_and_lines_without_numbers():
    lines = [f"line {number}" for number in range(12)]
    changed = ["new", *lines[1:11], "line 11", "", "last"]
    assert diff("a.txt", "\n".join(lines), "\n".join(changed)).plain == (
        "a.txt\n-line 0\n+new\n line 1\n line 2\n\n line 10\n line 11\n+\n+last"
    )
    assert diff("a.txt", "x", "x\n").plain == "a.txt: unchanged"
