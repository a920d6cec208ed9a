"""Where `python -m cluster install` puts a CockroachDB: the user's cache, shared by all clusters."""

from __future__ import annotations

import os
import re
from pathlib import Path

VARIABLE = "CLUSTER_CACHE"
"""Names another directory."""
NAME = "migrating-cockroachdb-schemas-with-alembic"
PROGRAM = "cockroach"


def directory() -> Path:
    """The cache's directory, which need not be there."""
    if chosen := os.environ.get(VARIABLE):
        return Path(chosen).expanduser().resolve()
    from platformdirs import user_cache_path

    return Path(user_cache_path(NAME, appauthor=False))


def installed() -> Path | None:
    """The program of the newest version that is installed there; None where there is none."""
    found = [
        (_numbers(path.parent.name), path)
        for path in directory().glob(f"{PROGRAM}-v*/{PROGRAM}")
        if os.access(path, os.X_OK)
    ]
    return max(found)[1] if found else None


def _numbers(name: str) -> tuple[int, ...]:
    version = re.match(r"\D*(\d+)\.(\d+)\.(\d+)", name)
    return tuple(map(int, version.groups())) if version else ()
