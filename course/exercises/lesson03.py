"""The exercises of lesson 03: what env.py says without a URL, and how the files of revisions are named."""

from __future__ import annotations

import configparser
import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from ..workspace import KEPT
from .model import Context, Exercise, NotYet, Wrong

# ---------------------------------------------------------------- 03.1

PATIENCE = 30
"""Seconds to wait for a command of Alembic without a URL."""


def clear_message(context: Context) -> None:
    """Without DATABASE_URL, or with an empty one, alembic ends with one line that names it; else it works."""
    context.read("alembic.ini")
    context.read("alembic/env.py")
    tried = [(command, url) for command in ("current", "upgrade head --sql") for url in (None, "")]
    with ThreadPoolExecutor() as pool:
        ended = pool.map(lambda one: alembic(context.workspace.root, *one), tried)
        for (command, url), (code, output) in zip(tried, ended, strict=True):
            _judge(
                f"alembic {command} {'without' if url is None else 'with an empty'} DATABASE_URL",
                code,
                output,
            )
    _refuse_broken(context)


def _judge(how: str, code: int, output: str) -> None:
    """Raise NotYet unless it failed, with one line that names the variable."""
    if code == 0:
        raise NotYet(f"{how} ends as if all were well: which database did it ask?")
    if "Traceback (most recent call last)" in output:
        raise NotYet(f"{how} still prints a traceback.")
    if "DATABASE_URL" not in output:
        raise NotYet(f"{how} does not name DATABASE_URL.")
    # What Alembic logs may come before the message, and CommandError is logged and printed.
    lines = [line for line in output.splitlines() if line.strip() and not re.match(r"[A-Z]+ +\[", line)]
    if len(lines) > 1:
        raise NotYet(f"{how} prints {len(lines)} lines: say it in one.")


def _refuse_broken(context: Context) -> None:
    """Raise NotYet unless alembic asks the database of DATABASE_URL, also where that has a % in it."""
    url = make_url(context.url)
    code, output = context.run(["alembic", "current"])
    if code:
        said = _error(output).replace(url.password or "\n", "***")  # an error may quote the URL
        raise NotYet(f"The message is right, but with DATABASE_URL alembic current fails now: {said}")
    percent = url.update_query_dict({"application_name": "50%off"}).render_as_string(hide_password=False)
    if context.run(["alembic", "current"], url=percent)[0]:
        raise NotYet("The message is right, but a % in DATABASE_URL is too much for alembic current now.")
    nowhere = url.set(host="127.0.0.1", port=1).render_as_string(hide_password=False)
    if context.run(["alembic", "current"], url=nowhere)[0] == 0:
        raise NotYet("The message is right, but alembic asks another database than that of DATABASE_URL.")


def _error(output: str) -> str:
    """The line of the output that says what went wrong: below an error SQLAlchemy adds where to read on."""
    lines = [line for line in output.strip().splitlines() if not line.startswith(("[SQL", "(Background"))]
    errors = [line for line in lines if re.match(r"(FAILED|[\w.]+(Error|Exception)): ", line)]
    return (errors or [line for line in lines if line] or ["(it said nothing)"])[-1]


