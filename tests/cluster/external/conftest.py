"""Somebody's cluster: an embedded one in a home of its own, reached by its URL; and a learner's home."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest

import cluster

ROOT = Path(__file__).resolve().parents[3]
LIMIT = 10.0
"""Seconds in which a person must have the one line that says what is wrong."""


def rows(url: str, sql: str) -> list[tuple]:
    connection = psycopg2.connect(url.replace("cockroachdb://", "postgresql://", 1))
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


@dataclass(frozen=True)
class Someones:
    """A cluster that is not the course's."""

    running: cluster.Cluster

    def url(self, database: str = "defaultdb", **parameters: str) -> str:
        url = self.running.url(database)
        return url.replace("sslmode=require", "&".join(f"{k}={v}" for k, v in parameters.items()) or "")

    @property
    def plain(self) -> str:
        return self.running.url("defaultdb")

    def run(self, sql: str, database: str = "defaultdb") -> list[tuple]:
        return rows(self.running.url(database), sql)

    def dump(self) -> str:
        """Every database with its comment, tables, types, users and rows, but for a course's own `bank`."""
        lines = [str(self.run("SELECT username, options, member_of FROM [SHOW USERS] ORDER BY username"))]
        databases = self.run("SELECT * FROM [SHOW DATABASES WITH COMMENT] ORDER BY database_name")
        for name, *rest in databases:
            if name == "system" or (name == "bank" and "Made by the course" in str(rest)):
                continue
            lines.append(f"database {name} {rest}")
            lines += map(str, self.run("SELECT * FROM [SHOW ENUMS]", name))
            tables = self.run("SELECT schema_name, table_name FROM [SHOW TABLES] ORDER BY 1, 2", name)
            for schema, table in tables:
                lines.append(str(self.run(f"SHOW CREATE TABLE {schema}.{table}", name)))
                lines.append(str(self.run(f"SHOW GRANTS ON TABLE {schema}.{table}", name)))
                lines += sorted(map(str, self.run(f"SELECT * FROM {schema}.{table}", name)))
        return "\n".join(lines)


@pytest.fixture(scope="session")
def someones() -> Iterator[Someones]:
    os.environ["CLUSTER_FSYNC"] = "off"
    home = Path(tempfile.mkdtemp(prefix="someones-"))
    try:
        yield Someones(cluster.start(home))
    finally:
        cluster.reset(home, here=True)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def clean(someones: Someones) -> Iterator[Someones]:
    """The cluster with a database of somebody's, and without a `bank`."""
    someones.run("DROP DATABASE IF EXISTS bank CASCADE")
    someones.run("DROP DATABASE IF EXISTS shop CASCADE")
    someones.run("CREATE DATABASE shop")
    fill(someones, "shop")
    yield someones
    someones.run("DROP DATABASE IF EXISTS bank CASCADE")


@pytest.fixture
def foreign(clean: Someones) -> Someones:
    """The cluster with a `bank` that the course did not make."""
    clean.run("CREATE DATABASE bank")
    fill(clean, "bank")
    return clean


def fill(someones: Someones, database: str) -> None:
    someones.run("CREATE TABLE accounts (id INT8 PRIMARY KEY, owner STRING NOT NULL)", database)
    someones.run("INSERT INTO accounts VALUES (1, 'Ann'), (2, 'Bob')", database)
    someones.run("CREATE TABLE alembic_version (version_num STRING PRIMARY KEY)", database)
    someones.run("INSERT INTO alembic_version VALUES ('0123456789ab')", database)


@dataclass
class Learner:
    """The course as a learner has it: a home of its own, and the command line."""

    home: Path

    def run(self, *arguments: str, code: int | None = 0, **variables: str):
        """`python -m cluster …` without an engine in the environment."""
        forgotten = ("CLUSTER_ENGINE", "CLUSTER_URL", "DATABASE_URL", "COCKROACH_BINARY")
        environment = {name: value for name, value in os.environ.items() if name not in forgotten}
        stdin = variables.pop("stdin", "")
        done = subprocess.run(
            [sys.executable, "-m", "cluster", *arguments],
            cwd=ROOT,
            env=environment | {"CLUSTER_HOME": str(self.home)} | variables,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert code is None or done.returncode == code, (done.stdout, done.stderr)
        return done

    def refused(self, *arguments: str, **variables: str) -> str:
        """The one line on stderr with which the command fails, in time."""
        begun = time.monotonic()
        done = self.run(*arguments, code=1, **variables)
        assert time.monotonic() - begun < LIMIT
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1, done.stderr
        return done.stderr.strip()


@pytest.fixture
def learner(tmp_path: Path) -> Iterator[Learner]:
    made = Learner(tmp_path / "home")
    yield made
    if made.home.exists():
        cluster.reset(made.home, here=True)


def environment(someones: Someones) -> dict[str, str]:
    """A person's shell, in which CLUSTER_URL is set, for a pytest of its own."""
    inner = ("NOTEBOOK_TOOLS_", "PYTEST_", "CLUSTER_", "COURSE_", "IPYTHONDIR")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(inner)}
    return kept | {"CLUSTER_URL": someones.plain}


@pytest.fixture
def secret(someones: Someones) -> Callable[[str], None]:
    """Checks that a text does not hold the password."""

    def check(text: str) -> None:
        assert someones.running.password not in text

    return check
