"""A lesson's starting state: the steps of the lessons before it, done in an empty place without a kernel."""

from __future__ import annotations

from collections.abc import Callable

from . import commands, database
from .commands import Place
from .errors import CourseError, SqlError
from .lessons import Cell, Lesson
from .runner import Write
from .steps import Step, parse


class ReplayError(CourseError):
    """A step of an earlier lesson does not run: a fault of the course or of the cluster."""


def replay(place: Place, urls: Callable[[str], str], before: Lesson, lessons: list[Lesson]) -> None:
    """Do all steps of the lessons before `before`, in order.

    urls: gives the URL of a database by its name. Raises ReplayError with the notebook and the cell.
    """
    for lesson in lessons:
        if lesson.number >= before.number:
            break
        for cell in lesson.steps():
            try:
                run_cell(place, urls, cell.source, expect_error="raises-exception" in cell.tags, warn=False)
            except CourseError as error:
                raise ReplayError(
                    f"Lesson {before.number} cannot begin: a step of {_place(lesson, cell)} failed. {error}"
                ) from error


def run_cell(
    place: Place,
    urls: Callable[[str], str],
    source: str,
    *,
    expect_error: bool = False,
    warn: bool = True,
) -> list[str]:
    """Do what one cell says and give its output. Raises CourseError where the cell would fail.

    expect_error: the cell fails on purpose; then its error is the last line of the output.
    warn: False where nobody reads the output: what only a warning would need is not looked up.
    """
    output: list[str] = []
    for step in parse(source):
        try:
            _run(place, urls, step, output.append, warn)
        except CourseError as error:
            if not expect_error:
                raise type(error)("\n".join([str(error), *output])) from error
            output.append(str(error))
    return output


def _run(place: Place, urls: Callable[[str], str], step: Step, write: Write, warn: bool) -> None:
    match step:
        case Step("alembic", line):
            commands.run_alembic(place, line, write)
        case Step("sql", line, body):
            run_sql(urls, f"{line}\n{body or ''}")
        case Step("migration", line, str(body)):
            write(commands.write_migration(place, line, body, warn=warn).plain)
        case Step("edit", line, str(body)):
            write(commands.edit_file(place, line, body).plain)
        case Step("get_bank"):
            write(commands.get_bank(place).plain)
        case Step("inherit"):
            write(commands.inherit(place).plain)
        case Step("!", line):
            commands.run_shell(place, line, write)


def run_sql(urls: Callable[[str], str], text: str) -> None:
    """Run statements one by one on the practice database, or on the default one while there is none."""
    import sqlparse

    statements = [statement.strip() for statement in sqlparse.split(text) if statement.strip(" ;\n\t")]
    try:
        with database.connect(urls(database.NAME)) as cursor:
            cursor.execute("SELECT 1")
        name = database.NAME
    except SqlError as error:
        if "does not exist" not in str(error):
            raise
        name = database.DEFAULT
    with database.connect(urls(name)) as cursor:
        for statement in statements:
            with database.making(statement, urls(database.DEFAULT)):
                cursor.execute(statement)


def _place(lesson: Lesson, cell: Cell) -> str:
    return f"{lesson.path.name} (cell {cell.number})"
