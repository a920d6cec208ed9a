"""`%%edit`'s line and the shell commands of a step, as functions."""

import pytest

from course import commands
from course.errors import CourseError


@pytest.fixture
def plan(place):
    """A workspace with notes/plan.txt in it."""
    (place.workspace.root / "notes").mkdir()
    (place.workspace.root / "notes/plan.txt").write_text("Monday: accounts\n")
    return place


@pytest.mark.parametrize(
    ("line", "body", "expected"),
    [
        ("notes/plan.txt", "Tuesday", "notes/plan.txt\n-Monday: accounts\n+Tuesday"),
        ("new/file.txt --create", "hello\n\n\n", "new/file.txt: new, 1 line"),
        (
            'notes/plan.txt --after "Monday: accounts"',
            "Tuesday",
            "notes/plan.txt\n Monday: accounts\n+Tuesday",
        ),
        ("--before Monday notes/plan.txt", "Sunday\n", "notes/plan.txt\n+Sunday\n Monday: accounts"),
        ("notes/plan.txt --replace 'Monday: accounts'", "\n", "notes/plan.txt\n-Monday: accounts"),
        ("notes/plan.txt  # the plan", "Monday: accounts", "notes/plan.txt: unchanged"),
        ("notes/plan.txt", "", "notes/plan.txt\n-Monday: accounts"),
    ],
)
def test_edit_shows_the_change(plan, line, body, expected):
    assert commands.edit_file(plan, line, body).plain == expected


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "nowhere.txt",
            "There is no file nowhere.txt in your workspace. To make it, write: %%edit nowhere.txt --cr",
        ),
        ("../x.txt --create", "../x.txt is not in your workspace"),
        ("notes", "notes is a folder"),
        ("", "%%edit: the following arguments are required: file. Write: %%edit FILE"),
        ("a.txt --create --after b", "%%edit: argument --after: not allowed with argument --create"),
        ("notes/plan.txt --after Sunday", "notes/plan.txt has no line that reads: Sunday"),
        ("notes/plan.txt --aft Monday", "%%edit: unrecognized arguments: --aft Monday"),
        ("notes/plan.txt --after 'Monday", "A quotation mark is missing in: notes/plan.txt --after 'Monday"),
    ],
)
def test_edit_refuses_and_changes_nothing(plan, line, message):
    before = plan.workspace.files()
    with pytest.raises(CourseError) as error:
        commands.edit_file(plan, line, "x")
    assert str(error.value).startswith(message)
    assert plan.workspace.files() == before


def test_edit_leaves_alone_what_it_cannot_show(plan):
    path = plan.workspace.root / "hello.txt"
    path.write_text("hello", encoding="utf-16")  # as PowerShell's `>` writes
    before = plan.workspace.files()
    with pytest.raises(
        CourseError, match=r"is no text in UTF-8.* Move it away: !mv hello\.txt hello\.txt\.old"
    ):
        commands.edit_file(plan, "hello.txt --create", "hello")
    assert plan.workspace.files() == before


def test_a_stale_compiled_file_goes_with_the_edit(plan):
    cache = plan.workspace.root / "notes/__pycache__"
    cache.mkdir()
    for name in ("plan.cpython-311.pyc", "plans.cpython-311.pyc"):
        (cache / name).write_text("")
    commands.edit_file(plan, "notes/plan.txt", "x")
    assert [path.name for path in cache.iterdir()] == ["plans.cpython-311.pyc"]


def test_rm_removes_what_a_pattern_finds_in_the_workspace(plan):
    for name in ("one.py", "two.py", "three.txt"):
        (plan.workspace.root / name).write_text("")
    commands.run_shell(plan, "rm *.py notes/*", print)
    assert list(plan.workspace.files()) == ["three.txt"]
    with pytest.raises(CourseError, match="is not in your workspace"):
        commands.run_shell(plan, "rm ../*", print)


def test_a_module_that_fails_is_an_error(plan, capsys):
    (plan.workspace.root / "fails.py").write_text("import sys; print('why'); sys.exit(2)")
    with pytest.raises(CourseError, match="python -m fails failed with exit code 2"):
        commands.run_shell(plan, "python -m fails", print)
    assert "why" in capsys.readouterr().out


TESTS = "def test_good(): pass\n\ndef test_bad(): assert 1 == 2\n"


def test_pytest_runs_the_tests_of_the_workspace(plan):
    (plan.workspace.root / "test_it.py").write_text(TESTS)
    output = []
    commands.run_pytest(plan, '-q -k "good"  # one of them', output.append)
    assert "1 passed, 1 deselected" in "".join(output)


@pytest.mark.parametrize(
    ("line", "message", "said"),
    [
        ("-q", "pytest -q failed with exit code 1", "assert 1 == 2"),
        ("-q -k none", "pytest -q -k none failed with exit code 5", "2 deselected"),
        ("-q || true", "%pytest is no shell and does not know || : write !python -m pytest", ""),
    ],
)
def test_tests_that_do_not_pass_are_an_error(plan, line, message, said):
    (plan.workspace.root / "test_it.py").write_text(TESTS)
    output = []
    with pytest.raises(CourseError) as caught:
        commands.run_pytest(plan, line, output.append)
    assert str(caught.value).startswith(message)
    assert said in "".join(output)
    assert str(plan.workspace.root) not in "".join(output)
