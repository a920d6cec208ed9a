"""A place to run commands in, a course of small notebooks, and a shell with the course loaded."""

import atexit
import json
import os
import sys
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import cluster
from course import database
from course.commands import Place
from course.runner import Runner
from course.workspace import Workspace


@pytest.fixture(scope="session")
def runner():
    found = Runner()
    yield found
    found.close()


@pytest.fixture(scope="session")
def running():
    """The cluster of this test run (the root's conftest gives it a home and ends it)."""
    return cluster.start()


@pytest.fixture
def workspace(tmp_path):
    root = tmp_path / "workspace"
    root.mkdir()
    return Workspace(root)


@pytest.fixture
def place(workspace, runner):
    """Where commands run, without a database."""
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return Place(workspace, env, runner)


@pytest.fixture
def bank(place, running):
    """The same with an empty practice database: gives the place; its URL is in the environment."""
    database.remove(running)
    database.query(running.url("defaultdb"), "CREATE DATABASE bank")
    place.env = {**place.env, "DATABASE_URL": running.url()}
    return place


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    """Write a notebook of the course: `notebooks("04-tables", "# 04 · Tables", ("step", "%sql …"), …)`."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    monkeypatch.setenv("COURSE_NOTEBOOKS", str(folder))

    def write(name: str, prose: str, *cells: tuple[str, str], **metadata: object) -> Path:
        content = {
            "cells": [
                {"cell_type": "markdown", "metadata": {}, "source": prose},
                *(
                    {"cell_type": "code", "metadata": {"tags": tags.split()}, "source": [source]}
                    for tags, source in cells
                ),
            ],
            "metadata": metadata,
        }
        path = folder / f"{name}.ipynb"
        path.write_text(json.dumps(content))
        return path

    return write


SMALL_COURSE = (
    ("01-database", "# 01 · A database", ("step", "%sql CREATE DATABASE bank")),
    (
        "02-table",
        "# 02 · A table\n\nAbout 7 minutes.",
        (
            "step",
            "%%sql\nCREATE TABLE accounts (id INT8 PRIMARY KEY);\nINSERT INTO accounts VALUES (1)",
        ),
        ("step", "%%edit notes/plan.txt --create\nMonday: accounts"),
        ("", "%%edit notes/plan.txt --create\nThis is only tried"),
    ),
    ("03-last", "# 03 · The last"),
)


@pytest.fixture
def small_course(notebooks):
    """Three lessons: a database, a table and a file, nothing more."""
    for name, prose, *cells in SMALL_COURSE:
        notebooks(name, prose, *cells)


@pytest.fixture
def shell(tmp_path, monkeypatch, small_course, runner):
    """IPython with the course loaded, in a process that is afterwards as it was."""
    monkeypatch.setenv("COURSE_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setattr("course.session.Runner", lambda: runner)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", sys.dont_write_bytecode)
    before, folder = dict(os.environ), Path.cwd()
    found = InteractiveShell(config=Config({"HistoryManager": {"hist_file": ":memory:", "enabled": False}}))
    found.run_cell("%load_ext course")
    yield found
    atexit.unregister(found.atexit_operations)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def notebooks_folder(small_course, tmp_path):
    return tmp_path / "notebooks"
