"""A rehearsal: the learner's migrations, run on a new database that is dropped afterwards.

The commands run in a process of their own, in the learner's folder: env.py and the models are read anew,
and what they print goes nowhere. `python -m course.exercises.rehearsal FILE STEPS` is that process.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import runpy
import secrets
import sys
import tempfile
from collections.abc import Iterable, Iterator, Set
from pathlib import Path
from typing import Any

from .. import database
from ..migration import Revision
from .model import Context, NotYet

PREFIX = "rehearsal_"

SCHEMA = (
    "SELECT table_name, column_name,"
    " replace(replace(crdb_sql_type, current_database() || '.public.', ''), 'STRING', 'VARCHAR') AS type,"
    " CASE is_nullable WHEN 'NO' THEN 'NOT NULL' ELSE 'NULL' END AS nullable,"
    " 'DEFAULT ' || replace(column_default, current_database() || '.public.', '') AS default_,"
    " 'AS ' || nullif(generation_expression, '') AS expression"
    " FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT tablename, replace(indexdef, current_database() || '.public.', '') FROM pg_indexes"
    " WHERE schemaname = 'public'",
)


class Failed(Exception):
    """A step of a rehearsal failed: the text is what was said, on one line; `results` came before it."""

    def __init__(self, results: list[Any], said: str) -> None:
        super().__init__(said)
        self.results = results


@contextlib.contextmanager
def scratch(url: str) -> Iterator[str]:
    """The URL of a new, empty database beside that of `url`; it is dropped in the end."""
    from sqlalchemy import make_url

    name = PREFIX + secrets.token_hex(6)
    made = make_url(url)
    server = made.set(database=database.DEFAULT).render_as_string(hide_password=False)
    database.query(server, f"CREATE DATABASE {name}")
    try:
        yield made.set(database=name).render_as_string(hide_password=False)
    finally:
        database.query(server, f"DROP DATABASE {name} CASCADE")


def rehearse(context: Context, *steps: tuple[str, ...]) -> list[Any]:
    """Do the steps on a new database and give what each one gives (None where that is nothing).

    ("upgrade", target), ("downgrade", target), ("check",): commands of Alembic.
    ("sql", statement): its rows.   ("schema",): columns and indexes, sorted.
    ("app", word, …): `python -m bank word …`.   Raises Failed, and NotYet for a revision that would change
    the learner's own database.
    """
    _refuse_named_database(context)
    with scratch(context.url) as url, tempfile.TemporaryDirectory() as folder:
        answers = Path(folder, "answers.json")
        code, said = context.run(["-m", __name__, str(answers), json.dumps(steps)], url=url)
        if not answers.exists():
            raise Failed([], (said.strip().splitlines() or [f"exit code {code}"])[-1])
        answer = json.loads(answers.read_text(encoding="utf-8"))
    if answer["error"] is not None:
        name = re.escape(url.rpartition("/")[2].partition("?")[0])
        said = re.sub(rf"{name}\.(public\.)?", "", answer["error"])
        raise Failed(answer["results"], context.workspace.shorten(said))
    return list(answer["results"])


def _refuse_named_database(context: Context) -> None:
    """Raise NotYet for a revision that names the database: on every other one it would change that."""
    tables = "|".join(map(re.escape, [*context.tables(), "alembic_version"]))
    named = re.compile(rf'(?i)\b{database.NAME}"?\."?(public"?\."?)?({tables})\b|\bUSE\s+"?{database.NAME}\b')
    for revision in context.revisions():
        if named.search(revision.path.read_text(encoding="utf-8").partition("\ndef ")[2]):
            raise NotYet(
                f"The revision {revision.id} names the database {database.NAME}: on every other database it "
                "would change that one. Leave the name out."
            )


def up_down_up(context: Context, mine: list[Revision], *looks: tuple[str, ...]) -> list[list[Any]]:
    """Rehearse some revisions: up, down to the one before the first of them, and up again.

    looks: steps as `rehearse` takes them. Gives their answers before, after the way up and after the
    way back. Raises NotYet where a way fails, and where the way back leaves another schema than there was.
    """
    before, last = min(mine[0].parents, default="base"), mine[-1].id
    state = (("schema",), *looks)
    ways = (("upgrade", before), ("upgrade", last), ("downgrade", before))
    try:
        results = rehearse(context, *(step for way in ways for step in (way, *state)), ("upgrade", last))
        stopped = ""
    except Failed as failed:
        results, stopped = failed.results, str(failed)
    each = 1 + len(state)
    found = [results[number * each + 1 : (number + 1) * each] for number in range(3)]
    if len(results) < 2 * each:
        raise NotYet(f"On a new database the way up fails: {stopped}")
    if len(results) < 3 * each:
        raise NotYet(f"On a new database the way back fails: {stopped}")
    refuse_traces(found[0][0], found[2][0])
    if stopped:
        raise NotYet(f"On a new database the second way up fails: {stopped}")
    return [answers[1:] for answers in found]


def refuse_traces(before: list[str], after: list[str], *, indexes: bool = True) -> None:
    """Raise NotYet unless a schema is the same before a revision and after its way up and down.

    indexes: False for columns only. A changed primary key leaves an index that a person may want to keep.
    """
    old, new = (
        {name: rest for name, rest in _parts(schema).items() if indexes or " " not in name}
        for schema in (before, after)
    )
    if left := _without_indexes(new.keys() - old.keys()):
        raise NotYet(f"Up and down: then {', '.join(left)} is left over.")
    if lost := _without_indexes(old.keys() - new.keys()):
        raise NotYet(f"Up and down: then {', '.join(lost)} is gone, which was there before.")
    if changed := sorted(name for name in old if old[name] != new[name]):
        name = changed[0]
        raise NotYet(f"Up and down: then {name} is {new[name]}, and was {old[name]}.")


def _parts(schema: list[str]) -> dict[str, str]:
    """The columns by `table.column` and the indexes by `the index …`, each with the rest of its line."""
    found = {}
    for line in schema:
        index = re.match(r"(\S+) (CREATE (?:UNIQUE )?INDEX (\S+) .*)", line)
        table, column, rest = line.split(" ", 2)
        name, what = (f"the index {index[1]}@{index[3]}", index[2]) if index else (f"{table}.{column}", rest)
        found[name] = what
    return found


def _without_indexes(names: Set[str]) -> list[str]:
    """The names in order; indexes, which come and go with their columns, only if there is nothing else."""
    return sorted(name for name in names if " " not in name) or sorted(names)


def main(answers: str, steps: str) -> None:
    """Do the steps, and write what came of them to a file."""
    results: list[Any] = []
    error = None
    try:
        _refuse_another()
        for step in json.loads(steps):
            results.append(_do(*step))
    except (Exception, SystemExit) as raised:  # whatever the learner's code may raise
        lines = str(getattr(raised, "orig", None) or raised).strip().splitlines() or [""]
        error = f"{type(raised).__name__}: {lines[0]}" if not hasattr(raised, "orig") else lines[0]
    Path(answers).write_text(json.dumps({"results": results, "error": error}, default=str), encoding="utf-8")


def _refuse_another() -> None:
    """Raise LookupError where env.py leads elsewhere: there a rehearsal would change the learner's tables."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config("alembic.ini")
    found: list[str] = []

    def ask(_heads: Any, migration: Any) -> list[Any]:
        found.append(migration.connection.exec_driver_sql("SELECT current_database()").scalar())
        return []

    # As `alembic current` does it: nothing is written.
    script = ScriptDirectory.from_config(config)
    with EnvironmentContext(config, script, fn=ask, dont_mutate=True):
        script.run_env()
    if not found or not found[0].startswith(PREFIX):
        raise LookupError("env.py does not take the database from DATABASE_URL")


def _do(name: str, *arguments: str) -> Any:
    url = os.environ["DATABASE_URL"]
    if name == "sql":
        return database.query(url, arguments[0])
    if name == "schema":
        return schema(database.query(url, query) for query in SCHEMA)
    if name == "app":
        return _app(*arguments)
    from alembic import command
    from alembic.config import Config

    getattr(command, name)(Config("alembic.ini"), *arguments)
    return None


def schema(answers: Iterable[list[dict[str, Any]]]) -> list[str]:
    """The answers to SCHEMA as sorted lines, without what is Alembic's."""
    rows = [[str(value) for value in row.values() if value is not None] for rows in answers for row in rows]
    return sorted(" ".join(row) for row in rows if not row[0].startswith("alembic_"))


def _app(*words: str) -> None:
    """Run the app. Raises SystemExit with what it said where it did not end well."""
    sys.argv = ["bank", *words]
    with contextlib.redirect_stderr(io.StringIO()) as said:
        try:
            runpy.run_module("bank", run_name="__main__", alter_sys=True)
        except SystemExit as end:
            if end.code:
                raise SystemExit((said.getvalue().strip().splitlines() or [str(end.code)])[-1]) from None


if __name__ == "__main__":
    main(*sys.argv[1:])
