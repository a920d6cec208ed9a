"""The engine `external`: nothing of it is started, stopped or kept here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from .. import mark
from ..cockroach.binary import OLDEST
from ..engine import Cluster, Progress, Status
from ..errors import ClusterError
from ..home import Home
from . import kept
from .address import Address
from .dial import Call, dial

NAME = "external"


class External:
    """The engine `external` behind the face that all engines share (cluster.engine.Engine).

    It holds nothing in the home but the URL and the learner's id, so it takes no lock.
    """

    def start(self, home: Home, port: int | None, progress: Progress) -> Cluster:
        """See Engine.start: makes sure that it answers, is CockroachDB, and lets its user work."""
        found = address(home)
        if port is not None:
            raise ClusterError(f"The cluster at {found} has a port already: leave --port out.")
        with dial(found) as call:
            version = version_of(call, found)
            if missing := privilege_missing(call, found):
                raise ClusterError(missing)
        return cluster(home, found, version)

    def stop(self, home: Home) -> bool:
        """See Engine.stop: it is not ours to stop."""
        return False

    def status(self, home: Home) -> Status:
        """What the cluster answers, at once or after some seconds: it is asked."""
        found = address(home)
        try:
            with dial(found) as call:
                version = version_of(call, found)
        except ClusterError as error:
            return Status(False, NAME, "", about(found), home.path, trouble=str(error))
        running = cluster(home, found, version)
        return Status(True, NAME, version, about(found), home.path, port=found.port, cluster=running)

    def keep(self, home: Home, database: str, name: str) -> bool:
        """See Engine.keep: it cannot."""
        return False

    def bring_back(self, home: Home, name: str, database: str) -> bool:
        """See Engine.bring_back: it cannot."""
        return False

    def remove(self, home: Home) -> None:
        """See Engine.remove."""
        self.drop(home)

    def drop(self, home: Home, *, anyones: bool = False) -> bool:
        """Drop the practice database that the course made for this learner, and nothing else.

        anyones: also one that the course made for another learner. False: there is none. Raises ClusterError,
        and drops nothing, where the database of that name is not the course's.
        """
        import psycopg2

        found = address(home)
        with dial(found) as call:
            version_of(call, found)
            try:
                return mark.drop(call.query, str(found), home, anyones=anyones)
            except psycopg2.Error as error:
                raise ClusterError(f"The database {mark.DATABASE} at {found} stays: {said(error)}") from None


def address(home: Home) -> Address:
    """The cluster to use. Raises ClusterError where none is named."""
    found = kept.address(home)
    if found is None:
        raise ClusterError(
            f"There is no URL of a cluster. Name one in {kept.VARIABLE}, or type: python -m cluster use"
        )
    return found


def about(found: Address) -> str:
    """What it is, for a person."""
    return f"a cluster that someone else runs; the course logs in as {found.user}"


def cluster(home: Home, found: Address, version: str) -> Cluster:
    """The cluster as the rest of the course knows it."""
    return Cluster(
        engine=NAME,
        version=version,
        host=found.host,
        port=found.port,
        home=home.path,
        user=found.user,
        password=found.password,
        parameters=found.parameters,
    )


def version_of(call: Call, found: Address) -> str:
    """Its version, such as v26.2.4. Raises ClusterError for what is no CockroachDB, or too old."""
    with asking(found):
        text = str(call.value("SELECT version()"))
    if not text.startswith("CockroachDB"):
        what = " ".join(text.split()[:2])[:40]
        raise ClusterError(
            f"At {found} is {what}, and no CockroachDB: the course needs a cluster of CockroachDB."
        )
    number = re.search(r"\bv(\d+)\.(\d+)\.\d\S*", text)
    if not number:
        raise ClusterError(f"The cluster at {found} does not tell its version: {text[:60]}")
    if (int(number[1]), int(number[2])) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise ClusterError(
            f"The cluster at {found} is CockroachDB {number[0]}: lessons need v{oldest} or newer. Ask for an "
            f"upgrade, or take another cluster."
        )
    return number[0]


def privilege_missing(call: Call, found: Address) -> str:
    """The line that says which privilege the user lacks to make the practice database; "" if none.

    A member of admin may make databases, and who has CREATEDB, as an option of the role or as a system
    privilege. The latter can come by another role: where somebody has it, the server itself will say.
    Source: docs v26.2 create-database; pkg/sql/authorization.go, HasGlobalPrivilegeOrRoleOption;
    pg_catalog.go, pg_roles.
    """
    import psycopg2

    with asking(found):
        if call.value("SHOW default_transaction_read_only") == "on":
            return (
                f"The user {found.user} at {found} may only read: default_transaction_read_only is on. An "
                f"administrator can change that: ALTER ROLE {found.user} RESET default_transaction_read_only"
            )
        rows = call.query("SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user")
    if rows and rows[0][0]:
        return ""
    try:
        system = call.value(
            "SELECT count(*) FROM [SHOW SYSTEM GRANTS] WHERE privilege_type IN ('CREATEDB', 'ALL')"
        )
    except psycopg2.Error:
        system = 0
    if system:
        return ""
    return (
        f"The user {found.user} at {found} lacks the privilege CREATEDB, which the course needs for its "
        f"database {mark.DATABASE}. An administrator can give it: ALTER ROLE {found.user} WITH CREATEDB"
    )


@contextmanager
def asking(found: Address) -> Iterator[None]:
    """Turn what the server refuses into a ClusterError."""
    import psycopg2

    try:
        yield
    except psycopg2.Error as error:
        raise ClusterError(f"The cluster at {found} refuses a question: {said(error)}") from None


def said(error: Exception) -> str:
    """The server's message in one line."""
    diag = getattr(error, "diag", None)
    return getattr(diag, "message_primary", None) or str(error).strip().partition("\n")[0]
