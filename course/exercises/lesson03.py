"""The exercises of lesson 03: what env.py says without a URL, and how the files of revisions are named."""

from __future__ import annotations

import configparser
import itertools
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from .model import Context, Exercise, NotYet, Wrong

# ---------------------------------------------------------------- 03.1

PATIENCE = 30
"""Seconds to wait for `alembic current` without a URL."""


def clear_message(context: Context) -> None:
    """Without DATABASE_URL, or with an empty one, alembic ends with one line that names it; else it works."""
    context.read("alembic/env.py")
    for url in (None, ""):
        code, output = current(context.workspace.root, url)
        how = "without DATABASE_URL" if url is None else "with an empty DATABASE_URL"
        if code == 0:
            raise NotYet(f"alembic current {how} ends as if all were well: which database did it ask?")
        if "Traceback (most recent call last)" in output:
            raise NotYet(f"alembic current {how} still prints a traceback.")
        if "DATABASE_URL" not in output:
            raise NotYet(f"alembic current {how} does not name DATABASE_URL.")
    code, output = current(context.workspace.root, context.url)
    if code:
        last = output.strip().splitlines()[-1:] or ["(it said nothing)"]
        raise NotYet(f"The message is right, but with DATABASE_URL alembic current fails now: {last[0]}")


def current(project: Path, url: str | None) -> tuple[int, str]:
    """Exit code and output of `alembic current` with this DATABASE_URL; None: with none at all."""
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    if url is not None:
        env["DATABASE_URL"] = url
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "alembic", "current"],
            cwd=project,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotYet(
            f"alembic current without DATABASE_URL does not come to an end in {PATIENCE} seconds."
        ) from None
    return ended.returncode, ended.stdout


SETTING = 'config.set_main_option("sqlalchemy.url", os.environ["DATABASE_URL"].replace("%", "%%"))'


def before_setting(*lines: str) -> str:
    """The cell that puts lines in front of the one that hands the URL over."""
    return "\n".join([f"%%edit alembic/env.py --before '{SETTING}'", *lines])


def instead_of_setting(*lines: str) -> str:
    """The cell that replaces that line."""
    return "\n".join([f"%%edit alembic/env.py --replace '{SETTING}'", *lines])


CLEAR_MESSAGE = Exercise(
    number="03.1",
    task="Make alembic end with one clear line that names DATABASE_URL when that is missing or empty.",
    check=clear_message,
    done="Whoever forgets DATABASE_URL is told so in one line.",
    hints=(
        'os.environ["DATABASE_URL"] raises a KeyError where there is none. What does .get() do?',
        "Look before you use it, in the line above config.set_main_option.",
        "alembic.util has an exception CommandError: alembic prints it as one line, without a traceback.",
    ),
    solution=(
        before_setting(
            "from alembic.util import CommandError",
            "",
            'if not os.environ.get("DATABASE_URL"):',
            '    raise CommandError("DATABASE_URL is not set: it takes the URL of the database")',
        ),
    ),
    untouched="without DATABASE_URL still prints a traceback",
    wrong=(
        # A default: forgetting the variable migrates whatever happens to be there.
        Wrong(
            (
                instead_of_setting(
                    'url = os.environ.get("DATABASE_URL") or "sqlite://"',
                    'config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))',
                ),
            ),
            "which database did it ask?",
        ),
        # An empty variable is as common as none: `DATABASE_URL=$(a command that failed)`.
        Wrong(
            (
                before_setting(
                    "from alembic.util import CommandError",
                    "",
                    'if "DATABASE_URL" not in os.environ:',
                    '    raise CommandError("DATABASE_URL is not set")',
                ),
            ),
            "with an empty DATABASE_URL still prints a traceback",
        ),
        Wrong(
            (
                before_setting(
                    'if not os.environ.get("DATABASE_URL"):',
                    '    raise SystemExit("no database")',
                ),
            ),
            "does not name DATABASE_URL",
        ),
        # sys.exit without an argument means success.
        Wrong(
            (
                before_setting(
                    'if not os.environ.get("DATABASE_URL"):',
                    '    print("DATABASE_URL is not set")',
                    "    raise SystemExit",
                ),
            ),
            "ends as if all were well",
        ),
    ),
)

