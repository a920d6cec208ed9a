"""`make arrive`: write into alembic/versions/ and bank/models.py where the lessons' steps arrive.

The steps of all lessons are done in a sandbox; what they leave in the workspace is put into this project's
style. Ids and dates of revisions stay as long as their messages do. With --check nothing is written: the
exit code is 1 if something would be.
"""

from __future__ import annotations

import ast
import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import cluster
from course import database, migration, states
from course.commands import Place
from course.lessons import lessons
from course.runner import Runner
from course.workspace import Workspace
from notebook_tools.sandbox import ROOT, fresh_sandbox

VERSIONS = Path("alembic/versions")
_FIRST = datetime(2026, 1, 12, 9)
_APART = timedelta(minutes=30)


def main(arguments: list[str]) -> int:
    """Give the exit code."""
    if arguments not in ([], ["--check"]):
        print("usage: python -m scripts.arrive [--check]", file=sys.stderr)
        return 2
    with fresh_sandbox() as sandbox:
        os.environ.update(sandbox.environment(), CLUSTER_FSYNC="off")
        workspace = Workspace(sandbox.workspace)
        running = cluster.start()
        place = Place(workspace, {**os.environ, "DATABASE_URL": running.url()}, Runner())
        walk(place, running)
        found = arrived(workspace.root)
    old = differences(found)
    for name in old:
        print(f"{name}: {'not as the lessons leave it' if arguments else 'written'}")
    if not arguments:
        for name in old:
            path = ROOT / name
            if name in found:
                path.write_text(found[name], encoding="utf-8")
            else:
                path.unlink()
    return 1 if arguments and old else 0


def walk(place: Place, running: cluster.Cluster) -> None:
    """Do the steps of all lessons, in an empty workspace and a new practice database."""
    known = lessons()
    database.remove(running)
    place.workspace.root.mkdir(parents=True, exist_ok=True)
    states.build(place, running, replace(known[-1], number="99"), known)


def differences(found: dict[str, str]) -> list[str]:
    """The files of the root that are not as `found` says, or not in it."""
    here = {path.relative_to(ROOT).as_posix() for path in (ROOT / VERSIONS).glob("*.py")}
    changed = [name for name, text in found.items() if _read(ROOT / name) != text]
    return sorted({*changed, *(here - set(found))})


def arrived(workspace: Path) -> dict[str, str]:
    """What the root's files should be, by name: the models and the revisions of a workspace, in our style."""
    files = {"bank/models.py": (workspace / "bank/models.py").read_text(encoding="utf-8")}
    ours = {_message(path.read_text(encoding="utf-8")): path for path in (ROOT / VERSIONS).glob("*.py")}
    ids: dict[str, str] = {}
    for number, revision in enumerate(_in_order(migration.revisions(workspace))):
        text = revision.path.read_text(encoding="utf-8")
        message = _message(text)
        ids[revision.id] = ours[message].name[:12] if message in ours else _id(message)
        for theirs, mine in ids.items():
            text = text.replace(theirs, mine)
        made = f"Create Date: {_FIRST + number * _APART:%Y-%m-%d %H:%M:%S.%f}"
        text = re.sub(r"^Create Date: .*", made, text, flags=re.MULTILINE)
        text = re.sub(r"^ *# ### .* ###\n", "", text, flags=re.MULTILINE)  # Alembic's "please adjust"
        slug = revision.path.name.partition("_")[2]
        files[f"{VERSIONS.as_posix()}/{ids[revision.id]}_{slug}"] = text
    return {name: _styled(text) for name, text in files.items()}


def _in_order(left: list[migration.Revision]) -> list[migration.Revision]:
    """Parents first; of those that could come next, by message."""
    ordered: list[migration.Revision] = []
    while left:
        known = {revision.id for revision in ordered}
        ready = [revision for revision in left if revision.parents <= known]
        ordered.append(min(ready, key=lambda revision: revision.path.name.partition("_")[2]))
        left = [revision for revision in left if revision is not ordered[-1]]
    return ordered


def _message(text: str) -> str:
    return (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]


def _id(message: str) -> str:
    return hashlib.sha256(message.encode()).hexdigest()[:12]


def _styled(text: str) -> str:
    """In the style of this project."""
    for command in (["check", "--fix", "--quiet", "--select", "I,UP,F401"], ["format", "--quiet"]):
        outcome = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--stdin-filename", "alembic_revision.py", "-"],
            input=text,
            capture_output=True,
            text=True,
            cwd=ROOT,
        )
        text = outcome.stdout or text
    return text


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