def alembic(project: Path, command: str, url: str | None) -> tuple[int, str]:
    """Exit code and output of a command of Alembic with this DATABASE_URL; None: with none at all."""
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    if url is not None:
        env["DATABASE_URL"] = url
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "alembic", *command.split()],
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
            f"alembic {command} without DATABASE_URL does not come to an end in {PATIENCE} seconds."
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
    variants=(
        (
            instead_of_setting(
                'url = os.environ.get("DATABASE_URL", "").strip()',
                "if not url:",
                '    raise SystemExit("env.py: set DATABASE_URL to the URL of your database")',
                'config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))',
            ),
        ),
        # Logged by env.py, after it has set up logging.
        (
            f"%%edit alembic/env.py --replace '{SETTING}'\n",
            '%%edit alembic/env.py --after "fileConfig(config.config_file_name)"\n\nimport logging\n\n'
            'if not os.environ.get("DATABASE_URL"):\n'
            '    logging.getLogger("alembic").error("DATABASE_URL is not set")\n'
            f"    raise SystemExit(1)\n{SETTING}",
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
        Wrong(
            (
                before_setting(
                    'if not os.environ.get("DATABASE_URL"):',
                    '    raise SystemExit("DATABASE_URL is not set.\\nSet it.")',
                ),
            ),
            "prints 2 lines",
        ),
        # Only where it connects: with --sql nothing does.
        Wrong(
            (
                instead_of_setting(
                    'url = os.environ.get("DATABASE_URL", "")',
                    'config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))',
                ),
                "%%edit alembic/env.py --before 'connectable = engine_from_config('\n"
                '    if not url:\n        raise SystemExit("DATABASE_URL is not set")',
            ),
            "upgrade head --sql without DATABASE_URL still prints a traceback",
        ),
        # What the replaced line did, too, is lost.
        Wrong(
            (
                instead_of_setting(
                    'url = os.environ.get("DATABASE_URL")',
                    "if not url:",
                    '    raise SystemExit("DATABASE_URL is not set")',
                    'config.set_main_option("sqlalchemy.url", url)',
                ),
            ),
            "a % in DATABASE_URL is too much",
        ),
        Wrong(
            (
                instead_of_setting(
                    'if not os.environ.get("DATABASE_URL"):',
                    '    raise SystemExit("DATABASE_URL is not set")',
                    'config.set_main_option("sqlalchemy.url", "sqlite://")',
                ),
            ),
            "alembic asks another database",
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
    # In each pair the earlier day gets the later id, and then the later title too: in front neither may pass.
    ids = [letter * 12 for letter in "fedc"]
    for titles in (["add_column"] * 4, ["widen", "rename", "drop", "add"]):
        names = [name(template, *given) for given in zip(DAYS, ids, titles, strict=True)]
        _refuse_unsorted(names)
    if name(template, DAYS[0], "a" * 12) == name(template, DAYS[0], "b" * 12):
        raise NotYet(f"Two revisions of one title on the same day would both be named {names[-1]}.py.")
    if found := re.search(r"[\"'#;]|\.py$", names[0]):
        raise NotYet(f"The {found[0]} of file_template would be a part of the name: {names[0]}.py.")
    _make_one(context, folders="/" in names[0])


def _refuse_unsorted(names: list[str]) -> None:
    if names != sorted(names):
        earlier, later = next((one, other) for one, other in itertools.pairwise(names) if one > other)
        raise NotYet(f"As it is, the newer {later}.py sorts before the older {earlier}.py.")


def _make_one(context: Context, *, folders: bool) -> None:
    """Let Alembic make a revision in a copy of the workspace. Raises NotYet where it cannot, or loses it.

    folders: whether its name has one in it.
    """
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place, "copy")
        shutil.copytree(context.workspace.root, copy, ignore=shutil.ignore_patterns(KEPT))
        code, said = context.run(["alembic", "revision", "-m", "add column"], folder=copy)
        if code:
            raise NotYet(f"alembic revision fails now: {_error(said).replace(f'{copy}{os.sep}', '')}")
        if folders and not context.run(["alembic", "heads"], folder=copy)[1].strip():
            raise NotYet("Alembic makes a revision in a folder of its own, and does not find it there again.")


def file_template(project: Path) -> str:
    """The setting as Alembic reads it. Raises NotYet where it cannot."""
    parser = configparser.ConfigParser({"here": str(project)})
    try:
        parser.read(project / "alembic.ini", encoding="utf-8")
        return parser.get("alembic", "file_template", fallback="%(rev)s_%(slug)s")
    except configparser.InterpolationError:
        raise NotYet("Alembic cannot read file_template: a % in alembic.ini must be written %%.") from None
    except configparser.DuplicateOptionError as error:
        raise NotYet(
            f"alembic.ini sets {error.option} twice, the second time in line {error.lineno}."
        ) from None
    except configparser.ParsingError as error:
        line = error.errors[0][0] if error.errors else getattr(error, "lineno", "?")
        raise NotYet(f"Alembic cannot read line {line} of alembic.ini.") from None
    except configparser.Error as error:
        raise NotYet(f"Alembic cannot read alembic.ini: {str(error).splitlines()[0]}") from None


def name(template: str, day: datetime, revision: str, title: str = "add_column") -> str:
    """The name that Alembic gives to a file, without .py.

    The tokens are those of https://alembic.sqlalchemy.org/en/latest/tutorial.html#editing-the-ini-file
    """
    tokens = {
        "rev": revision,
        "slug": title,
        "epoch": int(day.timestamp()),
        **{part: getattr(day, part) for part in ("year", "month", "day", "hour", "minute", "second")},
    }
    try:
        return template % tokens
    except KeyError as error:
        raise NotYet(f"Alembic cannot make a name from {template}: it knows no {error.args[0]}.") from None
    except (ValueError, TypeError) as error:
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
    variants=(
        (template_line("%%(epoch)s_%%(rev)s_%%(slug)s"),),
        (template_line("%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s_%%(rev)s\ntimezone = UTC"),),
        # The comment below it in alembic.ini, with what that asks for.
        (
            template_line("%%(year)d/%%(month).2d/%%(day).2d_%%(rev)s_%%(slug)s"),
            '%%edit alembic.ini --replace "# recursive_version_locations = false"\n'
            "recursive_version_locations = true",
        ),
    ),
    untouched="sorts before",
    wrong=(
        Wrong((template_line("%(year)d-%(month).2d-%(day).2d_%(rev)s_%(slug)s"),), "must be written %%"),
        Wrong((template_line("%%(year)d-%%(month)d-%%(day)d_%%(rev)s_%%(slug)s"),), "sorts before"),
        Wrong((template_line("%%(day).2d-%%(month).2d-%%(year)d_%%(rev)s_%%(slug)s"),), "sorts before"),
        Wrong((template_line("%%(year)d-%%(month).2d-%%(day).2d_%%(slug)s"),), "would both be named"),
        Wrong((template_line("%%(slug)s_%%(year)d-%%(month).2d-%%(day).2d_%%(rev)s"),), "sorts before"),
        Wrong((template_line("%%(date)s_%%(rev)s_%%(slug)s"),), "it knows no date"),
        Wrong((template_line('"%%(year)d-%%(month).2d-%%(day).2d_%%(rev)s"'),), "a part of the name"),
        Wrong((template_line("%%(year)d-%%(month).2d-%%(day).2d_%%(rev)s # by date"),), "a part of the name"),
        Wrong((template_line("%%(year)d/%%(month).2d/%%(day).2d_%%(rev)s"),), "does not find it there again"),
        Wrong((template_line("%%(year)d%%(month).2d%%(day).2d_%%(rev)s\ntimezone = Moon"),), "fails now"),
        Wrong((template_line("%%(epoch)s_%%(rev)s\nfile_template = %%(epoch)s"),), "twice"),
    ),
)

EXERCISES = (CLEAR_MESSAGE, SORTED_NAMES)
