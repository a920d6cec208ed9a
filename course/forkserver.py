"""The process that makes `%alembic` fast: it has the libraries imported and forks a child for each command.

Run as a file, with the number of an inherited socket: `python -P forkserver.py 5 /path/of/it`. It is a
process of its own, because forking is safe only where there is one thread (a kernel has several). A user's
notebooks share it: for each that connects it forks a process, which serves that notebook alone. warm.py finds
it, and says what it must be the same in. Without a path, the socket is the one connection that is served.

Each command gets a fresh child: env.py, the models and the revisions are read anew, and no command reaches
the next one. One request at a time; but a program "beside" others is not waited for: its descriptor is a
socket, which is its input too, and it ends when that closes. If the request says "tell", its last line is its
exit code. A message is a 4-byte length and JSON; a request carries the descriptor of the output:
    client → {"program": ["alembic", …], ["-m", "bank", …] or ["-c", text, …],
              "cwd": …, "env": {…}, "root": …, "fold": …}
    server → {"pid": n, "server": n}, then {"exit": n} (negative: ended by that signal)
What serves a notebook ends when the notebook's side of the socket closes, and a running child with it; the
shared process ends when there has been none to serve for IDLE seconds.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

IDLE = 10.0
"""Seconds that it waits for the next notebook when the last one is gone. It takes some 50 MB meanwhile."""
PRELOADED = (
    "alembic.config",
    "alembic.command",
    "alembic.autogenerate",
    "alembic.runtime.environment",
    "alembic.script",
    "logging.config",
    "mako.template",
    "psycopg2",
    "psycopg2.extras",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.orm",
    "sqlalchemy_cockroachdb.psycopg2",
)


def send(channel: socket.socket, message: dict[str, Any], descriptors: tuple[int, ...] = ()) -> None:
    """Send one message. Raises OSError when the other side is gone."""
    body = json.dumps(message).encode()
    head = len(body).to_bytes(4, "big")
    if descriptors:
        socket.send_fds(channel, [head], descriptors)
    else:
        channel.sendall(head)
    channel.sendall(body)


def receive(channel: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """The next message and the descriptors that came with it; None when the other side has closed."""
    head, descriptors, _, _ = socket.recv_fds(channel, 4, 1)
    while 0 < len(head) < 4:
        head += channel.recv(4 - len(head))
    length = int.from_bytes(head, "big")
    body = b""
    while len(body) < length:
        chunk = channel.recv(length - len(body))
        if not chunk:
            return None
        body += chunk
    return (json.loads(body), descriptors) if head else None


def share(listener: socket.socket, path: Path) -> None:
    """Serve each client that connects in a process of its own, until there is none for IDLE seconds."""
    _warm_up()
    clients: set[int] = set()
    own = path.stat().st_ino
    while True:
        connected, _, _ = select.select([listener], [], [], IDLE)
        clients = {pid for pid in clients if os.waitpid(pid, os.WNOHANG)[0] == 0}
        if not connected:
            if clients:
                continue
            # First the name, so that the next client starts another server; then a last look for one who
            # came before that. (One who comes just now is cut off, and tries again: see Runner.)
            with contextlib.suppress(FileNotFoundError):
                # What cleans /tmp may have removed it, and made room for another.
                if path.stat().st_ino == own:
                    path.unlink()
            if not select.select([listener], [], [], 0)[0]:
                return
        channel, _ = listener.accept()
        with channel:
            client = os.fork()
            if client == 0:
                listener.close()
                with contextlib.suppress(OSError):
                    serve(channel)
                os._exit(0)
        clients.add(client)


def _warm_up() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command: the client passes it on
    # Before the imports: alembic.config takes sys.stdout as a default when it is imported, so a command
    # writes to these objects. What is below them, descriptors 1 and 2, is changed for each command.
    sys.stdout = open(1, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
    for name in PRELOADED:
        with contextlib.suppress(ImportError):  # the command itself will say what is missing
            importlib.import_module(name)
    with contextlib.suppress(Exception):  # as above
        _prepare()
    gc.collect()
    gc.freeze()  # a child's garbage collector leaves these pages alone, so they need not be copied for it


def serve(channel: socket.socket) -> None:
    """Answer requests until the client goes away."""
    beside: list[int] = []
    while (message := receive(channel)) is not None:
        request, descriptors = message
        if request["program"][:2] == ["-m", "pytest"]:  # one lesson of all needs it: not before it does
            with contextlib.suppress(ImportError):
                importlib.import_module("pytest")
        alive, ended = os.pipe()
        child = os.fork()
        if child == 0:
            channel.close()
            os.close(alive)
            _become(request, descriptors[0])
        os.close(ended)
        for descriptor in descriptors:
            os.close(descriptor)
        send(channel, {"pid": child, "server": os.getpid()})
        if request.get("beside"):
            beside.append(child)
        else:
            _wait(channel, alive, child)
        os.close(alive)
        beside = [pid for pid in beside if os.waitpid(pid, os.WNOHANG)[0] == 0]


def _prepare() -> None:
    """Do now what each command would do again, and what depends on nothing of the learner's."""
    from mako.template import Template
    from sqlalchemy.dialects import registry

    _command_line()
    registry.load("cockroachdb")  # else looked for in the metadata of every installed package
    Template("${word}").render(word="")  # noqa: S702 (no HTML; this imports what a template's first use does)


