"""What `alembic check` finds in the learner's workspace, in a clean process."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from .model import Context, NotYet

# Alembic's env.py imports the models; a table that is taken out here is one whose model is gone.
_PROGRAM = """
import sys

sys.path.insert(0, ".")
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
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *without],
        cwd=context.workspace.root,
        env={**os.environ, "DATABASE_URL": context.url},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    if done.returncode == 0:
        return []
    lines = re.findall(r"\[alembic\.autogenerate\.[\w.]+\] (.*[Dd]etected.*)", done.stdout)
    if not lines:
        last = done.stdout.strip().splitlines()[-1].removeprefix("FAILED: ")
        raise NotYet(f"alembic check stops: {last}")
    return lines


def refuse_differences(context: Context, about: str = "") -> None:
    """Raise NotYet, with the first difference, unless models and database agree on what is named `about`."""
    if found := [line for line in differences(context) if about in line]:
        raise NotYet(f"alembic check still sees a difference: {found[0]}")
