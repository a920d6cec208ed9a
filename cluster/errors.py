"""What the cluster says to a person when it cannot do what was asked."""

from __future__ import annotations


class ClusterError(Exception):
    """The cluster could not do it. `str(error)` is one line: what happened, and what to do next."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


def explain(error: OSError, doing: str) -> ClusterError:
    """A ClusterError for what the operating system refused while `doing` (a phrase such as "write x")."""
    reason = error.strerror or str(error)
    where = f" ({error.filename})" if error.filename else ""
    return ClusterError(f"Could not {doing}: {reason}{where}.")
