"""`%lesson`: cluster, database, workspace and process are where the lesson begins, whatever was before."""

import os
import re
import shutil
import sys
from pathlib import Path

import psycopg2
import pytest
from IPython.utils.capture import capture_output

from cluster.certificates import make
from course import database
from course.errors import CourseError

URL = re.compile(r"cockroachdb://demo:[^@]+@127\.0\.0\.1:\d+/bank\?sslmode=require")


@pytest.fixture
def session(shell):
    return shell.magics_manager.registry["CourseMagics"].session


def begin(session, number):
    return session.begin(number, lambda line: None)


def rows(running, statement):
    return database.query(running.url(), statement)


def test_the_first_lesson_begins_with_nothing(session, running):
    begin(session, "01")
    assert session.workspace.files() == {}
    assert "bank" not in [
        row["database_name"] for row in database.query(running.url("defaultdb"), "SHOW DATABASES")
    ]


def test_a_later_lesson_begins_with_the_steps_of_those_before(session, running):
    begin(session, "03")
    assert rows(running, "SELECT * FROM accounts") == [{"id": 1}]
    assert (session.workspace.root / "notes/plan.txt").read_text() == "Monday: accounts\n"


def test_the_process_works_in_the_workspace(session):
    begin(session, "02")
    assert Path.cwd() == session.workspace.root.resolve()
    assert URL.fullmatch(os.environ["DATABASE_URL"])
    assert sys.path[0] == str(session.workspace.root)
    assert shutil.which("alembic") == str(Path(sys.executable).parent / "alembic")


def test_a_root_certificate_of_another_server_is_in_nobodys_way(session, running, tmp_path, monkeypatch):
    """libpq verifies with ~/.postgresql/root.crt if it is there, whatever sslmode=require says."""
    (tmp_path / ".postgresql").mkdir()
    make(tmp_path / ".postgresql" / "root.crt", tmp_path / ".postgresql" / "root.key")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PGSSLROOTCERT", raising=False)
    with pytest.raises(psycopg2.OperationalError, match="certificate verify failed"):
        psycopg2.connect(running.url("defaultdb").replace("cockroachdb", "postgresql"))
    begin(session, "03")
    assert rows(running, "SELECT * FROM accounts") == [{"id": 1}]


def test_it_shows_where_things_are(session, running):
    block = begin(session, "02")
    assert block.plain.splitlines() == [
        "Lesson:    02 · A table",
        f"Cluster:   CockroachDB v26.2.4 at 127.0.0.1:{running.port} "
        "(embedded: an imitation on top of PostgreSQL)",
        f"Workspace: {session.workspace.root}/, as this lesson begins; the database bank too",
    ]


def test_a_lesson_before_the_database_does_not_speak_of_it(session, running):
    assert begin(session, "01").plain.endswith(f"{session.workspace.root}/, as this lesson begins")


def test_twice_is_the_same_and_keeps_no_copies(session):
    first = begin(session, "03")
    files = session.workspace.files()
    assert begin(session, "03") == first
    assert session.workspace.files() == files
    assert not (session.workspace.root / ".kept").exists()


def test_a_learners_file_is_set_aside_and_said_so(session):
    begin(session, "03")
    (session.workspace.root / "notes/mine.txt").write_text("my own")
    block = begin(session, "02")
    kept = next((session.workspace.root / ".kept").iterdir())
    assert block.plain.splitlines()[-1] == f"Set aside: {kept}/ has your files of before"
    assert (kept / "notes/mine.txt").read_text() == "my own"
    assert (kept / "notes/plan.txt").exists()


# ---------------------------------------------------------------- what a learner may have broken


def broken_files(session, running):
    (session.workspace.root / "notes/plan.txt").unlink()
    (session.workspace.root / "alembic").write_text("a file where a folder belongs")


def database_dropped(session, running):
    database.query(running.url("defaultdb"), "DROP DATABASE bank CASCADE")


def database_full_of_other_things(session, running):
    rows(running, "DROP TABLE accounts")
    rows(running, "CREATE TABLE accounts (other STRING)")
    rows(running, "CREATE TYPE mood AS ENUM ('fine')")


