"""A session on a cluster of someone's that gives an answer, or one clear line, within seconds.

libpq's own connect_timeout counts for each address of a host, and none counts for a name server that is
silent or for a server that takes a query and says nothing. So names are looked up in a thread of their own,
and the connection is driven on without ever waiting for longer than is left.
"""

from __future__ import annotations

import contextlib
import queue
import select
import socket
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..errors import ClusterError
from ..libpq import ELSEWHERE
from . import trouble
from .address import Address

if TYPE_CHECKING:
    from psycopg2.extensions import connection

PATIENCE = 7.0
"""Seconds in which all of it must be done, from the look-up of the name to the last answer."""


class Silent(Exception):
    """Nothing came before the deadline."""


class Call:
    """A session, each statement of which commits by itself. Not for several threads."""

    def __init__(self, session: connection, address: Address, deadline: float, patience: float) -> None:
        self.session = session
        self._address = address
        self._deadline = deadline
        self._patience = patience

    def query(self, statement: str) -> list[Any]:
        """The rows of a statement, each a tuple; [] for one that gives none.

        Raises psycopg2.Error for what the server refuses, ClusterError when the time is up.
        """
        with self.session.cursor() as cursor:
            try:
                cursor.execute(statement)
                _drive(self.session, self._deadline)
            except Silent:
                raise ClusterError(trouble.silent(self._address, self._patience)) from None
            return list(cursor.fetchall()) if cursor.description else []

    def value(self, statement: str) -> Any:
        """The only value of the only row. Raises as `query`."""
        [[found]] = self.query(statement)
        return found


@contextlib.contextmanager
def dial(address: Address, database: str = "defaultdb", patience: float = PATIENCE) -> Iterator[Call]:
    """A session on the cluster at `address`. Raises ClusterError with one line for a person."""
    import psycopg2

    deadline = time.monotonic() + patience
    _find(address, deadline)
    session = None
    try:
        session = psycopg2.connect(
            host=address.host,
            port=address.port,
            user=address.user,
            password=address.password,
            dbname=database,
            async_=True,
            application_name="course",
            **{**ELSEWHERE, **dict(address.parameters)},
        )
        _drive(session, deadline)
    except Silent:
        _close(session)
        raise ClusterError(trouble.silent(address, patience)) from None
    except psycopg2.Error as error:
        _close(session)
        raise ClusterError(trouble.explain(str(error), address)) from None
    try:
        yield Call(session, address, deadline, patience)
    finally:
        _close(session)


def _close(session: connection | None) -> None:
    if session is not None:
        session.close()


def _find(address: Address, deadline: float) -> None:
    """Look the host up, so that libpq, which waits for that, need not wait. Raises ClusterError."""
    answers: queue.SimpleQueue[OSError | None] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
            answers.put(None)
        except OSError as error:
            answers.put(error)
        except UnicodeError:  # a label of over 63 characters
            answers.put(OSError("no name of a host"))

    # A daemon: nobody waits for a name server that never answers.
    threading.Thread(target=look_up, daemon=True).start()
    try:
        refusal = answers.get(timeout=max(0.0, deadline - time.monotonic()))
    except queue.Empty:
        raise ClusterError(
            f"No name server says within {PATIENCE:.0f} s where {address.host} is. Is this machine online?"
        ) from None
    if refusal is not None:
        raise ClusterError(
            f"There is no host {address.host}: the name cannot be found. Look at the URL's spelling; is this "
            f"machine online?"
        )


def _drive(session: connection, deadline: float) -> None:
    """Go on until it is done: psycopg.org/docs/advanced.html#asynchronous-support. Raises Silent."""
    from psycopg2 import extensions

    while (state := session.poll()) != extensions.POLL_OK:
        reads = [session] if state == extensions.POLL_READ else []
        writes = [session] if state == extensions.POLL_WRITE else []
        left = deadline - time.monotonic()
        if left <= 0 or not any(select.select(reads, writes, [], left)):
            raise Silent
