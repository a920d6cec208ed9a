"""`python -m cluster use`: which cluster of someone's the course works on."""

from __future__ import annotations

import getpass
import os
import sys

from ..errors import ClusterError
from ..home import Home
from ..mark import DATABASE
from . import engine, kept
from .dial import dial


def asked() -> str:
    """The URL, asked for without showing it: an argument stands in the shell's history and in the list of
    processes. Without a terminal it is read from standard input. Raises ClusterError where there is none.
    """
    try:
        return (getpass.getpass("URL (not shown): ") if sys.stdin.isatty() else sys.stdin.readline()).strip()
    except EOFError:
        raise ClusterError("There is no URL: nothing has changed.") from None


def this(home: Home, url: str) -> str:
    """Use the cluster at this URL from now on, if it answers and its user may work there; gives what to say.

    Raises ClusterError, and then nothing has changed.
    """
    address = kept.given(url)
    with dial(address) as call:
        version = engine.version_of(call, address)
        if missing := engine.privilege_missing(call, address):
            raise ClusterError(missing)
    kept.keep(home, engine.cluster(home, address, version).url("defaultdb"))
    lines = [
        f"From now on the course works on CockroachDB {version} at {address}, as {address.user}, in a "
        f"database {DATABASE} that it makes there itself.",
        "To look at what lessons need of it: python -m cluster doctor. To go back: python -m cluster "
        "use --none",
    ]
    return "\n".join(lines + _stronger())


def nothing(home: Home) -> str:
    """Forget the URL; gives what to say."""
    there = kept.forget(home)
    said = "From now on the course works on the local cluster." if there else "No URL was kept."
    return "\n".join([said, *_stronger()])


def _stronger() -> list[str]:
    """What goes before the URL that is kept."""
    set_here = [name for name in (kept.VARIABLE, "CLUSTER_ENGINE") if os.environ.get(name, "").strip()]
    return [f"But {name} is set in this shell, and goes before it: unset {name}" for name in set_here[:1]]
