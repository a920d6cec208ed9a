"""The embedded engine: started, repaired, stopped, removed."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .. import answer, ports, processes
from ..engine import COCKROACHDB, Cluster, Progress, Status, claimed, stays_on
from ..errors import ClusterError, explain
from ..home import Home
from ..secret import SECRET, password
from . import account, copies, life, postgres, provision, room, state
from .initdb import Initdb
from .state import Running

NAME = "embedded"
HEALTHY = 5.0
"""Seconds in which a cluster that runs must answer, or it is restarted."""
FRONT_CONNECTIONS = 90
"""Clients at once: fewer than PostgreSQL takes, so that the front can look up passwords."""


class Embedded:
    """The engine `embedded` behind the face that all engines share (cluster.engine.Engine)."""

    def start(self, home: Home, port: int | None, progress: Progress) -> Cluster:
        """See Engine.start: repairs what was killed, makes what is not there yet."""
        with claimed(home, self, NAME) as new:
            if new:
                life.end_forgotten(home)
            home.marker()
            running = Running.read(home)
            if life.lives(home, running):
                stays_on(running.port, port)
                if _serves(home, running, progress):
                    return _cluster(home, running, changed=False)
            return self._bring_up(home, port, running, progress)

    def stop(self, home: Home) -> bool:
        """See Engine.stop."""
        if not home.exists():
            return False
        with life.nobody_alive(home) as (_, ended):
            return ended

    def status(self, home: Home) -> Status:
        """See Engine.status."""
        running = Running.read(home) if home.path.is_dir() else Running()
        pids = {name: pid for name, pid in life.living(home, running).items() if pid}
        up = len(pids) == 2
        return Status(
            running=up,
            engine=NAME,
            version=COCKROACHDB,
            about=f"an imitation of CockroachDB {COCKROACHDB}: PostgreSQL {_postgres_version()} "
            f"behind a front that speaks CockroachDB",
            home=home.path,
            port=running.port if up else None,
            pids=pids,
            cluster=_cluster(home, running, changed=False) if up else None,
        )

    def keep(self, home: Home, database: str, name: str) -> bool:
        """See Engine.keep."""
        return copies.keep(_running_server(home), database, name)

    def bring_back(self, home: Home, name: str, database: str) -> bool:
        """See Engine.bring_back."""
        return copies.bring_back(_running_server(home), name, database)

    def remove(self, home: Home) -> None:
        """See Engine.remove."""
        with life.nobody_alive(home):
            try:
                room.remove(home)
                state.forget(home)
            except OSError as error:
                raise explain(error, f"delete the cluster's state in {home.path}") from error
        home.delete(state.ALIVE)

    # ---------------------------------------------------------------- up

    def _bring_up(self, home: Home, port: int | None, last: Running, progress: Progress) -> Cluster:
        with life.nobody_alive(home) as (alive, _):
            running = Running(code=state.code())
            try:
                self._start_all(home, port, last, running, alive, progress)
            except BaseException as error:
                life.halt(home, running, hurry=True)  # it has served nobody yet
                if isinstance(error, OSError):
                    raise explain(error, "start the cluster") from error
                raise
        return _cluster(home, running, changed=True)

    def _start_all(
        self, home: Home, port: int | None, last: Running, running: Running, alive: int, progress: Progress
    ) -> None:
        """Fill in `running` step by step, so that the caller can end what was begun."""
        content = home.read(state.CONTENT)
        fresh = not content.get("complete")
        with contextlib.ExitStack() as closing:
            listener = ports.listen(port, last.port or _last_port(content), progress)
            closing.callback(listener.close)
            running.port = listener.getsockname()[1]
            who = account.current()
            if fresh:
                progress(f"Making a new cluster in {home.path}")
                room.remove(home)
                home.delete(SECRET, state.CERTIFICATE, state.KEY)
            place = room.make(home, who) if fresh else room.existing(home)
            running.sockets = str(room.sockets(who))
            home.write(state.RUNNING, asdict(running))
            state.put_large_logs_aside(home)
            server = _server(home, place, running, who)
            # What takes longest begins first; meanwhile the front and the dialect load.
            if fresh:
                making = closing.enter_context(Initdb.create(server, inherit=(alive,)))
            else:
                running.postgres = server.start(inherit=(alive,))
            self._start_front(home, place, running, listener.fileno(), alive)
            dialect = _dialect() if fresh or content.get("code") != running.code else ""
            if fresh:
                making.finish()
                running.postgres = server.start(inherit=(alive,))
                if not postgres.unsafe_fast():
                    syncing = closing.enter_context(Initdb.sync(server, inherit=(alive,)))
            home.write(state.RUNNING, asdict(running))
            server.wait(running.postgres)
            if fresh:
                provision.provision(server, password(home), dialect)
                if not postgres.unsafe_fast():
                    syncing.finish()
            elif dialect:
                _upgrade(server, dialect, content, progress)
            now = {**content, "complete": True, "code": running.code, "port": running.port}
            if dialect:
                now["dialect"] = _digest(dialect)
            if now != content:
                home.write(state.CONTENT, now)
        try:
            _ask(home, running)
        except answer.WrongPassword:
            progress(f"The password of the user {provision.USER} was changed: setting it back")
            provision.set_password(server, password(home))
            _ask(home, running)

    def _start_front(self, home: Home, place: Path, running: Running, listener: int, alive: int) -> None:
        if not ((home / state.CERTIFICATE).exists() and (home / state.KEY).exists()):
            from ..certificates import make

            make(home / state.CERTIFICATE, home / state.KEY)
        home.write(
            state.FRONT,
            {
                "listen_fd": listener,
                "socket_directory": running.sockets,
                "socket_port": postgres.SOCKET_PORT,
                "certificate": str(home / state.CERTIFICATE),
                "key": str(home / state.KEY),
                "superuser": postgres.SUPERUSER,
                "max_connections": FRONT_CONNECTIONS,
                "log": str(home / state.LOGS["front"]),
                "jobs": str(place / "data" / state.JOBS),
            },
        )
        package = Path(__file__).resolve().parents[2]
        running.front = processes.spawn(
            [sys.executable, "-m", life.FRONT_MODULE, "--config", str(home / state.FRONT)],
            log=home / state.LOGS["front"],
            environment=dict(os.environ),
            inherit=(listener, alive),
            directory=package,
        )


# -------------------------------------------------------------------- what is there


def _cluster(home: Home, running: Running, *, changed: bool) -> Cluster:
    return Cluster(
        engine=NAME,
        version=COCKROACHDB,
        host=ports.HOST,
        port=running.port,
        home=home.path,
        user=provision.USER,
        password=password(home),
        certificate=home / state.CERTIFICATE,
        changed=changed,
    )


def _server(home: Home, place: Path, running: Running, who: account.Account) -> postgres.Server:
    programs = room.programs(place, postgres.installed(), postgres.release, who)
    log = home / state.LOGS["postgres"]
    log_from = log.stat().st_size if log.exists() else 0
    return postgres.Server(programs, place / "data", Path(running.sockets), log, log_from, who)


def _running_server(home: Home) -> postgres.Server:
    """The PostgreSQL that runs, to connect to. Raises ClusterError if none does.

    It is not asked which programs it was started from, as `_server` does by running one: none is run here.
    """
    running = Running.read(home)
    if not life.lives(home, running):
        raise ClusterError("The cluster does not run. Run `python -m cluster start` first.")
    data, log = room.existing(home) / "data", home / state.LOGS["postgres"]
    return postgres.Server(postgres.installed(), data, Path(running.sockets), log, 0, account.current())


def _postgres_version() -> str:
    return ".".join(postgres.release().split(".")[:2])


def _dialect() -> str:
    """The dialect's SQL. Called while other processes are busy, and so the driver is loaded now, too."""
    import psycopg2  # noqa: F401

    from .dialect import bootstrap_sql

    return bootstrap_sql()


def _upgrade(server: postgres.Server, dialect: str, content: dict[str, Any], progress: Progress) -> None:
    """Bring the dialect into the databases unless they have this very one."""
    if content.get("dialect") != _digest(dialect):
        progress("Bringing the databases up to date with the cluster's code")
        copies.forget(server)
        provision.upgrade(server, dialect)


def _last_port(content: dict[str, Any]) -> int | None:
    """Where it was before it was stopped: what knows it by a URL finds it there again."""
    port = content.get("port")
    return port if isinstance(port, int) and 0 < port <= 65535 else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _serves(home: Home, running: Running, progress: Progress) -> bool:
    """Whether the living processes are of today's code and answer a query."""
    if running.code != state.code():
        progress("The cluster's code has changed since it was started: restarting it")
        return False
    try:
        _ask(home, running, patience=HEALTHY)
    except (ClusterError, answer.WrongPassword):
        progress("The cluster does not answer: restarting it")
        return False
    return True


def _ask(home: Home, running: Running, patience: float = 30.0) -> None:
    """Wait for an answer through the front; see answer.wait."""
    certificate = home / state.CERTIFICATE
    watch = life.watch(home, running)
    answer.wait(running.port, provision.USER, password(home), certificate, watch, patience)
