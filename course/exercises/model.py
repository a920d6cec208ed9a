"""What an exercise is, and what its check can look at."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import database, migration
from ..errors import CourseError, SqlError
from ..runner import Runner
from ..workspace import Workspace


class NotYet(CourseError):
    """What is still missing, in one line that does not give the answer away."""


@dataclass(frozen=True, slots=True)
class Context:
    """The real database and the real workspace, as a check sees them. Nothing here changes anything."""

    url: str
    workspace: Workspace
    runner: Runner

    def sql(self, statement: str, **parameters: Any) -> list[dict[str, Any]]:
        """The rows of a query as dicts; `%(name)s` takes a parameter. Raises SqlError."""
        return database.query(self.url, statement, parameters or None)

    def run(self, program: list[str], *, url: str = "", folder: Path | None = None) -> tuple[int, str]:
        """Run `["alembic", …]`, `["-m", "module", …]` or `["-c", text, …]`; gives the exit code and what was
        printed.

        url: the only database that it knows; the practice database if empty. folder: the workspace if None.
        """
        said: list[str] = []
        env = {**os.environ, "DATABASE_URL": url or self.url}
        code = self.runner.run(program, cwd=folder or self.workspace.root, env=env, write=said.append)
        return code, "".join(said)

    def tables(self) -> list[str]:
        """The names of the tables in the schema public."""
        return [row["table_name"] for row in self.sql("SHOW TABLES") if row["schema_name"] == "public"]

    def columns(self, table: str) -> dict[str, dict[str, Any]]:
        """SHOW COLUMNS by column name. Raises NotYet if there is no such table."""
        try:
            rows = self.sql(f"SHOW COLUMNS FROM {quoted(table)}")
        except SqlError as error:
            if error.sqlstate == "42P01":
                raise NotYet(f"There is no table {table} in the database yet.") from None
            raise
        return {row["column_name"]: row for row in rows}

    def indexes(self, table: str) -> dict[str, list[str]]:
        """The columns of each index of the table, in order, without those that are only stored."""
        self.columns(table)
        found: dict[str, list[str]] = {}
        for row in self.sql(f"SHOW INDEXES FROM {quoted(table)}"):
            columns = found.setdefault(row["index_name"], [])
            if not row["storing"] and not row["implicit"]:
                columns.append(row["column_name"])
        return found

    def applied(self) -> str | None:
        """The revision at which the database stands; None: before the first.

        Raises NotYet if Alembic has not run.
        """
        if "alembic_version" not in self.tables():
            raise NotYet("Alembic has not run on this database yet: there is no table alembic_version.")
        rows = self.sql("SELECT version_num FROM alembic_version")
        return str(rows[0]["version_num"]) if rows else None

    def revisions(self) -> list[migration.Revision]:
        """The revision files of the workspace, the oldest first. Raises NotYet for one that is no Python."""
        left = migration.revisions(self.workspace.root)
        for revision in left:
            _parsed(revision.path)
        ordered: list[migration.Revision] = []
        known: set[str] = set()
        while left:
            ready = [revision for revision in left if revision.parents <= known] or left
            ordered += ready
            known |= {revision.id for revision in ready}
            left = [revision for revision in left if revision not in ready]
        return ordered

    def primary_key(self, table: str) -> list[str]:
        """The columns of the primary key, in order, whatever it is called."""
        indexes = self.indexes(table)
        for row in self.sql(f"SHOW CONSTRAINTS FROM {quoted(table)}"):
            if row["constraint_type"] == "PRIMARY KEY":
                return indexes[row["constraint_name"]]
        return []

    def newest(self) -> migration.Revision:
        """The revision that no other follows. Raises CourseError if there is none, or more than one."""
        return migration.choose(migration.revisions(self.workspace.root))

    def does_something(self, revision: migration.Revision, function: str) -> bool:
        """Whether upgrade or downgrade of a revision is more than `pass` and a docstring.

        Raises NotYet for a file that is no Python.
        """
        for node in _parsed(revision.path).body:
            if isinstance(node, ast.FunctionDef) and node.name == function:
                return any(not isinstance(inner, ast.Pass) and not _is_text(inner) for inner in node.body)
        return False

    def offline_sql(self, revision: migration.Revision) -> str:
        """What `alembic upgrade … --sql` prints for this revision alone.

        Raises NotYet with the error's last line where Alembic fails.
        """
        if lost := revision.parents - {each.id for each in self.revisions()}:
            raise NotYet(f"{revision.path.name} follows {min(lost)}, and no file has this revision any more.")
        start = min(revision.parents, default="base")
        done = subprocess.run(
            [sys.executable, "-m", "alembic", "upgrade", f"{start}:{revision.id}", "--sql"],
            cwd=self.workspace.root,
            env={**os.environ, "DATABASE_URL": self.url},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
            raise NotYet(f"With --sql the revision {revision.id} fails: {said[-1]}")
        return done.stdout

    def read(self, name: str) -> str:
        """The text of a file of the workspace. Raises NotYet if there is none, a folder, or no text."""
        try:
            return self.workspace.path(name).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise NotYet(f"There is no file {name} in your workspace yet.") from None
        except IsADirectoryError:
            raise NotYet(f"{name} is a folder: a file was asked for.") from None
        except UnicodeDecodeError:
            raise NotYet(f"{name} is no text in UTF-8: save it anew from the editor.") from None


def _parsed(path: Path) -> ast.Module:
    """A file as Python reads it. Raises NotYet, with the line, where Python cannot."""
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise NotYet(f"Line {error.lineno} of {path.name} is no valid Python: {error.msg}.") from None
    except ValueError:  # zeros in it
        raise NotYet(f"{path.name} is no valid Python: save it anew from the editor.") from None


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def quoted(name: str) -> str:
    """A name as a statement needs it."""
    return name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) else '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class Wrong:
    """An answer that somebody might give: the cells they would run, and a part of what they must be told."""

    cells: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise.

    number: "04.1", the first of lesson 04.   task: what to do, in one line.
    check: looks, and raises NotYet with what is missing; ends without a word when all is well.
    done: what the learner reads then.        hints: the next thought each, not the answer.
    solution: the cells of one way to do it.  untouched: a part of what is said before anything is done.
    wrong: answers that must not pass.       variants: other ways to do it, the cells of each.
    after: the numbers of the exercises that must be solved before, in order; then `untouched` is said.
    Solution, variants and wrong answers are written in the language of course/steps.py. They start where a
    learner does: all cells tagged `step` or `scene` above the first cell that names it have been run.
    """

    number: str
    task: str
    check: Callable[[Context], None]
    done: str
    hints: tuple[str, ...]
    solution: tuple[str, ...]
    untouched: str
    wrong: tuple[Wrong, ...]
    variants: tuple[tuple[str, ...], ...] = ()
    after: tuple[str, ...] = ()

    @property
    def lesson(self) -> str:
        return self.number.partition(".")[0]


def judge(exercise: Exercise, context: Context) -> str:
    """One line for the learner: `✓ …` when the exercise is done, else `✗ …` with what is missing."""
    try:
        exercise.check(context)
    except CourseError as error:
        return f"✗ {exercise.number} {error}"
    except Exception as error:  # a check cannot foresee everything that a workspace may hold
        return f"✗ {exercise.number} The check does not understand what it finds: {error!r}"
    return f"✓ {exercise.number} {exercise.done}"
