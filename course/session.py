"""One notebook's course: which lesson it is at, on which cluster, in which workspace."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

import cluster

from . import database, states
from .commands import Place
from .display import Block
from .errors import CourseError
from .lessons import Lesson, find, lessons
from .runner import Runner
from .workspace import ROOT, Workspace

ENGINES = {
    "embedded": "embedded: an imitation on top of PostgreSQL",
    "external": "external: a cluster that someone else runs",
}
"""What the first cell of a lesson says of an engine."""


class Session:
    """The state of a kernel that has loaded the course."""

    def __init__(self) -> None:
        self.runner = Runner()
        self.lesson: Lesson | None = None
        self.cluster: cluster.Cluster | None = None
        self.workspace = Workspace.find()
        self._token = secrets.token_hex(8)
        self._trusted = ""

    def begin(self, number: str, progress: Callable[[str], None]) -> Block:
        """Put cluster, database, workspace and this process where the lesson starts; gives what to show.

        Raises CourseError. The practice database is made anew; files of the learner's are set aside.
        """
        lesson = find(number)
        if os.environ.get("PGSSLROOTCERT") == self._trusted:
            # Set by a lesson of before, for a cluster that may be another one by now.
            os.environ.pop("PGSSLROOTCERT", None)
        try:
            self.cluster = cluster.start(progress=progress)
        except cluster.ClusterError as error:
            raise CourseError(f"The cluster does not start: {error}") from None
        self.workspace = Workspace.find()
        self.lesson = None  # until this one has begun
        _prepare_process(self.workspace, self.cluster)
        self._trusted = str(self.cluster.certificate or "")
        # Not self.place(): a lesson may take the workspace over from another notebook.
        place = Place(self.workspace, os.environ, self.runner)
        database.remove(self.cluster)
        try:
            kept = self.workspace.clear()
        except OSError as error:
            raise CourseError(
                f"The workspace cannot be emptied: {error.strerror} ({error.filename}). Move that away, then "
                f"run %lesson {lesson.number} again."
            ) from None
        # Noted before the steps run: if one fails, what they wrote is known to be no learner's.
        self.workspace.remember(lesson=lesson.number, kernel=self._token)
        try:
            states.build(place, self.cluster, lesson, lessons())
        finally:
            self.workspace.credit({}, self.workspace.files())
        made = database.exists(self.cluster.url(database.DEFAULT))
        self.lesson = lesson
        return _summary(lesson, self.cluster, self.workspace, made, kept)

    def place(self) -> Place:
        """Where commands run now. Raises CourseError before `%lesson`, and if another notebook took over."""
        if self.lesson is None:
            raise CourseError("No lesson has begun. Run the first cell of this notebook: it has %lesson.")
        state = self.workspace.state()
        if state.get("kernel", self._token) != self._token:
            raise CourseError(
                f"Lesson {state.get('lesson')} was started in another notebook, and there is one workspace. "
                f"To come back here, run: %lesson {self.lesson.number}"
            )
        return Place(self.workspace, os.environ, self.runner)

    def here(self) -> bool:
        """Whether the practice database is still this notebook's."""
        return bool(self.workspace.state().get("kernel", self._token) == self._token)

    def folder(self) -> Path:
        """The kernel's current folder. Raises CourseError if it was deleted."""
        try:
            return Path.cwd()
        except FileNotFoundError:
            number = self.lesson.number if self.lesson else "NN"
            raise CourseError(f"The workspace was deleted. To make it again, run: %lesson {number}") from None


def _prepare_process(workspace: Workspace, running: cluster.Cluster) -> None:
    """Make this process, and the commands that it starts, one that works in the workspace."""
    workspace.root.mkdir(parents=True, exist_ok=True)
    os.chdir(workspace.root)
    os.environ["DATABASE_URL"] = running.url(database.NAME)
    if running.certificate:
        # The root.crt of another server in ~/.postgresql would make libpq refuse this one, even with
        # sslmode=require (postgresql.org/docs/18/libpq-ssl.html).
        os.environ["PGSSLROOTCERT"] = str(running.certificate)
    # No __pycache__ among the learner's files, and never a compiled file older than its source.
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.dont_write_bytecode = True
    # `!alembic` and `!python` are those of this environment, whatever started the kernel.
    scripts = str(Path(sys.executable).parent)
    if scripts not in os.environ.get("PATH", "").split(os.pathsep)[:1]:
        os.environ["PATH"] = scripts + os.pathsep + os.environ.get("PATH", "")
    folder = str(workspace.root)
    sys.path[:] = [folder, *(entry for entry in sys.path if entry != folder)]
    forget_app()


def forget_app() -> None:
    """Let the next `import bank` read the files of the workspace anew."""
    for name in [name for name in sys.modules if name == "bank" or name.startswith("bank.")]:
        del sys.modules[name]


def _summary(
    lesson: Lesson, running: cluster.Cluster, workspace: Workspace, made: bool, kept: Path | None
) -> Block:
    engine = ENGINES.get(running.engine, running.engine)
    rows = [
        ("Lesson", f"{lesson.number} · {lesson.title}"),
        ("Cluster", f"CockroachDB {running.version} at {running.address} ({engine})"),
        (
            "Workspace",
            f"{_readable(workspace.root)}, as this lesson begins"
            + (f"; the database {database.NAME} too" if made else "")
            # Asked of the server, and said: its default is another.
            + (", its new tables schema_locked as since v26.1" if made and _older(running, 26, 1) else ""),
        ),
    ]
    if kept is not None:
        rows.append(("Set aside", f"{_readable(kept)} has your files of before"))
    plain = "\n".join(f"{name + ':':<11}{text}" for name, text in rows)
    markdown = "  \n".join(f"**{name}:** {text}" for name, text in rows)
    return Block(plain, markdown)


def _older(running: cluster.Cluster, *version: int) -> bool:
    """Whether the cluster's version is below this one."""
    number = running.version.removeprefix("v").split(".")[:2]
    return tuple(map(int, number)) < version


def _readable(path: Path) -> str:
    """A folder as the file browser of JupyterLab shows it, where it does."""
    with contextlib.suppress(ValueError):
        return f"{path.relative_to(ROOT)}/"
    return f"{path}/"
