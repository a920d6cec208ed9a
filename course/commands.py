"""What the magics do, as plain functions: used by a notebook's magics and by the replay of steps alike."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from . import app, database, edit, inheritance, migration
from .display import Block, created, diff
from .errors import NO_CLUSTER, AlembicFailed, CourseError, SqlError
from .runner import Runner, Write
from .workspace import Workspace

SHELL_SIGNS = {"|", "||", ">", ">>", "<", "&", "&&", ";", "2>&1", "2>"}


@dataclass(slots=True)
class Place:
    """Where commands run: the workspace, the environment of their processes, and what starts these."""

    workspace: Workspace
    env: Mapping[str, str]
    runner: Runner = field(default_factory=Runner)


def run_alembic(place: Place, line: str, write: Write, *, cwd: Path | None = None) -> None:
    """Run the alembic command line; its output goes to `write`, with paths relative to the workspace.

    `--raw` as the first word leaves paths and tracebacks as they come; `--brief` leaves out what Alembic says
    of itself and cuts long lines; `--no-log` leaves out all that it logs. Raises AlembicFailed when the exit
    code is not 0, CourseError for what only a shell understands.
    """
    option, line = _own_option(line)
    words = _words(line, "%alembic", "!alembic")
    raw = option == "--raw"
    refused = False

    def pass_on(text: str) -> None:
        nonlocal refused
        refused = refused or "Connection refused" in text
        shown = text if raw else place.workspace.shorten(text)
        write(
            _brief(shown) if option == "--brief" else LOGGED.sub("", shown) if option == "--no-log" else shown
        )

    code = place.runner.run(
        ["alembic", *words],
        cwd=cwd or place.workspace.root,
        env=place.env,
        write=pass_on,
        fold="" if raw else f"%alembic --raw {line.strip()}",
    )
    if code:
        ended = _ended("alembic", line, code)
        raise AlembicFailed(ended + (f"\n{NO_CLUSTER}" if refused else ""))


OPTIONS = ("--raw", "--brief", "--no-log")
"""What `%alembic` itself understands, as its first word; Alembic has no options of these names."""


def _own_option(line: str) -> tuple[str, str]:
    """The option of ours that a line begins with, "" for none, and the rest. Raises CourseError for two."""
    first, _, rest = line.strip().partition(" ")
    if first not in OPTIONS:
        return "", line
    if rest.split()[:1] and rest.split()[0] in OPTIONS:
        raise CourseError(f"%alembic takes one of {', '.join(OPTIONS)} at a time.")
    return first, rest


def _words(line: str, magic: str, shell: str) -> list[str]:
    """The words of a line. Raises CourseError for what only a shell understands."""
    words = split(line)
    if signs := SHELL_SIGNS.intersection(words):
        raise CourseError(f"{magic} is no shell and does not know {min(signs)} : write {shell} {line}")
    return words


def _ended(program: str, line: str, code: int) -> str:
    how = f"failed with exit code {code}" if code > 0 else f"was ended by signal {-code}"
    return " ".join(filter(None, [program, line.strip(), how]))


OF_ITSELF = (
    "INFO  [alembic.runtime.migration] Context impl",
    "INFO  [alembic.runtime.migration] Will assume",
    "INFO  [alembic.runtime.plugins]",
    "ERROR [alembic.util.messaging]",
)
"""How lines begin that `--brief` leaves out: how Alembic is set up, and what it says again as FAILED."""
LOGGED = re.compile(r"^[A-Z]+ +\[[a-z]\w*(?:\.\w+)*\] .*\n?", re.MULTILINE)
"""Lines that `--no-log` leaves out, as alembic.ini of `alembic init` formats them: LEVEL [logger] text."""
LONG, KEPT = 180, 100
"""So many signs make a line long; so many of it are kept. (Addresses, further on, vary in length.)"""


def _brief(text: str) -> str:
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith(OF_ITSELF)]
    return "".join(line if len(line) <= LONG else f"{line[:KEPT].rstrip()} …\n" for line in lines)


def run_pytest(place: Place, line: str, write: Write, *, cwd: Path | None = None) -> None:
    """Run `python -m pytest` with these words; its output goes to `write`, paths as from the workspace.

    Raises CourseError when the exit code is not 0, and for what only a shell understands.
    """
    code = place.runner.run(
        ["-m", "pytest", *_words(line, "%pytest", "!python -m pytest")],
        cwd=cwd or place.workspace.root,
        env=place.env,
        write=lambda text: write(place.workspace.shorten(text)),
    )
    if code:
        raise CourseError(_ended("pytest", line, code))


def split(line: str) -> list[str]:
    """A line as words, quoted as in a shell; a comment at its end is left out. Raises CourseError."""
    try:
        words = shlex.split(line)
    except ValueError:
        raise CourseError(f"A quotation mark is missing in: {line}") from None
    comments = [
        number for number, word in enumerate(words) if word.startswith("#") and f" {word}" in f" {line}"
    ]
    return words[: comments[0]] if comments else words


def write_migration(place: Place, line: str, body: str, *, warn: bool = True) -> Block:
    """Put the cell's upgrade() and downgrade() into the newest revision (or `line`'s) and show the change.

    warn: also ask the database whether that revision has run already, and say so.
    """
    known = migration.revisions(place.workspace.root)
    revision = migration.choose(known, line.strip())
    before = revision.path.read_text(encoding="utf-8")
    after = migration.fill(before, body)
    _save(revision.path, after)
    shown = diff(place.workspace.shorten(str(revision.path)), before, after)
    if warn and after != before and revision.id in migration.ran(known, _stamped(place)):
        return shown.followed_by(
            f"Revision {revision.id} has already run on this database, so `%alembic upgrade head` skips it. "
            "Go back with `%alembic downgrade -1`, or put the change into a new revision."
        )
    return shown


def _stamped(place: Place) -> list[str]:
    """What the database's alembic_version holds; nothing where there is no such table, or no database."""
    try:
        rows = database.query(place.env["DATABASE_URL"], "SELECT version_num FROM alembic_version")
    except (KeyError, SqlError):
        return []
    return [row["version_num"] for row in rows]


