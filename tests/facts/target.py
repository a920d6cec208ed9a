"""The cluster that the facts are about, and the database that each file gets for itself."""

from __future__ import annotations

import contextlib
import os

import cluster
from notebook_tools.sandbox import Sandbox
from tests.facts.judge import DATABASE
from tests.facts.sessions import Session, Trouble

_MARK = "made by the facts of the course, and dropped by them"


class Target:
    """$CLUSTER_URL, a cluster of someone's, or an embedded one in this process's sandbox. Raises Trouble."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.url = os.environ.get("CLUSTER_URL") or cluster.start(sandbox.facts_home).url("defaultdb")
        self.admin = Session(self.url, "defaultdb")
        version = self.admin.run("SELECT version()").rows[0][0] or ""
        self.embedded = "(embedded" in version
        self.version = version.split()[2].removeprefix("v")

    def make_database(self) -> None:
        """An empty database; an older one of that name goes only if facts left it there."""
        found = self.admin.run(
            f"SELECT comment FROM [SHOW DATABASES WITH COMMENT] WHERE database_name = '{DATABASE}'"
        )
        if found.rows and found.rows[0][0] != _MARK:
            raise Trouble(f"the cluster has a database {DATABASE} that facts did not make: rename it first")
        self._do(f"DROP DATABASE IF EXISTS {DATABASE} CASCADE")
        self._do(f"CREATE DATABASE {DATABASE}")
        self._do(f"COMMENT ON DATABASE {DATABASE} IS '{_MARK}'")
        if self.version.startswith("25."):  # facts speak of v26.2, which locks new tables without being told
            self._do(f"ALTER DATABASE {DATABASE} SET create_table_with_schema_locked = on")

    def drop_database(self) -> None:
        """Leave nothing of a file behind."""
        self._do(f"DROP DATABASE IF EXISTS {DATABASE} CASCADE")

    def _do(self, sql: str) -> None:
        if (answer := self.admin.run(sql)).sqlstate:
            raise Trouble(f"{sql}: {' '.join(answer.error)}")

    def close(self, sandbox: Sandbox) -> None:
        """Stop what was started."""
        self.admin.close()
        with contextlib.suppress(cluster.ClusterError):
            cluster.reset(sandbox.facts_home)
