"""The whole way: what it is, whether it is wanted, its archive, its place."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from .. import cache
from ..errors import ClusterError, explain
from . import archive, releases, source

LICENSE = "https://github.com/cockroachdb/cockroach/blob/{version}/LICENSE"
Ask = Callable[[str], bool]
"""Gets what is to be agreed to; gives whether it was."""
Progress = Callable[[int, int], None]
"""Gets the bytes that are there, and all that there will be (0: not known)."""


def install(
    version: str, origin: str | None, checksum: str | None, ask: Ask, progress: Progress
) -> Path | None:
    """Put the program of this version into the cache, unless it is there; gives its path, None for a no.

    origin: a file or URL to take the archive from, in place of the maker's. checksum: the archive's SHA-256
    where we know none; ours goes first. Raises ClusterError; then the cache holds no program that was not
    there before, and of a download that broke off the part that has come, to go on from.
    """
    release = releases.find(version, checksum)
    target = cache.directory() / release.name
    if (target / cache.PROGRAM).exists():
        return target / cache.PROGRAM
    where = source.of(origin or release.url)
    with where, _cache() as directory:
        size = where.size
        amount = f"{size / 1e6:.0f} MB" if size else "an unknown amount"
        if not ask(
            f"CockroachDB {version} for {release.platform}: {amount} from {where.name}.\n"
            f"It is Cockroach Labs' program, under the CockroachDB Software License (in the archive, and at\n"
            f"{LICENSE.format(version=version)}). One node for yourself needs no license key.\n"
            f"It goes into {target}."
        ):
            return None
        _room(directory, size)
        try:
            with archive.verified(where, directory, release, progress) as file:
                return archive.unpack(file, target, release)
        except OSError as error:
            raise explain(error, f"install CockroachDB in {directory}") from error


@contextlib.contextmanager
def _cache() -> Iterator[Path]:
    """The cache's directory, held against another install; what one that was killed has left goes."""
    directory = cache.directory()
    new = [path for path in (directory, *directory.parents) if not path.exists()]
    try:
        directory.mkdir(mode=0o755, parents=True, exist_ok=True)
        descriptor = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise explain(error, f"use {directory}") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ClusterError("Another install is at work in this cache: wait for its end.") from None
        for left in directory.glob(f"{archive.DRAFT}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield directory
    finally:
        (directory / "lock").unlink(missing_ok=True)
        os.close(descriptor)
        for path in new:  # of a cache that we made for nothing
            with contextlib.suppress(OSError):
                path.rmdir()


def _room(directory: Path, size: int) -> None:
    """Refuse at once what cannot fit: the archive, and what is in it, about three times as large."""
    free = shutil.disk_usage(directory).free
    if free < 4 * size:
        raise ClusterError(
            f"There is too little room in {directory}: {free / 1e6:.0f} MB are free, and about "
            f"{4 * size / 1e6:.0f} MB are needed. Make room, or name another directory in {cache.VARIABLE}."
        )
