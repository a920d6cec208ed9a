"""Why a connection to a cluster of someone's failed, as one line that says what to do."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

from . import tls
from .address import Address


def silent(address: Address, patience: float) -> str:
    """It took the connection, or not even that, and said nothing."""
    return (
        f"The cluster at {address} does not answer within {patience:.0f} s. Is it running, are host and "
        "port right, and does its firewall (in the cloud: its list of allowed networks) let this machine "
        "in?"
    )


def explain(said: str, address: Address) -> str:
    """What to tell a person of libpq's message, which may have a line for each address of the host."""
    for pattern, reason in REASONS:
        if found := re.search(pattern, said):
            return reason.format(address) if isinstance(reason, str) else reason(address, found)
    return f"The cluster at {address} refuses the connection: {_without_address(said)}"


def _without_address(said: str) -> str:
    """The server's own words: libpq puts the address before them, and a refusal's hint may follow."""
    line = said.strip().partition("\n")[0]
    return re.sub(r"^connection to server .*? failed: (?:(?:ERROR|FATAL):\s*)?", "", line)


def _no_root(address: Address, found: re.Match[str]) -> str:
    return (
        f"To prove the cluster at {address}, its root certificate is needed, and {found[1]} is not there. "
        "Download it and name it in the URL: sslrootcert=/…/root.crt (or sslrootcert=system for a public "
        "one)."
    )


def _other_host(address: Address, _: re.Match[str]) -> str:
    names = tls.look(address).names
    whose = f" It is for {', '.join(names[:3])}." if names else ""
    return (
        f"The certificate of the cluster at {address} is for another host.{whose} Write one of its names "
        "in the URL; if none of them is this cluster's, something else answers there."
    )


def _unverified(address: Address, _: re.Match[str]) -> str:
    seen = tls.look(address)
    now = datetime.datetime.now(datetime.UTC)
    if seen.until and seen.until < now:
        return (
            f"The certificate of the cluster at {address} has expired: it was good until "
            f"{seen.until:%Y-%m-%d}. Whoever runs the cluster must renew it."
        )
    if seen.since and seen.since > now:
        return (
            f"The certificate of the cluster at {address} is good from {seen.since:%Y-%m-%d %H:%M} UTC on, "
            f"and this machine's clock says {now:%Y-%m-%d %H:%M}. Which of them is wrong?"
        )
    root = address.parameter("sslrootcert") or "the root certificate of this machine (~/.postgresql/root.crt)"
    return (
        f"The certificate of the cluster at {address} is not signed by {root}. Take the root certificate "
        "of this cluster: sslrootcert=/…/root.crt in the URL."
    )


def _key(address: Address, found: re.Match[str]) -> str:
    return f"libpq cannot use the client certificate or its key: {found[0]}"


Reason = str | Callable[[Address, "re.Match[str]"], str]
"""A text with the parts of an Address in braces, or what makes one."""
REASONS: tuple[tuple[str, Reason], ...] = (
    (
        "missing cluster (?:identifier|name)",
        "{0.host} serves many clusters and was not told which: add options=--cluster%3DNAME to the URL, with "
        "the name that its console shows, and sslmode=verify-full.",
    ),
    (
        "Connection refused",
        "Nothing answers at {0}: connection refused. Is the cluster running, and is the port right?",
    ),
    (
        "No route to host|Network is unreachable|Host is (?:down|unreachable)",
        "{0} cannot be reached from this machine. Is it online, and is the host right?",
    ),
    (
        "(?:password|SCRAM) authentication failed",
        "The cluster at {0} refuses the user {0.user} with this password. In a URL write / as %2F, ? as %3F, "
        "# as %23, @ as %40, : as %3A, % as %25.",
    ),
    (
        "no password supplied",
        "The cluster at {0} wants a password, and the URL has none: {0.user}:PASSWORD@",
    ),
    (
        "server does not support SSL",
        "The cluster at {0} does not speak TLS. If it was started with --insecure, and for practice only, "
        "say so in the URL: sslmode=disable",
    ),
    (
        "SSL connection (?:is )?required|SSL required",
        "The cluster at {0} wants TLS: write sslmode=verify-full (or require) in the URL.",
    ),
    (r'root certificate file "([^"]*)" does not exist', _no_root),
    ("does not match host name", _other_host),
    ("certificate verify failed", _unverified),
    (r"(?:private key file|certificate file|certificate and private key)[^\n]*", _key),
)
"""What libpq or CockroachDB says, in the order in which it is looked for (libpq 18: fe-secure-openssl.c,
fe-secure-common.c, fe-connect.c; CockroachDB: pkg/sql/pgwire/auth.go, server.go; the cloud's proxy:
github.com/cockroachdb/docs/issues/18014)."""
