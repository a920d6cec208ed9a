"""Which engine a home works with: asked for, or found out. The order is that of `choose`."""

from __future__ import annotations

import os
from collections.abc import Callable

from .engine import Engine
from .errors import ClusterError
from .home import MARKER, URL, Home

VARIABLE = "CLUSTER_ENGINE"
"""Names the engine; `--engine` on the command line sets it."""


def _embedded() -> Engine:
    from .embedded.engine import Embedded

    return Embedded()


def _cockroach() -> Engine:
    from .cockroach.engine import Cockroach

    return Cockroach()


def _external() -> Engine:
    from .external.engine import External

    return External()


EXTERNAL = "external"
"""The engine that has nothing in the home: its cluster is elsewhere."""
ENGINES: dict[str, Callable[[], Engine]] = {
    "embedded": _embedded,
    "cockroach": _cockroach,
    EXTERNAL: _external,
}
"""Every engine by its name. What one needs is imported when it is made."""


def choose(home: Home) -> Engine:
    """The engine to start in this home, or to ask what runs there.

    The first that applies: $CLUSTER_ENGINE; external, where there is a URL of a cluster elsewhere; the one
    whose data the home holds, for nothing that is installed later may take a learner's databases out of
    sight; cockroach, if there is such a program; embedded. Raises ClusterError for a name that is no
    engine's, and where the home holds another engine's data than the one that is asked for.
    """
    name = asked()
    if elsewhere(home):
        return named(EXTERNAL)
    kept = keeper(home)
    if name is None:
        return named(kept or ("cockroach" if _program() else "embedded"))
    if kept not in (None, name):
        raise ClusterError(
            f"The cluster in {home.path} is of the engine {kept}, and {name} is asked for. Its databases are "
            f"left as they are: unset {VARIABLE} (or --engine) to go on with them, or name another directory "
            f"in CLUSTER_HOME for {name}."
        )
    return named(name)


def elsewhere(home: Home) -> bool:
    """Whether the cluster to use is one that someone else runs. DATABASE_URL alone never says so."""
    from .external.kept import VARIABLE as ADDRESS

    name = asked()
    return name == EXTERNAL or (
        name is None and (bool(os.environ.get(ADDRESS, "").strip()) or (home / URL).exists())
    )


def of(home: Home) -> Engine:
    """The engine whose data the home holds, whatever is asked for; where there is none, as `choose`.

    For what ends things: `stop` and `reset` must find what runs.
    """
    kept = keeper(home)
    return named(kept) if kept else choose(home)


def asked() -> str | None:
    """The engine that is asked for by name. Raises ClusterError if there is no such engine."""
    name = os.environ.get(VARIABLE, "").strip()
    if name and name not in ENGINES:
        raise ClusterError(f"There is no engine {name} ({VARIABLE}): choose one of {', '.join(ENGINES)}.")
    return name or None


def named(name: str) -> Engine:
    """The engine of this name. Raises ClusterError where a newer version of this package knew one more."""
    if name not in ENGINES:
        raise ClusterError(f"This version of the cluster has no engine {name}: update it.")
    return ENGINES[name]()


def _program() -> bool:
    """Whether there is a CockroachDB to run. $COCKROACH_BINARY asks for one, even if it is wrong."""
    from .cockroach import binary

    return bool(os.environ.get(binary.VARIABLE)) or binary.find() is not None


def keeper(home: Home) -> str | None:
    """The engine whose data the home holds; None where there is none, or none that can be told."""
    try:
        found = home.read(MARKER).get("engine")
    except ClusterError:
        # Damaged: `start` says so, and `reset` mends it. It must find what there is to end.
        return "cockroach" if (home / "store").is_dir() else None
    return found if isinstance(found, str) else None