# ---------------------------------------------------------------- 03.2

# Names of these days must sort in this order: a new year, months and days of one and two digits.
# Without a time zone: Alembic's dates are local times too.
DAYS = (
    datetime(2025, 12, 31, 23, 59, 58),
    datetime(2026, 2, 3, 4, 5, 6),
    datetime(2026, 2, 10, 1, 0, 0),
    datetime(2026, 10, 1, 0, 0, 0),
)


def sorted_by_date(context: Context) -> None:
    """The names of new revisions sort by date and differ for different revisions."""
    context.read("alembic.ini")
    template = file_template(context.workspace.root)
    # In each pair the earlier day gets the later id, so that an id in front cannot pass by luck.
    names = [name(template, day, "fedcba98"[number] * 12) for number, day in enumerate(DAYS)]
    if names != sorted(names):
        earlier, later = next((one, other) for one, other in itertools.pairwise(names) if one > other)
        raise NotYet(f"As it is, the newer {later}.py sorts before the older {earlier}.py.")
    if len(set(names)) < len(names) or name(template, DAYS[0], "a" * 12) == name(template, DAYS[0], "b" * 12):
        raise NotYet(f"Two revisions of one title on the same day would both be named {names[0]}.py.")


def file_template(project: Path) -> str:
    """The setting as Alembic reads it. Raises NotYet where it cannot."""
    parser = configparser.ConfigParser({"here": str(project)})
    try:
        parser.read(project / "alembic.ini", encoding="utf-8")
        return parser.get("alembic", "file_template", fallback="%(rev)s_%(slug)s")
    except configparser.InterpolationError:
        raise NotYet("Alembic cannot read file_template: a % in alembic.ini must be written %%.") from None
    except configparser.Error as error:
        raise NotYet(f"Alembic cannot read alembic.ini: {str(error).splitlines()[0]}") from None


def name(template: str, day: datetime, revision: str) -> str:
    """The name that Alembic gives to a file, without .py.

    The tokens are those of https://alembic.sqlalchemy.org/en/latest/tutorial.html#editing-the-ini-file
    """
    tokens = {
        "rev": revision,
        "slug": "add_column",
        "epoch": int(day.timestamp()),
        **{part: getattr(day, part) for part in ("year", "month", "day", "hour", "minute", "second")},
    }
    try:
        return template % tokens
    except (KeyError, ValueError, TypeError) as error:
        raise NotYet(f"Alembic cannot make a name from {template}: {error}") from None


COMMENTED = "# file_template = %%(year)d_%%(month).2d_%%(day).2d_%%(hour).2d%%(minute).2d-%%(rev)s_%%(slug)s"


def template_line(value: str) -> str:
    """The cell that sets file_template."""
    return f'%%edit alembic.ini --replace "{COMMENTED}"\nfile_template = {value}'


SORTED_NAMES = Exercise(
    number="03.2",
    task="Change alembic.ini so that the names of new migrations sort by date, and still differ.",
    check=sorted_by_date,
    done="A folder of new migrations, sorted by name, is sorted by date.",
    hints=(
        "The setting is file_template. A line that begins with # is a comment: Alembic does not see it.",
        "Names are sorted letter by letter: year, month, day, in this order, and 02 instead of 2.",
        "Keep %%(rev)s in the name: it is what tells two migrations of the same minute apart.",
    ),
    solution=(template_line("%%(year)d-%%(month).2d-%%(day).2d_%%(rev)s_%%(slug)s"),),
    untouched="sorts before",
    wrong=(
        Wrong((template_line("%(year)d-%(month).2d-%(day).2d_%(rev)s_%(slug)s"),), "must be written %%"),
        Wrong((template_line("%%(year)d-%%(month)d-%%(day)d_%%(rev)s_%%(slug)s"),), "sorts before"),
        Wrong((template_line("%%(day).2d-%%(month).2d-%%(year)d_%%(rev)s_%%(slug)s"),), "sorts before"),
        Wrong((template_line("%%(year)d-%%(month).2d-%%(day).2d_%%(slug)s"),), "would both be named"),
    ),
)

EXERCISES = (CLEAR_MESSAGE, SORTED_NAMES)
