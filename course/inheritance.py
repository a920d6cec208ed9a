"""`%inherit`: the capstone's bank, with a broken history, in the place of the learner's.

What it puts there is in `course/inherited/`: rows and tables, revisions, models. The files that set up
Alembic and the tests stay as lesson 24 leaves them.
"""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from . import database
from .workspace import KEPT, Workspace

HERE = Path(__file__).parent / "inherited"


def inherit(workspace: Workspace, url: str) -> Path | None:
    """Put the inherited bank into workspace and database.

    Gives the folder to which the learner's own revisions and models were copied first; None: there were none.
    Raises SqlError.
    """
    kept = _set_aside(workspace)
    versions = workspace.path("alembic/versions")
    shutil.rmtree(versions, ignore_errors=True)
    shutil.copytree(HERE / "versions", versions, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(HERE / "models.py", workspace.path("bank/models.py"))
    _fill(url)
    return kept


def _set_aside(workspace: Workspace) -> Path | None:
    mine = [name for name in workspace.learners() if name.startswith(("alembic/versions/", "bank/"))]
    if not mine:
        return None
    folder = workspace.root / KEPT / f"{datetime.now():%Y-%m-%d-%H%M%S}-capstone"
    for name in mine:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(workspace.root / name, folder / name)
    return folder


def _fill(url: str) -> None:
    import sqlparse

    with database.connect(url) as cursor:
        cursor.execute(
            "SELECT table_name FROM [SHOW TABLES] WHERE schema_name = 'public' ORDER BY table_name"
        )
        tables = [row["table_name"] for row in cursor.fetchall()]
        if tables:
            cursor.execute(f"DROP TABLE {', '.join(tables)} CASCADE")
        for statement in sqlparse.split((HERE / "database.sql").read_text(encoding="utf-8")):
            cursor.execute(statement)
