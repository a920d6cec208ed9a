"""The URL of a cluster of someone's, read and checked before anything is sent anywhere.

No message here holds a part of the URL behind `://`: the password may stand anywhere in a URL that is wrong.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from ..errors import ClusterError
from ..mark import DATABASE

SCHEMES = ("postgresql", "postgres", "cockroachdb", "cockroach")
FORM = "postgresql://USER:PASSWORD@HOST:26257/defaultdb?sslmode=verify-full"
PORT = 26257
"""CockroachDB's own SQL port."""

NEUTRAL_DATABASES = ("", "defaultdb", "postgres", DATABASE)
"""Databases that a URL may name: those that every cluster has, and the course's own."""

MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl")
PARAMETERS = {
    "sslmode",
    "sslpassword",
    "sslsni",
    "ssl_min_protocol_version",
    "ssl_max_protocol_version",
    *FILES,
    "options",
    "channel_binding",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "tcp_user_timeout",
}
"""Those of libpq's that reach a server of someone's (postgresql.org/docs/18/libpq-connect.html)."""
OURS = {"application_name", "connect_timeout", "fallback_application_name"}
"""What the course sets itself: passed over."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a cluster is, and as whom and how one connects. `parameters` are libpq's, unquoted."""

    host: str
    port: int
    user: str
    password: str = field(default="", repr=False)
    parameters: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def local(self) -> bool:
        """Whether it is on this very machine."""
        return self.host in ("localhost", "127.0.0.1", "::1")

    def parameter(self, name: str) -> str:
        """The value of one of the parameters; "" where it is not given."""
        return dict(self.parameters).get(name, "")


def read(url: str, source: str, folder: Path | None = None) -> Address:
    """The address in a URL: postgresql:// as CockroachDB prints it, or cockroachdb:// as SQLAlchemy wants it.

    source: what a message calls it, such as "CLUSTER_URL". folder: what relative paths of certificates are
    relative to; without one they are refused, for the course changes folders. Raises ClusterError.
    """
    parts = _split(url.strip(), source)
    if "#" in url:
        _bad(source, "the URL holds a #: in a password write %23")
    port = _port(parts, source)
    if not parts.hostname or "," in parts.netloc:
        _bad(source, "the URL must name one host")
    if not parts.username:
        _bad(source, "the URL names no user")
    database = unquote(parts.path.removeprefix("/"))
    if database not in NEUTRAL_DATABASES:
        _bad(
            source,
            f"the URL names a database of yours, and the course works in one that it makes, {DATABASE}: "
            f"let it end in /defaultdb, before a question mark if it has one",
        )
    return Address(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username),
        password=unquote(parts.password or ""),
        parameters=_parameters(parts.query, source, folder),
    )


def _split(url: str, source: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError:
        _bad(source, "the URL cannot be read")
    # `cockroachdb+psycopg2` names a driver of SQLAlchemy's, too.
    if parts.scheme.partition("+")[0] not in SCHEMES:
        _bad(source, "the URL does not begin with postgresql:// or cockroachdb://")
    return parts


def _port(parts: SplitResult, source: str) -> int:
    try:
        return PORT if parts.port is None else parts.port
    except ValueError:  # its text may hold a piece of the password
        _bad(
            source,
            "what stands where the port belongs is no port; in a password write / as %2F, ? as %3F, # as "
            "%23, @ as %40, : as %3A, % as %25",
        )


def _parameters(query: str, source: str, folder: Path | None) -> tuple[tuple[str, str], ...]:
    found = {name: value for name, value in parse_qsl(query, keep_blank_values=True) if name not in OURS}
    if unknown := sorted(set(found) - PARAMETERS):
        _bad(source, f"the URL has a parameter {unknown[0][:40]} that is not known here")
    if "sslmode" not in found:
        # Who gives a root certificate wants the server proved.
        found["sslmode"] = "verify-full" if found.get("sslrootcert") else "require"
    if found["sslmode"] not in MODES:
        _bad(source, f"sslmode must be one of {', '.join(MODES)}")
    for name in FILES:
        if value := found.get(name):
            found[name] = _file(name, value, source, folder)
    return tuple(found.items())


def _file(name: str, value: str, source: str, folder: Path | None) -> str:
    if name == "sslrootcert" and value == "system":  # libpq's word for what the system trusts
        return value
    path = Path(os.path.expandvars(value)).expanduser()
    if not path.is_absolute():
        if folder is None:
            _bad(source, f"{name} is a relative path: write the whole path, from / on")
        path = folder / path
    if not path.is_file():
        _bad(source, f"{name} names a file that is not there: {path}")
    if not os.access(path, os.R_OK):
        _bad(source, f"{name} names a file that you may not read: {path}")
    return str(path.resolve())


def _bad(source: str, reason: str) -> NoReturn:
    raise ClusterError(f"{source} cannot be used: {reason}. The form of a URL is {FORM}")