def workspace_deleted(session, running):
    shutil.rmtree(session.workspace.root)


def note_damaged(session, running):
    (session.workspace.root / ".course.json").write_text("?")


@pytest.mark.parametrize(
    "damage",
    [broken_files, database_dropped, database_full_of_other_things, workspace_deleted, note_damaged],
)
def test_it_begins_after_damage(session, running, damage):
    begin(session, "03")
    files = session.workspace.files()
    damage(session, running)
    begin(session, "03")
    assert session.workspace.files() == files
    assert rows(running, "SELECT * FROM accounts") == [{"id": 1}]
    assert Path.cwd() == session.workspace.root.resolve()


def test_it_begins_while_somebody_holds_a_transaction_open(session, running):
    begin(session, "03")
    other = psycopg2.connect(running.url().replace("cockroachdb://", "postgresql://"))
    try:
        with other.cursor() as cursor:
            cursor.execute("INSERT INTO accounts VALUES (2)")
        begin(session, "03")
        assert rows(running, "SELECT * FROM accounts") == [{"id": 1}]
    finally:
        other.close()


def test_a_workspace_that_cannot_be_emptied_is_one_clear_line(session, monkeypatch):
    def refuse(self):
        raise PermissionError(13, "Permission denied", "bank/models.py")

    monkeypatch.setattr("course.workspace.Workspace.clear", refuse)
    with pytest.raises(CourseError, match=r"cannot be emptied: Permission denied \(bank/models\.py\)"):
        begin(session, "01")


# ---------------------------------------------------------------- one workspace, several notebooks


def test_another_notebook_takes_the_workspace_over(session):
    from course.session import Session

    begin(session, "03")
    session.place()
    other = Session()
    begin(other, "02")
    with pytest.raises(CourseError, match=r"Lesson 02 was started in another notebook.*run: %lesson 03"):
        session.place()
    begin(session, "03")
    assert session.place()


def test_before_the_first_cell(session):
    with pytest.raises(CourseError, match="No lesson has begun"):
        session.place()


def test_a_step_that_fails_is_named_with_notebook_and_cell(session, notebooks_folder):
    text = (notebooks_folder / "02-table.ipynb").read_text()
    (notebooks_folder / "02-table.ipynb").write_text(text.replace("CREATE TABLE", "CREATE TABLEX"))
    with pytest.raises(CourseError) as error:
        begin(session, "03")
    message = str(error.value)
    assert message.startswith("Lesson 03 cannot begin: a step of 02-table.ipynb (cell 2) failed. ERROR: ")
    with pytest.raises(CourseError, match="No lesson has begun"):
        session.place()


# ---------------------------------------------------------------- somebody else's cluster


@pytest.fixture
def foreign(running, monkeypatch):
    """The running cluster, as one that the course did not start."""
    monkeypatch.setattr(database, "own", lambda cluster: False)
    return running


def test_a_database_that_is_not_marked_is_left_alone(session, foreign):
    database.query(foreign.url("defaultdb"), "DROP DATABASE IF EXISTS bank CASCADE")
    database.query(foreign.url("defaultdb"), "CREATE DATABASE bank")
    rows(foreign, "CREATE TABLE precious (id INT8)")
    with pytest.raises(CourseError, match="has a database bank that this course did not make"):
        begin(session, "01")
    assert rows(foreign, "SELECT * FROM precious") == []


def test_a_marked_one_is_made_anew(session, foreign):
    database.query(foreign.url("defaultdb"), "DROP DATABASE IF EXISTS bank CASCADE")
    begin(session, "03")
    begin(session, "03")


def test_one_that_a_cell_made_is_marked(shell, session, foreign):
    database.query(foreign.url("defaultdb"), "DROP DATABASE IF EXISTS bank CASCADE")
    with capture_output():
        for cell in (
            "%lesson 01",
            "%sql CREATE DATABASE bank",
            "%sql USE bank",
            "%sql CREATE TABLE t (id INT8)",
        ):
            shell.run_cell(cell).raise_error()
        shell.run_cell("%lesson 01").raise_error()
    assert "bank" not in [
        row["database_name"] for row in database.query(foreign.url("defaultdb"), "SHOW DATABASES")
    ]
