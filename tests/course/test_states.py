"""A lesson's starting state is the same whether its steps were done now or a copy was brought back."""

import shutil

import pytest

import cluster
from cluster.home import KEPT
from course import database, lessons, states
from course.replay import ReplayError

FIRST = (
    "04-tables",
    "# 04 · Tables",
    ("step", "%sql CREATE DATABASE bank"),
    ("step", "%sql CREATE TABLE a (k INT)"),
)
SECOND = (
    "05-more",
    "# 05 · More",
    ("step", "%sql CREATE TABLE b (k INT PRIMARY KEY DEFAULT 7, v STRING AS (k::STRING) STORED)"),
    ("step", "%sql INSERT INTO b VALUES (1)"),
    ("step", "%%edit notes.txt --create\nfrom lesson 05"),
)
THIRD = ("06-last", "# 06 · Last")


@pytest.fixture
def course(place, running, notebooks):
    """Three lessons; gives what puts everything where one begins, from nothing, and says which steps ran."""
    shutil.rmtree(running.home / KEPT, ignore_errors=True)
    for lesson in (FIRST, SECOND, THIRD):
        notebooks(*lesson)
    place.env = {**place.env, "DATABASE_URL": running.url()}

    def build(number):
        database.remove(running)
        shutil.rmtree(place.workspace.root)
        place.workspace.root.mkdir()
        before = stamp(running)
        states.build(place, running, lessons.find(number), lessons.lessons())
        return before

    return build


def stamp(running):
    """How many schema changes this cluster has seen."""
    return len(database.query(running.url("defaultdb"), "SHOW JOBS"))


def seen(place, running):
    """Everything that a lesson could find."""
    look = running.url()
    return (
        {name: place.workspace.path(name).read_text() for name in place.workspace.files()},
        database.query(look, "SHOW CREATE ALL TABLES"),
        database.query(look, "SELECT * FROM b"),
        database.query(look, "SHOW GRANTS ON TABLE b"),
        database.query(look, "SHOW DATABASES"),
        database.query(look, "SHOW GRANTS ON DATABASE bank"),
    )


def test_a_copy_is_what_the_steps_make(course, place, running):
    course("06")
    made = seen(place, running)
    jobs = stamp(running)
    course("06")
    assert seen(place, running) == made
    assert stamp(running) == jobs + 2  # DROP DATABASE and its clean-up, and no step at all


def test_what_is_kept_of_an_earlier_lesson_is_built_upon(course, place, running):
    course("05")
    assert database.query(running.url(), "SHOW TABLES")[0]["table_name"] == "a"
    kept = set((running.home / KEPT).iterdir())
    course("06")
    assert seen(place, running)[2] == [{"k": 1, "v": "1"}]
    assert len(set((running.home / KEPT).iterdir()) - kept) == 1


def test_a_changed_step_is_done_anew(course, place, running, notebooks):
    course("06")
    *same, _ = SECOND
    notebooks(*same, ("step", "%%edit notes.txt --create\nfrom lesson 05, mended"))
    course("06")
    assert place.workspace.path("notes.txt").read_text() == "from lesson 05, mended\n"


@pytest.mark.parametrize("lost", ["files", "copy"])
def test_half_of_a_copy_is_none(course, place, running, lost):
    course("06")
    made = seen(place, running)
    if lost == "files":
        shutil.rmtree(running.home / KEPT)
    else:
        for number in range(5):  # the engine keeps only the last few
            database.query(running.url("defaultdb"), "CREATE DATABASE IF NOT EXISTS other")
            assert cluster.keep(running, "other", f"other {number}")
        database.query(running.url("defaultdb"), "DROP DATABASE other")
    course("06")
    assert seen(place, running) == made


def test_a_step_that_fails_leaves_nothing_kept(course, running, notebooks):
    notebooks("05-more", "# 05 · More", ("step", "%sql SELECT nothing"))
    with pytest.raises(ReplayError):
        course("06")
    assert list((running.home / KEPT).glob("*")) == []


def test_copies_cannot_be_seen_or_used(course, running):
    course("06")
    look = running.url("defaultdb")
    names = {row["database_name"] for row in database.query(look, "SHOW DATABASES")}
    assert names == {"bank", "defaultdb", "postgres", "system"}
    assert {row["datname"] for row in database.query(look, "SELECT datname FROM pg_database")} <= names


def test_a_database_in_use_is_not_kept(course, running, monkeypatch):
    monkeypatch.setattr("cluster.embedded.copies.PATIENCE", 0.05)
    course("06")
    with database.connect(running.url()) as cursor:
        cursor.execute("SELECT 1")
        assert cluster.keep(running, "bank", "busy") is False
    assert cluster.bring_back(running, "busy", "elsewhere") is False
    assert cluster.keep(running, "no such", "none") is False
