"""Which cluster elsewhere is to be used: $CLUSTER_URL, or the URL that `python -m cluster use` kept."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import ClusterError, explain
from ..home import IGNORE, URL, Home
from .address import Address, read

VARIABLE = "CLUSTER_URL"


def address(home: Home) -> Address | None:
    """The cluster to use; None where none is named. Raises ClusterError for a URL that cannot be one's.

    DATABASE_URL is not looked at: a shell may have that of production in it.
    """
    if url := os.environ.get(VARIABLE, "").strip():
        return read(url, VARIABLE)
    kept = home.read(URL).get("url")
    return read(kept, f"What `python -m cluster use` has kept in {home / URL}") if kept else None


def keep(home: Home, url: str) -> None:
    """Keep a URL in the home, in a file that its owner alone may read. Raises ClusterError."""
    try:
        home.make()
        (home / IGNORE).write_text("*\n")
    except OSError as error:
        raise explain(error, f"write to {home.path}") from error
    home.write(URL, {"url": url})


def forget(home: Home) -> bool:
    """Forget the URL. False: there was none."""
    there = (home / URL).exists()
    home.delete(URL, f"{URL}.new")
    home.leave()
    return there


def given(url: str) -> Address:
    """The address of a URL that a person has just typed: relative paths in it start from where they are."""
    if not url:
        raise ClusterError("There is no URL: nothing has changed.")
    return read(url, "What you gave", Path.cwd())
