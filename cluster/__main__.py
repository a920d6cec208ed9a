"""The command line: `python -m cluster start | stop | status | url | sql | use | doctor | reset | …`."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import sys
from pathlib import Path
from typing import NoReturn

from . import ClusterError, choice, reset, start, status, stop
from .engine import Cluster
from .home import Home
from .install import command as install


def main(arguments: list[str] | None = None) -> int:
    """Run one command; gives its exit code. What went wrong is one line on stderr, and 1."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _terminated)
    if options.engine:
        os.environ[choice.VARIABLE] = options.engine
    try:
        return int(COMMANDS[options.command](options))
    except ClusterError as error:
        return _fail(str(error))
    except BrokenPipeError:
        raise
    except OSError as error:
        return _fail(f"The system refused it: {error}.")
    except KeyboardInterrupt:
        return _fail("Interrupted.", code=130)


def _start(options: argparse.Namespace) -> int:
    cluster = start(port=options.port, progress=_tell)
    if cluster.engine == choice.EXTERNAL:
        print(
            f"The cluster at {cluster.address} answers: CockroachDB {cluster.version}, run by someone else."
        )
        return 0
    verb = "now runs" if cluster.changed else "runs already"
    print(f"The cluster {verb} on {cluster.address} ({_kind()}).")
    _warn_of_other_root(cluster)
    return 0


def _warn_of_other_root(cluster: Cluster) -> None:
    """Users of CockroachDB Cloud have this file. With it libpq verifies although sslmode=require does not ask
    for it, and refuses this cluster: postgresql.org/docs/18/libpq-ssl.html, on backwards compatibility."""
    other = Path.home() / ".postgresql" / "root.crt"
    if other.exists() and cluster.certificate and not os.environ.get("PGSSLROOTCERT"):
        print(
            f"Because of {other} clients in this shell will not trust this cluster until you say:\n"
            f"  export PGSSLROOTCERT={shlex.quote(str(cluster.certificate))}",
            file=sys.stderr,
        )


def _stop(options: argparse.Namespace) -> int:
    stopped = stop()
    if choice.elsewhere(Home.find()):
        print(
            "The cluster that is in use is not run from here: it goes on running, and nothing in it "
            "has changed."
        )
        if stopped:
            print("The local cluster of before is stopped. Its data is kept.")
        return 0
    print("The cluster is stopped. Its data is kept." if stopped else "No cluster runs here.")
    return 0


def _status(options: argparse.Namespace) -> int:
    now = status()
    if options.json:
        print(
            json.dumps(
                {
                    "running": now.running,
                    "engine": now.engine,
                    "version": now.version,
                    "about": now.about,
                    "port": now.port,
                    "pids": now.pids,
                    "home": str(now.home),
                    "trouble": now.trouble,
                },
                indent=2,
            )
        )
        return 0
    lines = {
        "cluster": "does not answer" if now.trouble else _state(now.running, now.pids),
        "because": now.trouble,
        "engine": f"{now.engine}, {now.about}",
        "version": now.version,
        "address": now.cluster.address if now.cluster else "",
        "processes": ", ".join(f"{name} {pid}" for name, pid in now.pids.items())
        or ("not on this machine, or not ours" if now.engine == choice.EXTERNAL else ""),
        "home": str(now.home),
    }
    for name, value in lines.items():
        if value:
            print(f"{name:<10} {value}")
    return 0


def _url(options: argparse.Namespace) -> int:
    print(_running().url(options.database))
    return 0


def _sql(options: argparse.Namespace) -> int:
    from . import shell

    cluster = _running()
    if options.execute:
        return shell.run(cluster, options.database, options.execute)
    if not sys.stdin.isatty():
        return shell.run(cluster, options.database, [sys.stdin.read()])
    return shell.interact(cluster, options.database)


def _use(options: argparse.Namespace) -> int:
    from .external import use

    home = Home.find()
    if options.none:
        print(use.nothing(home))
        return 0
    print(use.this(home, options.url or use.asked()))
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from . import doctor

    return doctor.main(Home.find())


def _reset(options: argparse.Namespace) -> int:
    home = Home.find()
    if choice.elsewhere(home) and not options.here:
        return _reset_elsewhere(options)
    question = f"This deletes the cluster in {home.path} with all its databases. Notebooks and files stay."
    if home.exists() and not options.yes and not _agreed(question):
        return _fail("Nothing was deleted. Without a terminal say so with --yes.")
    print(
        "The cluster and its data are deleted." if reset(here=options.here) else "There is no cluster here."
    )
    return 0


