"""Processes that belong to the cluster: spawned, recognized, ended. Always one by one, never by name alone.

A process id alone proves nothing (ids are used again, and quickly so in containers). A process is ours if its
command line says so: each of ours carries the path of its own home. Creation times are not used:
they move when the clock of a sleeping laptop is set.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import psutil

from .files import private

_children: list[subprocess.Popen[bytes]] = []
"""What this very process spawned and must reap: a long-lived notebook kernel would collect zombies."""


def spawn(
    command: Sequence[str],
    *,
    log: Path,
    environment: dict[str, str],
    inherit: Sequence[int] = (),
    directory: Path | str | None = None,
    as_user: dict[str, Any] | None = None,
) -> int:
    """Start `command` in a session of its own, its output appended to `log` (0600); gives its process id.

    inherit: file descriptors that it keeps under the same numbers.
    as_user: Popen's user, group and extra_groups, when it must run as another user.
    """
    with private(log, "a") as output:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            pass_fds=inherit,
            cwd=directory or "/",
            env=environment,
            **(as_user or {}),
        )
    _children.append(child)
    return child.pid


def alive(pid: int | None, *signs: str) -> bool:
    """Whether `pid` lives (a zombie does not) and each of `signs` is an argument of its command line."""
    _reap()
    if not pid or pid <= 0:
        return False
    try:
        process = psutil.Process(pid)
        arguments = process.cmdline()
        return bool(arguments) and all(sign in arguments for sign in signs)
    except psutil.Error:
        return False


def find(*signs: str) -> list[int]:
    """The ids of all living processes with each of `signs` as an argument of their command line."""
    return [pid for pid in psutil.pids() if alive(pid, *signs)]


def inside(directory: Path, name: str) -> list[int]:
    """The ids of all living processes called `name…` whose working directory is `directory`."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.name().startswith(name) and Path(process.cwd()) == directory and alive(process.pid):
                found.append(process.pid)
    return found


def end(pids: Iterable[int], *steps: tuple[signal.Signals, float]) -> list[int]:
    """Send each step's signal to those that still live and wait up to its seconds; gives who is left.

    The caller has verified that the ids are ours just before.
    """
    left = [pid for pid in pids if alive(pid)]
    for how, patience in steps:
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)
        deadline = time.monotonic() + patience
        while (left := [pid for pid in left if alive(pid)]) and time.monotonic() < deadline:
            time.sleep(0.005)
        if not left:
            break
    return left


def _reap() -> None:
    _children[:] = [child for child in _children if child.poll() is None]
