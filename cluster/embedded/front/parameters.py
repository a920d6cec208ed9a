"""What the server reports of itself: ParameterStatus, where CockroachDB's differs from PostgreSQL's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cluster.embedded.front import wire

ADMINS: Final = frozenset(["root", "demo"])
"""The users who are members of admin: no other can become one here."""

SERVER_PARAMETERS: Final[Mapping[str, str | None]] = {
    # What CockroachDB says of itself (pkg/sql/vars.go, pkg/sql/pgwire/conn.go statusReportParams).
    "server_version": "13.0.0",
    # What PostgreSQL reports and CockroachDB does not.
    "in_hot_standby": None,
    "default_transaction_read_only": None,
    "scram_iterations": None,
    "search_path": None,
}


def reported(name: str, user: str) -> bytes | bool:
    """The frame for the client, who is `user`: True for PostgreSQL's own, another one, or False for none."""
    if name == "is_superuser":  # demo is an admin there; here it is an ordinary role with an admin's sight
        return wire.parameter_status(name, "on" if user in ADMINS else "off")
    if name not in SERVER_PARAMETERS:
        return True
    instead = SERVER_PARAMETERS[name]
    return False if instead is None else wire.parameter_status(name, instead)