@functools.cache
def _command_line() -> Any:
    """Alembic's parser of command lines. Making it takes longer than reading a line with it."""
    from alembic.config import CommandLine

    return CommandLine(prog="alembic")


def _wait(channel: socket.socket, alive: int, child: int) -> None:
    """Wait for the child and report its exit. A client that goes away takes its command along."""
    watched: list[Any] = [channel, alive]
    ready, _, _ = select.select(watched, [], [])
    if channel in ready:  # nothing is sent while a command runs: the client has closed
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(OSError):
        send(channel, {"exit": os.waitstatus_to_exitcode(status)})


def _become(request: dict[str, Any], output: int) -> NoReturn:
    """In the child: be the command, as a fresh interpreter would be, and never come back."""
    code = 1
    try:
        os.setpgid(0, 0)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(request["env"])
        _redirect(output, readable=bool(request.get("beside")))
        os.chdir(request["cwd"])
        sys.dont_write_bytecode = True
        if request["fold"]:
            sys.excepthook = lambda kind, error, trace: _show_folded(error, trace, request)
        code = _run(request["program"])
    except SystemExit as end:
        code = _exit_code(end)
    except KeyboardInterrupt:
        code = 130
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__)
    finally:
        with contextlib.suppress(BaseException):
            atexit._run_exitfuncs()
            if request.get("tell"):
                print("exit code:", code & 0xFF)
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code & 0xFF)


def _redirect(output: int, *, readable: bool) -> None:
    """Nothing to read, or the output's other side; both outputs into one, line by line, as in a terminal."""
    empty = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, output if readable else empty), (1, output), (2, output)):
        os.dup2(source, target)
    os.close(empty)
    os.close(output)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 (as long as the process)


def _run(program: list[str]) -> int:
    if program[0] == "-m":
        import runpy

        sys.path.insert(0, str(Path.cwd()))
        sys.argv = program[1:]
        runpy.run_module(program[1], run_name="__main__", alter_sys=True)
    elif program[0] == "-c":
        sys.path.insert(0, str(Path.cwd()))
        sys.argv = ["-c", *program[2:]]
        exec(compile(program[1], "<string>", "exec"), {"__name__": "__main__"})  # noqa: S102 (as python -c)
    else:
        # `alembic init` prints files in the order in which the file system lists them, which differs from
        # machine to machine; a lesson's output should not.
        unordered = Path.iterdir
        Path.iterdir = lambda self: (path for path in sorted(unordered(self)))  # type: ignore
        sys.argv = program
        _command_line().main()
    return 0


def _exit_code(end: SystemExit) -> int:
    if end.code is None or isinstance(end.code, int):
        return end.code or 0
    print(end.code, file=sys.stderr)
    return 1


def _show_folded(error: BaseException, trace: TracebackType | None, request: dict[str, Any]) -> None:
    """Print a traceback with the frames of the learner's own files; a line stands for all others in a row."""
    root, everything = os.path.realpath(request["root"]), request["fold"]
    lines = ["Traceback (most recent call last):"]
    left_out = [f"  ... in the libraries (see all: {everything})", "  ..."]
    for frame in traceback.extract_tb(trace):
        # A name that is no path, such as <frozen importlib._bootstrap>, is no file of the learner's.
        path = os.path.realpath(frame.filename) if Path(frame.filename).is_absolute() else ""
        if path.startswith(root + os.sep):
            lines.append(f'  File "{os.path.relpath(path, root)}", line {frame.lineno}, in {frame.name}')
            lines.extend([f"    {frame.line}"] if frame.line else [])
        elif lines[-1] not in left_out:
            lines.append(left_out[1] if left_out[0] in lines else left_out[0])
    print(*lines, sep="\n", file=sys.stderr)
    print("".join(traceback.format_exception_only(error)), end="", file=sys.stderr)


if __name__ == "__main__":
    sys.path[:] = [entry for entry in sys.path if Path(entry) != Path(__file__).parent]
    with contextlib.suppress(OSError), socket.socket(fileno=int(sys.argv[1])) as inherited:
        if sys.argv[2:]:
            share(inherited, Path(sys.argv[2]))
        else:
            _warm_up()
            serve(inherited)
