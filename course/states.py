"""The state in which a lesson starts: the steps before it, done again, or a copy of what they once made.

Where the cluster can copy databases, what one lesson has built up is kept for the next ones: each then does
the steps of the lessons in between only. A copy is found by everything that it was made of, so it never
outlives a change of a notebook, of the course or of a library.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import shutil
from importlib.metadata import version
from pathlib import Path

import cluster
from cluster import Cluster, ClusterError
from cluster.home import KEPT

from . import database
from .commands import Place
from .errors import SqlError
from .lessons import Lesson
from .replay import replay
from .workspace import ROOT, STATE, Workspace

_MOST = 8  # files of so many states are kept: more than the engine has copies
_LIBRARIES = ("alembic", "sqlalchemy", "sqlalchemy-cockroachdb", "psycopg2-binary")


def build(place: Place, running: Cluster, lesson: Lesson, lessons: list[Lesson]) -> None:
    """Put an empty workspace, and a cluster without the practice database, where `lesson` starts.

    Raises ReplayError when a step fails.
    """
    before = [each for each in lessons if each.number < lesson.number]
    keys = _keys(before)
    done = _bring_back(place.workspace, running, keys)
    replay(place, running.url, lesson, before[done:])
    if done < len(before):
        _keep(place.workspace, running, keys[-1])


def _bring_back(workspace: Workspace, running: Cluster, keys: list[str]) -> int:
    """Bring back what is kept of the most lessons; how many these are."""
    for number in range(len(keys), 0, -1):
        files = _folder(running, keys[number - 1])
        with contextlib.suppress(ClusterError):
            if files.is_dir() and cluster.bring_back(running, keys[number - 1], database.NAME):
                database.mark(running.url(database.DEFAULT))  # a copy has no comment
                shutil.copytree(files, workspace.root, dirs_exist_ok=True)
                return number
    return 0


def _keep(workspace: Workspace, running: Cluster, key: str) -> None:
    """Keep what has been built; it is a help only, so what goes wrong here is passed over."""
    files = _folder(running, key)
    draft = files.with_suffix(".new")
    try:
        if not cluster.keep(running, database.NAME, key):
            return
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(workspace.root, draft, ignore=shutil.ignore_patterns(STATE, ".kept"))
        shutil.rmtree(files, ignore_errors=True)
        draft.rename(files)
        for old in sorted(files.parent.iterdir(), key=lambda path: path.stat().st_mtime)[:-_MOST]:
            shutil.rmtree(old, ignore_errors=True)
    except (OSError, ClusterError, SqlError):
        shutil.rmtree(draft, ignore_errors=True)


def _folder(running: Cluster, key: str) -> Path:
    return running.home / KEPT / key


def _keys(before: list[Lesson]) -> list[str]:
    """For each of the lessons a name of the state after it."""
    digest = hashlib.sha256(_made_with().encode())
    keys = []
    for lesson in before:
        steps = [[cell.source, sorted(cell.tags)] for cell in lesson.steps()]
        digest.update(json.dumps([lesson.number, steps]).encode())
        keys.append(digest.hexdigest()[:32])
    return keys


@functools.cache
def _made_with() -> str:
    """What else a state depends on: the app, this package, the libraries."""
    sources = [*sorted((ROOT / "bank").glob("*.py")), *sorted(Path(__file__).parent.glob("*.py"))]
    texts = [hashlib.sha256(path.read_bytes()).hexdigest() for path in sources]
    return json.dumps([texts, [version(name) for name in _LIBRARIES]])
