"""What a cluster on this machine needs around it: a home, room on the disk, a port."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

from .. import ports
from ..engine import Status
from ..errors import ClusterError
from ..home import Home
from .finding import Finding

ROOM = 500 * 2**20
"""Bytes: a cluster with the databases of all lessons, their copies and logs takes about half of it."""


def examine(home: Home, now: Status) -> list[Finding]:
    """Look at the home, the disk and the port. Makes nothing."""
    return [_home(home), _disk(home), _port(now)]


def _home(home: Home) -> Finding:
    try:
        there = home.exists()
        if there:
            home.marker()
    except ClusterError as error:
        return Finding(False, "home", str(error))
    nearest = _nearest(home.path)
    if not os.access(nearest, os.W_OK | os.X_OK):
        return Finding(
            False, "home", f"{nearest} cannot be written to", "name another directory in CLUSTER_HOME"
        )
    return Finding(True, "home", str(home.path) + ("" if there else " (not made yet)"))


def _disk(home: Home) -> Finding:
    free = shutil.disk_usage(_nearest(home.path)).free
    said = f"{free / 2**30:.1f} GiB free"
    if free >= ROOM:
        return Finding(True, "disk", said)
    return Finding(
        False, "disk", f"{said}, {ROOM / 2**20:.0f} MiB are needed", "make room, or set CLUSTER_HOME"
    )


def _port(now: Status) -> Finding:
    if now.port:
        return Finding(True, "port", f"{now.port}, on this machine only")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        taken = probe.connect_ex((ports.HOST, ports.DEFAULT)) == 0
    if taken:
        return Finding(
            None, "port", f"{ports.DEFAULT} is taken by another program: the next free one will be used"
        )
    return Finding(True, "port", f"{ports.DEFAULT} is free")


def _nearest(path: Path) -> Path:
    """The path, or the nearest above it that is there."""
    return next(each for each in (path, *path.parents) if each.exists())
