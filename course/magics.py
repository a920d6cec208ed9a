"""The magics: what a learner types, handed to the plain functions."""

from __future__ import annotations

import contextlib
import gc
import importlib
import sys
import threading
from collections.abc import Iterator
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, cell_magic, line_cell_magic, line_magic, magics_class, no_var_expand

from . import commands, exercises, quizzes
from .beside import Beside
from .display import clear, show
from .errors import CourseError, shorten_library_errors
from .exercises.model import judge
from .leading import without_leading_comments
from .lessons import has_cell, lessons
from .session import Session, forget_app
from .shell import no_sleep_after_the_end
from .traffic.control import Traffic, follow


def register(shell: InteractiveShell) -> None:
    """Add the magics to the shell; loading twice is harmless."""
    if isinstance(shell.magics_manager.registry.get("CourseMagics"), CourseMagics):
        return
    magics = CourseMagics(shell)
    shell.register_magics(magics)
    shell.events.register("pre_run_cell", magics.before_cell)
    shell.events.register("post_run_cell", magics.after_cell)
    shell.input_transformers_cleanup.append(without_leading_comments)
    shorten_library_errors(shell)
    no_sleep_after_the_end()
    magics.session.runner.warm()


@magics_class
class CourseMagics(Magics):
    """The magics of the course. Each is a few lines: what it does stands in commands.py and session.py."""

    shell: Any  # IPython says "InteractiveShell | None"; a registered magic has one

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self.session = Session()
        self._sql: Any = None
        self._hints: dict[str, int] = {}
        self._files: dict[str, str] = {}
        self._traffic = Traffic(self.session.here)

    # ---------------------------------------------------------------- the lesson

    @line_magic
    def lesson(self, line: str) -> None:
        """%lesson 04: start the cluster, and put workspace and database where lesson 04 begins."""
        # What %sql needs takes a while to load; cluster and database get ready meanwhile.
        loading = threading.Thread(target=_load_sql)
        loading.start()
        self._traffic.stop()  # it works on the database that is made anew
        if self._sql is not None:
            self._sql.disconnect()
        lines = _Progress(self.shell)
        with _without_collector(first=self._sql is None):
            try:
                block = self.session.begin(line, lines.show)
            finally:
                loading.join()
        self._register_sql()
        self._hints.clear()
        self._files = self.session.workspace.files()
        lines.clear()
        show(block)

    def _register_sql(self) -> None:
        if self._sql is None:
            from .sqlmagic import SqlMagic

            self._sql = SqlMagic(self.shell, self.session.place)
            self.shell.register_magics(self._sql)

    @line_cell_magic
    def sql(self, line: str, cell: str = "") -> None:
        """%sql, %%sql: run SQL on the practice database. (ipython-sql takes over when a lesson begins.)"""
        self.session.place()

    @line_magic
    def course(self, line: str) -> None:
        """%course: the lessons and the magics."""
        rows = [
            f"  {lesson.number}  {lesson.title}" + (f" ({lesson.minutes} min)" if lesson.minutes else "")
            for lesson in lessons()
        ]
        print(
            "\n".join(["Lessons:", *rows, "", "Magics (a question mark explains one: %alembic?):", *MAGICS])
        )

    # ---------------------------------------------------------------- commands

    @line_magic
    def alembic(self, line: str) -> None:
        """%alembic upgrade head: run the alembic command line, as `!alembic` does, but faster.

        Each call is a process of its own. A command that fails makes the cell fail. A long Python traceback
        is cut to your own files; `%alembic --raw …` shows everything, absolute paths too. `%alembic
        --brief …` leaves out what Alembic logs of itself, and cuts long lines; `%alembic --no-log …` leaves
        out all that it logs.
        """
        with self._traffic.noting(_write) as write:
            commands.run_alembic(self.session.place(), line, write, cwd=self.session.folder())

    @line_magic
    def pytest(self, line: str) -> None:
        """%pytest -q: run the tests of your workspace, as `!python -m pytest -q` does, but faster.

        Each call is a process of its own. A test that fails makes the cell fail.
        """
        commands.run_pytest(self.session.place(), line, _write, cwd=self.session.folder())

    @line_magic
    def beside(self, line: str) -> Beside:
        """one = %beside alembic upgrade head: start it, and go on with the notebook while it works.

        It prints what the program says, up to the first line that is not Alembic's greeting. `one.go_on()`
        presses Enter and prints the rest, `one.kill()` ends it. `%beside -m MODULE` starts a module of yours.
        """
        return Beside(self.session.place(), line, _write)

    @no_var_expand
    @cell_magic
    def migration(self, line: str, cell: str) -> None:
        """%%migration [REVISION]: put this cell's upgrade() and downgrade() into the newest revision file.

        Imports in the cell join those of the file. The change is shown; the ids that Alembic wrote stay.
        """
        show(commands.write_migration(self.session.place(), line, cell))

    @no_var_expand
    @line_cell_magic
    def edit(self, line: str, cell: str | None = None) -> None:
        """%%edit FILE: write this cell's text into a file of the workspace, and show the change.

        %%edit FILE                  the text is the whole new content
        %%edit FILE --create         the same; the file may be new, and then only its length is shown
        %%edit FILE --replace LINE   the text takes the place of the line that reads LINE
        %%edit FILE --after LINE     the text comes after that line
        %%edit FILE --before LINE    … before that line
        LINE wants quotation marks if it has spaces: --after "import os".
        """
        if cell is None:  # IPython has an %edit of its own, which does nothing that one sees in a notebook
            raise CourseError(f"Write it with two percent signs, and the text below: %%edit {line}".rstrip())
        show(commands.edit_file(self.session.place(), line, cell))
        forget_app()

    @line_magic
    def get_bank(self, line: str) -> None:
        """%get_bank: copy the sample app, the package bank, into the workspace."""
        show(commands.get_bank(self.session.place()))
        forget_app()

    @line_magic
    def inherit(self, line: str) -> None:
        """%inherit: put the bank of the capstone, with its broken history, in the place of yours."""
        show(commands.inherit(self.session.place()))
        forget_app()

    @line_magic
    def traffic(self, line: str) -> None:
        """%traffic start: let the bank app work in the background while you change its schema.

        %traffic start        three tellers open accounts, move money and close accounts, over and over
        %traffic watch        wait until each has done all three; say how it went since the last mark
        %traffic deploy NAME  start the app as it is in the workspace now, then end the old one
        %traffic mark TEXT    note something on the chart; revisions and deployments are noted by themselves
        %traffic stop         end it, and show what it did as a table
        %traffic chart        the same as a picture
        """
        command, _, rest = line.strip().partition(" ")
        place = self.session.place()
        match command, rest.strip():
            case "start", "":
                print(self._traffic.start(place))
                if _is_watched(self.shell):
                    picture = show(self._traffic.chart(), again=True)
                    follow(self._traffic, picture.update)
            case "watch", "":
                print(self._traffic.watch())
            case "deploy", name:
                print(self._traffic.deploy(place, name or "the code of now"))
            case "mark", text if text:
                self._traffic.note(text)
            case "stop", "":
                self._traffic.stop()
                from .table import Table

                show(Table(*self._traffic.table()))
            case "chart", "":
                show(self._traffic.chart())
            case _:
                raise CourseError("Write %traffic start, watch, deploy NAME, mark TEXT, stop or chart.")

    # ---------------------------------------------------------------- exercises

    @line_magic
    def check(self, line: str) -> None:
        """%check 04.1: look at your database and workspace, and say whether the exercise is done."""
        exercise = exercises.find(line)
        print(judge(exercise, self._context()))

    @line_magic
    def hint(self, line: str) -> None:
        """%hint 04.1: the next hint for the exercise."""
        exercise = exercises.find(line)
        given = self._hints.get(exercise.number, 0)
        last = min(given, len(exercise.hints) - 1)
        self._hints[exercise.number] = last + 1
        print(f"Hint {last + 1} of {len(exercise.hints)}: {exercise.hints[last]}")
        if last + 1 == len(exercise.hints):
            print(f"That was the last one. %solution {exercise.number} shows a way to do it.")

    @line_magic
    def solution(self, line: str) -> None:
        """%solution 04.1: put a solution into new cells below, one cell for each call."""
        words = line.split()
        exercise = exercises.find(words[0] if words else "")
        number = int(words[1]) if len(words) > 1 and words[1].isdigit() else 1
        if not 1 <= number <= len(exercise.solution):
            raise CourseError(
                f"The solution of {exercise.number} has {len(exercise.solution)} cells: give 1 to that."
            )
        self.shell.set_next_input(exercise.solution[number - 1].rstrip("\n"))
        text = f"Cell {number} of {len(exercise.solution)} is in a new cell below: read it, then run it."
        if number < len(exercise.solution):
            text += f" The next one: %solution {exercise.number} {number + 1}"
        print(text)

    @line_magic
    def quiz(self, line: str) -> None:
        """%quiz 11.a: a question and its answers. %quiz 11.a b: what is to be said of answer b."""
        number, _, letter = line.strip().partition(" ")
        question = quizzes.find(number)
        print(question.answered(letter.strip()) if letter.strip() else question.asked())

    def _context(self) -> exercises.Context:
        place = self.session.place()
        assert self.session.cluster is not None
        return exercises.Context(self.session.cluster.url(), place.workspace, place.runner)

    # ---------------------------------------------------------------- whose files are these?

    def before_cell(self, info: Any) -> None:
        """Remember the files as they are before a cell runs."""
        if self.session.lesson is not None:
            self._files = self.session.workspace.files()

    def after_cell(self, result: Any) -> None:
        """Note what a cell of the course itself wrote, so that `%lesson` need not set it aside."""
        if self.session.lesson is None or result is None or result.info is None:
            return
        files = self.session.workspace.files()
        if files != self._files and _is_of_course(result.info.raw_cell or ""):
            self.session.workspace.credit(self._files, files)


