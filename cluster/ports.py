"""A listening socket on the loopback interface, held from the moment that its port is chosen."""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Callable

from .errors import ClusterError

HOST = "127.0.0.1"
DEFAULT = 26257
"""CockroachDB's own SQL port."""
NEIGHBORS = 100
"""How many ports after the default are tried before the system may choose any."""


def listen(wanted: int | None, last: int | None, progress: Callable[[str], None]) -> socket.socket:
    """A socket that listens on 127.0.0.1.

    wanted: this port or none. Without it: the `last` one that this cluster had, else 26257, else
    the next free one, and then `progress` is told. Raises ClusterError.
    """
    if wanted is not None:
        if not 1 <= wanted <= 65535:
            raise ClusterError(f"Port {wanted} does not exist: choose one from 1 to 65535.")
        try:
            return _bind(wanted)
        except OSError as error:
            raise ClusterError(
                f"Port {wanted} cannot be used: {_reason(error)}. Choose another with "
                f"--port, or leave --port out and a free one is taken."
            ) from error
    first = last or DEFAULT
    for port in [first, *range(DEFAULT, DEFAULT + NEIGHBORS), 0]:
        try:
            listener = _bind(port)
        except OSError as error:
            problem = error
            continue
        taken = listener.getsockname()[1]
        if taken != first:
            progress(f"Port {first} is taken by another program: using {taken}")
        return listener
    raise ClusterError(f"No port could be opened on {HOST}: {_reason(problem)}.") from problem


def _bind(port: int) -> socket.socket:
    # macOS lets one bind 127.0.0.1 although another program listens on all addresses: ask first.
    if sys.platform == "darwin" and port and _answers(port):
        raise OSError(errno.EADDRINUSE, "in use")
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # Without it a port would stay blocked for a minute after a stop.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(128)
    except BaseException:
        listener.close()
        raise
    return listener


def _answers(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0


def _reason(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "another program uses it"
    if error.errno == errno.EACCES:
        return "the system keeps it for administrators"
    return error.strerror or str(error)
