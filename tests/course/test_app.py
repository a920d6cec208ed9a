"""The learner's copy of the app, and the diffs that they see."""

from course import app
from course.display import diff
from course.workspace import ROOT


def test_the_learners_copy_begins_where_the_tutorial_does(workspace):
    names = app.get_bank(workspace)
    assert sorted(names) == sorted(f"bank/{path.name}" for path in (ROOT / "bank").glob("*.py"))
    begun = {name: workspace.path(name).read_text() for name in names}
    assert begun["bank/operations.py"] == (ROOT / "bank/operations.py").read_text()
    assert "overdrawn" not in begun["bank/models.py"] and "balance" in begun["bank/models.py"]
    assert {path.name for path in app.START.iterdir()} <= {path.name for path in (ROOT / "bank").iterdir()}


def test_a_diff_is_signs_and_lines_without_numbers():
    lines = [f"line {number}" for number in range(12)]
    changed = ["new", *lines[1:11], "line 11", "", "last"]
    assert diff("a.txt", "\n".join(lines), "\n".join(changed)).plain == (
        "a.txt\n-line 0\n+new\n line 1\n line 2\n\n line 10\n line 11\n+\n+last"
    )
    assert diff("a.txt", "x", "x\n").plain == "a.txt: unchanged"
