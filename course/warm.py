"""Finds the fork server that all notebooks share, or starts it; gives a connection to it.

It waits at a socket in a folder that only this user can open, under a name made of everything that a warm
process must be the same in: interpreter, installed packages, Python's own settings, the server's code. What
a person installs or upgrades is therefore never missed: that makes another name, and so another server.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import socket
import stat
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

from . import forkserver

_started: list[subprocess.Popen[bytes]] = []
"""What this process started and nobody waits for; an ended one is taken off at the next start."""


def connect() -> socket.socket:
    """A connection to a server of one's own: a process forked from the shared one, which it may still become.

    It comes back at once; a server that begins imports the libraries meanwhile. Where there is no safe place
    for a shared socket the server serves this connection only. Raises OSError if none can be started.
    """
    try:
        folder = _folder()
        with _locked(folder / "lock"):
            return _join(folder / _name())
    except OSError:
        ours, theirs = socket.socketpair()
        with theirs:
            _start(theirs)
        return ours


def _join(path: Path) -> socket.socket:
    """Connect to the server at `path`; where none answers, start one there. The lock is held."""
    channel = socket.socket(socket.AF_UNIX)
    try:
        try:
            channel.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            path.unlink(missing_ok=True)
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(str(path))
                listener.listen(64)
                _start(listener, path)
            channel.connect(str(path))  # it waits in the listener's queue until the libraries are there
    except BaseException:
        channel.close()
        raise
    return channel


def _start(inherited: socket.socket, path: Path | None = None) -> None:
    env = dict(os.environ)
    if sys.platform == "darwin":
        # A forked child must not enter Apple's frameworks: the Objective-C runtime and Kerberos
        # (which libpq would ask first) end the process there.
        env |= {"OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES"}
    program = [sys.executable, "-P", str(Path(forkserver.__file__)), str(inherited.fileno())]
    server = subprocess.Popen(
        program + ([str(path)] if path else []),
        pass_fds=[inherited.fileno()],
        # It may outlive the notebook that started it, so it holds nothing of that: no pipe, no folder, no
        # terminal, whose Ctrl-C is not for it.
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=env,
        cwd="/",
        start_new_session=True,
    )
    _started[:] = [*(each for each in _started if each.poll() is None), server]


def _folder() -> Path:
    """A folder that nobody else can look into. Raises OSError where there is another's in its place."""
    folder = Path(tempfile.gettempdir()) / f"course-{os.getuid()}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise PermissionError(f"{folder} is not this user's alone")
    return folder


def _name() -> str:
    digest = hashlib.sha256(Path(forkserver.__file__).read_bytes())
    packages = [Path(sysconfig.get_path(kind)) for kind in ("purelib", "platlib")]
    chosen = ("PYTHON", "LC_", "LANG")
    settings = {name: value for name, value in os.environ.items() if name.startswith(chosen)}
    settings.pop("PYTHONDONTWRITEBYTECODE", None)  # the course sets it when a lesson begins
    facts = [
        (sys.executable, sys.version, sys.prefix),
        [(str(path), path.stat().st_mtime_ns) for path in packages],
        sorted(settings.items()),
    ]
    digest.update(repr(facts).encode())
    return digest.hexdigest()[:16]


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
