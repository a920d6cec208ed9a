"""The engine: started, stopped, asked, removed."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import Any

from .. import answer, ports, processes
from ..engine import Cluster, Progress, Status, claimed, stays_on
from ..errors import ClusterError, explain
from ..home import Home
from ..secret import SECRET, password
from . import binary, certs, node
from .binary import Binary
from .node import USER, Node, PortTaken

NAME = "cockroach"
RUNNING = "running.json"
"""What was started last: {"port": n, "node": process id, "version": build tag}."""
CONTENT = "content.json"
"""What the store holds and where it was served: {"complete": true, "version": build tag, "port": n}."""
HEALTHY = 10.0
"""Seconds in which a node that runs must answer, or it is started anew."""


class Cockroach:
    """The engine `cockroach` behind the face that all engines share (cluster.engine.Engine)."""

    def start(self, home: Home, port: int | None, progress: Progress) -> Cluster:
        """See Engine.start."""
        with claimed(home, self, NAME):
            program = binary.usable()
            home.marker()
            last = _read(home)
            if _lives(home, last):
                stays_on(last["port"], port)
                if _serves(home, last, program, progress):
                    return _cluster(home, last, changed=False)
            return _bring_up(home, port, program, progress)

    def stop(self, home: Home) -> bool:
        """See Engine.stop."""
        if not home.exists():
            return False
        ended = node.end(home)
        home.delete(RUNNING, node.URL)
        return ended

    def status(self, home: Home) -> Status:
        """See Engine.status."""
        last = _read(home)
        up = _lives(home, last)
        version = str(last.get("version") or _served_by(home))
        return Status(
            running=up,
            engine=NAME,
            version=version,
            about="CockroachDB itself: one node on this machine, its data on disk",
            home=home.path,
            port=last["port"] if up else None,
            pids={NAME: last["node"]} if up else {},
            cluster=_cluster(home, last, changed=False) if up else None,
        )

    def keep(self, home: Home, database: str, name: str) -> bool:
        """See Engine.keep. CockroachDB cannot copy a database."""
        return False

    def bring_back(self, home: Home, name: str, database: str) -> bool:
        """See Engine.bring_back."""
        return False

    def remove(self, home: Home) -> None:
        """See Engine.remove."""
        node.end(home, soon=True)
        try:
            if (home / node.STORE).exists():
                shutil.rmtree(home / node.STORE)
            certs.remove(home)
        except OSError as error:
            raise explain(error, f"delete the cluster's state in {home.path}") from error
        home.delete(RUNNING, CONTENT, node.URL, node.LOG, SECRET, f"{RUNNING}.new", f"{CONTENT}.new")


# -------------------------------------------------------------------- up


def _bring_up(home: Home, port: int | None, program: Binary, progress: Progress) -> Cluster:
    content = home.read(CONTENT)
    if binary.series(str(content.get("version", ""))) > binary.series(program.version):
        raise ClusterError(
            f"The data in {home.path} is of CockroachDB {content['version']}, and {program.path} is "
            f"{program.version}, which cannot read it. Name a newer one in {binary.VARIABLE}."
        )
    if content.get("complete") and not (home / node.STORE).is_dir():
        raise ClusterError(f"The cluster's data in {home / node.STORE} is gone. {home.advice()}")
    node.end(home)  # one that hangs, or that nobody wrote down
    try:
        return _start(home, port, program, content, progress)
    except BaseException as error:
        node.end(home, soon=True)
        home.delete(RUNNING, node.URL)
        if isinstance(error, OSError):
            raise explain(error, "start the cluster") from error
        raise


def _start(
    home: Home, port: int | None, program: Binary, content: dict[str, Any], progress: Progress
) -> Cluster:
    fresh = not content.get("complete")
    progress(f"{'Making a new cluster in' if fresh else 'Starting CockroachDB on the data in'} {home.path}")
    if fresh and (home / node.STORE).exists():
        shutil.rmtree(home / node.STORE)  # never served: nothing is lost
    certs.ensure(home, program)
    last = content.get("port")
    with ports.listen(port, last if isinstance(last, int) else None, progress) as listener:
        chosen = listener.getsockname()[1]
    try:
        there = _run(home, chosen, program)
    except PortTaken as taken:
        # The port is the node's to open, and another program was quicker. Any will do if none was asked for.
        if port is not None:
            raise ClusterError(str(taken)) from None
        there = _run(home, 0, program)
        progress(f"Port {chosen} is taken by another program: using {there.port}")
    running = {"port": there.port, "node": there.pid, "version": program.version}
    home.write(RUNNING, running)
    if fresh:
        there.admit(program, password(home))
    try:
        _ask(home, there)
    except answer.WrongPassword:
        progress(f"The password of the user {USER} was changed: setting it back")
        there.admit(program, password(home))
        _ask(home, there)
    now = {"complete": True, "version": program.version, "port": there.port}
    if now != content:
        home.write(CONTENT, now)
    return _cluster(home, running, changed=True)


def _run(home: Home, port: int, program: Binary) -> Node:
    """A node that takes connections. Raises PortTaken, ClusterError."""
    started = Node.start(home, port, program)
    home.write(RUNNING, {"port": port, "node": started.pid, "version": program.version})
    return started.wait()


def _ask(home: Home, there: Node, patience: float = 60.0) -> None:
    answer.wait(there.port, USER, password(home), _authority(home), there.watch, patience)


# -------------------------------------------------------------------- what is there


def _read(home: Home) -> dict[str, Any]:
    """What was started last; nothing if that is damaged: the process is found in another way then."""
    with contextlib.suppress(ClusterError):
        return home.read(RUNNING)
    return {}


def _served_by(home: Home) -> str:
    """The version that served the data last; "" where there is none."""
    with contextlib.suppress(ClusterError):
        return str(home.read(CONTENT).get("version", ""))
    return ""


def _lives(home: Home, last: dict[str, Any]) -> bool:
    known = isinstance(last.get("node"), int) and isinstance(last.get("port"), int)
    return known and processes.alive(last["node"], *node.signs(home))


def _serves(home: Home, last: dict[str, Any], program: Binary, progress: Progress) -> bool:
    """Whether the living node is of today's program and answers a query."""
    if last.get("version") != program.version:
        progress(f"CockroachDB is {program.version} now and the node is {last.get('version')}: restarting it")
        return False
    try:
        _ask(home, Node(home, last["port"], last["node"]), HEALTHY)
    except (ClusterError, answer.WrongPassword):
        progress("The cluster does not answer: restarting it")
        return False
    return True


def _authority(home: Home) -> Path:
    return home / certs.FOLDER / "ca.crt"


def _cluster(home: Home, running: dict[str, Any], *, changed: bool) -> Cluster:
    return Cluster(
        engine=NAME,
        version=str(running["version"]),
        host=ports.HOST,
        port=running["port"],
        home=home.path,
        user=USER,
        password=password(home),
        certificate=_authority(home),
        changed=changed,
    )
