"""The proof that a cluster serves: a query over TLS, as the user, with the password."""

from __future__ import annotations

import select
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import ClusterError
from .libpq import NEUTRAL
from .ports import HOST

if TYPE_CHECKING:
    from psycopg2.extensions import connection

Watch = Callable[[], None]
"""Raises ClusterError when waiting has become pointless."""


class WrongPassword(Exception):
    """The server is well, but the user's password is no longer the one that was written down."""


def wait(
    port: int, user: str, password: str, certificate: Path, watch: Watch, patience: float = 30.0
) -> None:
    """Ask until there is an answer, at most `patience` seconds.

    Raises WrongPassword; ClusterError with the last refusal, or what `watch` raises.
    """
    deadline = time.monotonic() + patience
    told = ""
    while (refusal := _ask(port, user, password, certificate, deadline)) is not None:
        if "password authentication failed" in refusal:
            raise WrongPassword(refusal)
        watch()
        told = refusal or told or "it stays silent"
        if time.monotonic() > deadline:
            raise ClusterError(f"The cluster does not answer on port {port}: {told}")
        time.sleep(0.01)


def _ask(port: int, user: str, password: str, certificate: Path, deadline: float) -> str | None:
    """None after an answer, else why there was none ("" if nothing came before the deadline)."""
    import psycopg2

    session = None
    try:
        session = psycopg2.connect(
            host=HOST,
            port=port,
            user=user,
            password=password,
            dbname="defaultdb",
            sslmode="verify-full",  # our own server, not another program's on this port
            sslrootcert=str(certificate),
            async_=True,  # a server that hangs must not hang us
            **NEUTRAL,
        )
        if not _finished(session, deadline):
            return ""
        with session.cursor() as cursor:
            cursor.execute("SELECT 1")
            if not _finished(session, deadline):
                return ""
            cursor.fetchone()
    except psycopg2.Error as error:
        # A user may drop defaultdb. That it is not there is an answer, too, and the server gave it.
        said = str(error)
        return None if "defaultdb" in said and "does not exist" in said else said
    finally:
        if session is not None:
            session.close()
    return None


def _finished(session: connection, deadline: float) -> bool:
    """Drive an asynchronous connection on: psycopg.org/docs/advanced.html#asynchronous-support."""
    from psycopg2 import extensions

    while (state := session.poll()) != extensions.POLL_OK:
        left = max(0.0, deadline - time.monotonic())
        reads = [session] if state == extensions.POLL_READ else []
        writes = [session] if state == extensions.POLL_WRITE else []
        if not any(select.select(reads, writes, [], left)):
            return False
    return True