def _reset_elsewhere(options: argparse.Namespace) -> int:
    question = (
        "This drops the database bank on the cluster in use, if the course made it, and nothing else there."
    )
    if not options.yes and not _agreed(question):
        return _fail("Nothing was dropped. Without a terminal say so with --yes.")
    dropped = reset(anyones=options.anyones)
    print("The course's database bank is dropped." if dropped else "There is no database bank there.")
    return 0


def _agreed(question: str) -> bool:
    print(question)
    try:
        return input("Type yes to go on: ").strip().lower() == "yes"
    except EOFError:
        print()
        return False


def _logs(options: argparse.Namespace) -> int:
    from . import logs

    if choice.elsewhere(Home.find()):
        print(
            "The cluster that is in use writes its logs where it runs: on its nodes, below their --store, "
            "or in the console of the cloud."
        )
        return 0
    files = logs.files(Home.find().path)
    if not files:
        return _fail("There are no logs: no cluster has been started here.")
    if options.follow:
        logs.follow(files)
    logs.show(files)
    return 0


def _running() -> Cluster:
    now = status()
    cluster = now.cluster
    if now.trouble:
        raise ClusterError(now.trouble)
    if cluster is None:
        raise ClusterError("No cluster runs here. Start it with `python -m cluster start`.")
    return cluster


def _kind() -> str:
    now = status()
    return f"{now.engine}: {now.about}"


def _state(running: bool, pids: dict[str, int]) -> str:
    if running:
        return "running"
    return "damaged: `python -m cluster start` repairs it" if pids else "not running"


def _tell(line: str) -> None:
    print(f"{line} …", file=sys.stderr, flush=True)


def _fail(line: str, code: int = 1) -> int:
    print(line, file=sys.stderr)
    return code


def _terminated(number: int, frame: object) -> NoReturn:
    raise SystemExit(128 + number)  # through every `finally`: nothing half-made stays


COMMANDS = {
    "start": _start,
    "stop": _stop,
    "status": _status,
    "url": _url,
    "sql": _sql,
    "use": _use,
    "doctor": _doctor,
    "reset": _reset,
    "logs": _logs,
    "install": install.run,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m cluster", description="The local demo cluster.")
    parser.add_argument(
        "--engine",
        choices=choice.ENGINES,
        help=f"which engine (default: ${choice.VARIABLE}, else what is there)",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    begin = commands.add_parser("start", help="start it, or repair it; does nothing if it runs")
    # Behind the command, too: nobody remembers that it stands before it.
    begin.add_argument("--engine", choices=choice.ENGINES, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    begin.add_argument("--port", type=int, help="exactly this port (default: 26257, or a free one)")
    commands.add_parser("stop", help="stop it; its data stays")
    state = commands.add_parser("status", help="what runs, and where")
    state.add_argument("--json", action="store_true", help="for programs")
    url = commands.add_parser("url", help="print the URL to connect with, and nothing else")
    url.add_argument("--database", default="bank", help="default: bank")
    sql = commands.add_parser("sql", help="open a SQL shell")
    sql.add_argument("--database", default="defaultdb", help="default: defaultdb")
    sql.add_argument("-e", "--execute", action="append", metavar="SQL", help="run this and leave")
    use = commands.add_parser("use", help="work on a CockroachDB that someone else runs")
    use.add_argument("url", nargs="?", metavar="URL", help="without it, it is asked for and not shown")
    use.add_argument("--none", action="store_true", help="forget it: back to the local cluster")
    commands.add_parser("doctor", help="check the cluster, and what lessons need of it")
    clear = commands.add_parser("reset", help="delete the cluster with all its databases")
    clear.add_argument("--here", action="store_true", help="that of this home, even if another one is in use")
    clear.add_argument("--yes", action="store_true", help="do not ask")
    clear.add_argument(
        "--anyones",
        action="store_true",
        help="on a cluster elsewhere: drop the course's database also if it is another learner's",
    )
    install.add(commands)
    log = commands.add_parser("logs", help="print what its processes wrote down")
    log.add_argument("-f", "--follow", action="store_true", help="go on as they write")
    return parser


if __name__ == "__main__":
    # A reader that went away (`… | head`) is no error worth a stack trace.
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = 1
    sys.exit(code)
