"""The learner's files: never deleted, and nothing piles up."""

import json

import pytest

from course.errors import CourseError
from course.workspace import Workspace


def write(workspace, **files):
    """Files by name, with __ for a slash and _dot_ for a dot."""
    for name, text in files.items():
        path = workspace.root / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def kept(workspace):
    """What was set aside: path below `.kept/<time>-lesson-…` → text."""
    folder = workspace.root / ".kept"
    return {
        "/".join(path.relative_to(folder).parts[1:]): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_what_the_course_wrote_is_cleared_without_a_copy(workspace):
    write(workspace, bank__models_dot_py="x", alembic_dot_ini="y")
    workspace.credit({}, workspace.files())
    assert workspace.clear() is None
    assert workspace.files() == {} and kept(workspace) == {}


@pytest.mark.parametrize("change", [{"bank__models_dot_py": "mine"}, {"notes_dot_txt": "mine"}])
def test_one_file_of_the_learners_keeps_the_whole_project(workspace, change):
    write(workspace, bank__models_dot_py="x", alembic_dot_ini="y")
    workspace.credit({}, workspace.files())
    workspace.remember(lesson="04")
    write(workspace, **change)
    folder = workspace.clear()
    assert folder.parent == workspace.root / ".kept" and folder.name.endswith("-lesson-04")
    assert kept(workspace) == {
        "bank/models.py": "x",
        "alembic.ini": "y",
        **{name.replace("__", "/").replace("_dot_", "."): text for name, text in change.items()},
    }
    assert workspace.files() == {}


def test_two_projects_set_aside_in_one_second_are_both_there(workspace):
    for text in ("one", "two"):
        write(workspace, a_dot_txt=text)
        workspace.clear()
    assert len(list((workspace.root / ".kept").iterdir())) == 2


def test_a_cell_of_the_course_takes_no_credit_for_a_learners_file(workspace):
    write(workspace, a_dot_txt="course", b_dot_txt="mine")
    workspace.credit({}, {"a.txt": workspace.files()["a.txt"]})
    before = workspace.files()
    write(workspace, a_dot_txt="course 2", b_dot_txt="mine, and a line of the course")
    workspace.credit(before, workspace.files())
    assert workspace.learners() == ["b.txt"]


def test_what_is_no_work_is_not_kept(workspace):
    write(workspace, bank____pycache____a_dot_pyc="", _dot_ipynb_checkpoints__a_dot_txt="", _dot_DS_Store="")
    (workspace.root / "x.pyc").write_text("")
    assert workspace.clear() is None
    assert [path.name for path in workspace.root.iterdir()] == [".course.json"]


def test_the_folder_itself_stays_because_somebody_is_in_it(workspace):
    before = workspace.root.stat().st_ino
    write(workspace, a_dot_txt="mine")
    workspace.clear()
    assert workspace.root.stat().st_ino == before


def test_a_missing_workspace_is_made(tmp_path):
    workspace = Workspace(tmp_path / "a" / "workspace")
    assert workspace.clear() is None
    assert workspace.root.is_dir()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"written": 3}'])
def test_a_damaged_note_of_the_course_makes_all_files_the_learners(workspace, content):
    write(workspace, a_dot_txt="x")
    (workspace.root / ".course.json").write_text(content)
    assert workspace.learners() == ["a.txt"]
    assert workspace.clear() is not None
    assert json.loads((workspace.root / ".course.json").read_text())["written"] == {}


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", ".", "", ".kept/x", ".course.json", "a/../../x"])
def test_a_file_outside_is_refused(workspace, name):
    with pytest.raises(CourseError, match="is not in your workspace"):
        workspace.path(name)


def test_a_link_that_leads_outside_is_refused(workspace, tmp_path):
    (workspace.root / "link").symlink_to(tmp_path)
    with pytest.raises(CourseError, match="is not in your workspace"):
        workspace.path("link/x")


def test_paths_are_shown_relative_to_the_workspace(workspace):
    assert (
        workspace.shorten(f"Generating {workspace.root}/alembic/env.py ...")
        == "Generating alembic/env.py ..."
    )