MAGICS = (
    "  %lesson 04               begin a lesson",
    "  %alembic upgrade head    run Alembic",
    "  %pytest -q               run the tests of your workspace",
    "  %beside alembic …        run Alembic, or a module, beside the notebook",
    "  %sql, %%sql              run SQL",
    "  %%migration              fill the newest revision",
    "  %%edit FILE              write a file of the workspace, or change a line of it",
    "  %get_bank                copy the sample app into the workspace",
    "  %inherit                 the bank of the capstone, in the place of yours",
    "  %check, %hint, %solution an exercise's number follows: %check 04.1",
    "  %quiz 11.a               a question; a letter behind it is your answer",
    "  %traffic                 let the app work while its database changes: start, stop, chart",
    "  %course                  this list",
)


class _Progress:
    """Shows what takes a while to a person who waits, and takes it away when it is done: only what lasts is
    stored in a run without one."""

    def __init__(self, shell: Any) -> None:
        self._watched = _is_watched(shell)
        self._shown = False

    def show(self, line: str) -> None:
        if self._watched:
            print(line, flush=True)
            self._shown = True

    def clear(self) -> None:
        if self._shown:
            clear()


def _load_sql() -> None:
    importlib.import_module("course.sqlmagic").load_driver()


@contextlib.contextmanager
def _without_collector(*, first: bool) -> Iterator[None]:
    """Let Python not look for garbage while hundreds of modules load: there is none, and it looks at all
    that is there again and again, a sixth of the time. first: what is there then is never looked at again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
        if first:
            gc.freeze()
    finally:
        if enabled:
            gc.enable()


def _is_watched(shell: Any) -> bool:
    """Whether a person waits. A run without one (tests, the course as pages) allows no input."""
    return bool(getattr(getattr(shell, "kernel", None), "_allow_stdin", False))


def _is_of_course(source: str) -> bool:
    """Whether a cell stands in a notebook or in a solution, so that what it writes can be written again."""
    if has_cell(source):
        return True
    solutions = (cell for exercise in exercises.every() for cell in exercise.solution)
    return source.strip() in map(str.strip, solutions)


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