def edit_file(place: Place, line: str, body: str) -> Block:
    """Write or change a file of the workspace, `line` as EDIT_USAGE says, and give the change.

    Raises CourseError for a file outside of the workspace, and for a line that is not there.
    """
    wanted = EDIT.parse_args(split(line))
    path = place.workspace.path(wanted.file)
    name = path.relative_to(place.workspace.root.resolve()).as_posix()
    if path.is_dir():
        raise CourseError(f"{name} is a folder: name a file.")
    if not path.exists() and not wanted.create:
        raise CourseError(
            f"There is no file {name} in your workspace. To make it, write: %%edit {wanted.file} --create"
        )
    new = not path.exists()
    try:
        before = "" if new else path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise CourseError(
            f"{name} is no text in UTF-8, so no change can be shown. Move it away: !mv {name} {name}.old"
        ) from None
    if wanted.replace is not None:
        after = edit.replace(name, before, wanted.replace, body)
    elif wanted.after is not None or wanted.before is not None:
        anchor = wanted.before if wanted.after is None else wanted.after
        after = edit.insert(name, before, anchor, body, after=wanted.after is not None)
    else:
        after = body.rstrip("\n") + "\n" if body.strip() else ""
    path.parent.mkdir(parents=True, exist_ok=True)
    _save(path, after)
    return created(name, after) if new else diff(name, before, after)


def get_bank(place: Place) -> Block:
    """Copy the sample app into the workspace."""
    names = app.get_bank(place.workspace)
    files = "\n".join(f"  {name}" for name in names)
    return Block(f"The sample app is in your workspace:\n{files}")


def inherit(place: Place) -> Block:
    """Put the bank of the capstone in the place of the learner's. Raises SqlError."""
    kept = inheritance.inherit(place.workspace, place.env["DATABASE_URL"])
    aside = f"\nYour files of before: {place.workspace.shorten(str(kept))}" if kept else ""
    return Block(
        "You have inherited Harbor Bank: its tables and rows are in the database bank, its revisions in "
        f"alembic/versions/, its models in bank/models.py.{aside}"
    )


def run_shell(place: Place, line: str, write: Write) -> None:
    """The two shell commands that a step may hold: `rm PATTERN …` and `python -m MODULE …`.

    Raises CourseError for a pattern outside of the workspace, and when a module fails.
    """
    words = split(line)
    if words[0] == "rm":
        for pattern in words[1:]:
            place.workspace.path(pattern)
            for path in list(place.workspace.root.glob(pattern)):
                path.unlink()
        return
    code = place.runner.run(words[1:], cwd=place.workspace.root, env=place.env, write=write)
    if code:
        raise CourseError(f"{line} failed with exit code {code}")


class _Options(argparse.ArgumentParser):
    """A parser whose errors are for the cell, not for a process."""

    def error(self, message: str) -> NoReturn:
        raise CourseError(f"%%edit: {message}. Write: {EDIT_USAGE}")


EDIT_USAGE = "%%edit FILE [--create | --replace LINE | --after LINE | --before LINE]"
EDIT = _Options(prog="%%edit", usage=EDIT_USAGE, add_help=False, allow_abbrev=False)
EDIT.add_argument("file")
_mode = EDIT.add_mutually_exclusive_group()
_mode.add_argument("--create", action="store_true")
for _option in ("--replace", "--after", "--before"):
    _mode.add_argument(_option)


def _save(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    # Python takes a compiled file for up to date when time (in seconds) and size are the same.
    for stale in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        stale.unlink(missing_ok=True)
