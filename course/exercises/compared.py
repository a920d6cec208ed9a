"""What `alembic check` finds in the learner's workspace, in a clean process."""

from __future__ import annotations

import re

from .model import Context, NotYet

# Alembic's env.py imports the models; a table that is taken out here is one whose model is gone.
_PROGRAM = """
import sys
from alembic.config import main
from bank.models import Base

for name in sys.argv[1:]:
    Base.metadata.remove(Base.metadata.tables[name])
main(["check"])
"""


def differences(context: Context, *without: str) -> list[str]:
    """The differences that `alembic check` sees, one line each, were the models of `without` gone.

    Raises NotYet when it cannot compare, with the last line that it printed.
    """
    code, said = context.run(["-c", _PROGRAM, *without])
    if code == 0:
        return []
    lines = re.findall(r"\[alembic\.autogenerate\.[\w.]+\] (.*[Dd]etected.*)", said)
    if not lines:
        raise NotYet(f"alembic check stops: {context.workspace.shorten(last_words(said))}")
    return [re.sub(r"^Dialect impl <.*?> d", "D", line) for line in lines]


def last_words(said: str) -> str:
    """The last line of what a failed program printed; for Python that is none, the file and the line too."""
    last = said.strip().splitlines()[-1].removeprefix("FAILED: ")
    places = re.findall(r'File "(?:[^"]*/)?([^"/]+)", line (\d+)', said)
    if places and re.match(r"(Syntax|Indentation|Tab)Error\b", last):
        what = last.partition(": ")[2].partition(" (")[0]
        return f"line {places[-1][1]} of {places[-1][0]} is no valid Python ({what})"
    return last


def refuse_differences(context: Context, about: str = "") -> None:
    """Raise NotYet, with the first difference, unless models and database agree on what is named `about`."""
    if found := [line for line in differences(context) if about in line]:
        raise NotYet(f"alembic check still sees a difference: {found[0]}")
