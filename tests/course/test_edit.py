"""`%%edit`: a file's text changed at a line that a reader can see."""

import pytest

from course import edit
from course.errors import CourseError

TEXT = "import os\n\nclass Account:\n    id = 1\n    balance = 2\n"


@pytest.mark.parametrize(
    ("line", "body", "expected"),
    [
        ("import os", "import sys", "import sys\n\nclass Account:\n    id = 1\n    balance = 2\n"),
        ("balance = 2", "balance = 3", TEXT.replace("2", "3")),
        ("    balance = 2  ", "    balance = 3\n\n", TEXT.replace("2", "3")),
        ("balance", "owner = 4\nbalance = 2", TEXT.replace("balance", "owner = 4\n    balance")),
        ("import os", "", "\nclass Account:\n    id = 1\n    balance = 2\n"),
    ],
)
def test_replace(line, body, expected):
    assert edit.replace("a.py", TEXT, line, body) == expected


@pytest.mark.parametrize(
    ("line", "body", "after", "expected"),
    [
        ("import os", "import sys", True, "import os\nimport sys\n\nclass"),
        ("import os", "import ast", False, "import ast\nimport os\n\nclass"),
        ("balance = 2", "owner = 3", True, "    balance = 2\n    owner = 3\n"),
        ("class Account:", "    key = 0", True, "class Account:\n    key = 0\n    id = 1"),
        (
            "class Account:",
            "class Owner:\n    id = 3",
            False,
            "os\n\nclass Owner:\n    id = 3\n\nclass Account:",
        ),
        ("id = 1", "def f():\n    return 1", False, "    def f():\n        return 1\n    id = 1"),
    ],
)
def test_insert(line, body, after, expected):
    assert expected in edit.insert("a.py", TEXT, line, body, after=after)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: edit.replace("a.py", text, "import os", "import sys"),
        lambda text: edit.insert("a.py", text, "balance = 2", "owner = 3", after=True),
        lambda text: edit.insert("a.py", text, "import os", "import ast\nimport abc", after=False),
        lambda text: edit.insert("a.py", text, "class Account:", "class Owner:\n    id = 3", after=False),
    ],
)
def test_a_cell_run_twice_changes_the_file_once(change):
    once = change(TEXT)
    assert once != TEXT
    assert change(once) == once


def test_a_last_line_without_its_end():
    assert edit.insert("a", "one", "one", "two", after=True) == "one\ntwo\n"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("import re", "a.py has no line that reads: import re"),
        ("=", "a.py has 2 such lines (4, 5): name one of them in full."),
    ],
)
@pytest.mark.parametrize("change", [edit.replace, lambda *given: edit.insert(*given, after=True)])
def test_which_line_is_not_clear(change, line, message):
    with pytest.raises(CourseError) as error:
        change("a.py", TEXT, line, "x")
    assert str(error.value) == message
