"""A cluster for the tests that need a running one: one for all of them, a database for each file."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psycopg2
import pytest

import cluster


class Error(NamedTuple):
    """What a client sees of a refused statement."""

    sqlstate: str
    message: str
    detail: str | None
    hint: str | None


class Client:
    """A session as an unmodified driver opens it, in autocommit."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.connection = psycopg2.connect(url.replace("cockroachdb://", "postgresql://"))
        self.connection.autocommit = True
        self.columns: list[str] = []
        self.tag = ""

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a statement; sets columns and tag."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            self.tag = cursor.statusmessage or ""
            self.columns = [column.name for column in cursor.description or ()]
            return cursor.fetchall() if cursor.description else []

    def column(self, sql: str) -> list[Any]:
        """The first column of the rows."""
        return [row[0] for row in self.rows(sql)]

    def one(self, sql: str) -> Any:
        """The only value of the only row."""
        [[value]] = self.rows(sql)
        return value

    def error(self, sql: str) -> Error:
        """The error that the statement must end in."""
        with pytest.raises(psycopg2.Error) as caught:
            self.rows(sql)
        found = caught.value
        assert found.pgcode, found
        diag = found.diag
        return Error(found.pgcode, diag.message_primary or "", diag.message_detail, diag.message_hint)


@pytest.fixture(scope="session")
def running() -> Iterator[cluster.Cluster]:
    """A cluster of this test run's own, on any free port."""
    os.environ["CLUSTER_FSYNC"] = "off"
    home = Path(tempfile.mkdtemp(prefix="cluster-test-"))
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CLUSTER_ENGINE", "embedded")
            started = cluster.start(home)
        yield started
    finally:
        with contextlib.suppress(cluster.ClusterError):
            cluster.stop(home)
        cluster.reset(home)
        shutil.rmtree(home, ignore_errors=True)


_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def client(running: cluster.Cluster) -> Iterator[Client]:
    """A session in a database that this file has for itself."""
    name = f"test_{next(_numbers)}"
    admin = Client(running.url("defaultdb"))
    admin.rows(f"CREATE DATABASE {name}")
    session = Client(running.url(name))
    try:
        yield session
    finally:
        session.connection.close()
        admin.rows(f"DROP DATABASE {name} CASCADE")
        admin.connection.close()


@pytest.fixture
def occupied() -> Iterator[int]:
    """A port on which another program listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]
