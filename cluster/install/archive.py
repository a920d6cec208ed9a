"""An archive: loaded, its checksum compared, unpacked beside its place, tried, and put there."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from .. import cache
from ..cockroach import binary
from ..errors import ClusterError
from .releases import Release
from .source import File, Restart, Source

DRAFT = "new-"
"""How the folder is called in which an archive is unpacked."""
PART = ".part"
"""How the name of a download ends that is not whole yet."""


@contextlib.contextmanager
def verified(
    source: Source, directory: Path, release: Release, progress: Callable[[int, int], None]
) -> Iterator[IO[bytes]]:
    """The archive as an open file whose SHA-256 is the release's.

    Of a download that breaks off or is interrupted, what has come is kept, to go on from, also while it is
    compared and unpacked. Raises ClusterError; OSError where there is no room, and then nothing is kept.
    """
    if isinstance(source, File):
        _compare(source.file, release, source.name)
        yield source.file
        return
    # Named by the sum: what is kept of another archive is never gone on with.
    part = directory / f"{release.name}.{release.checksum[:16]}{PART}"
    try:
        _load(source, part, progress)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    try:
        with part.open("rb") as file:
            _compare(file, release, source.name)
            yield file
    except Exception:  # no KeyboardInterrupt: that says nothing against the archive
        part.unlink(missing_ok=True)
        raise
    part.unlink(missing_ok=True)


def _load(source: Source, part: Path, progress: Callable[[int, int], None]) -> None:
    there = part.stat().st_size if part.exists() else 0
    if source.size and there == source.size:
        return
    try:
        _append(source, part, there, progress)
    except Restart:
        _append(source, part, 0, progress)
    there = part.stat().st_size
    if source.size and there < source.size:
        raise ClusterError(
            f"The download broke off after {there / 1e6:.0f} of {source.size / 1e6:.0f} MB. Say the same "
            f"again, and it goes on from there."
        )


def _append(source: Source, part: Path, start: int, progress: Callable[[int, int], None]) -> None:
    with part.open("ab" if start else "wb") as file:
        there = start
        for piece in source.read(start):
            file.write(piece)
            there += len(piece)
            progress(there, source.size)


def _compare(file: IO[bytes], release: Release, name: str) -> None:
    """Raises ClusterError if the file's SHA-256 is another one; leaves the file at its beginning."""
    file.seek(0)
    found = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    if found != release.checksum:
        raise ClusterError(
            f"{name} is not the archive of CockroachDB {release.version} for {release.platform}: its SHA-256 "
            f"is {found}, and {release.checksum} is the right one. Nothing was installed."
        )
    file.seek(0)


def unpack(file: IO[bytes], target: Path, release: Release) -> Path:
    """Put the archive's program, and what lies with it, at `target`; gives the program's path.

    Raises ClusterError for an archive with other things in it than one folder of files, or a program that
    does not run here. Until it has run it is not in its place.
    """
    draft = Path(tempfile.mkdtemp(prefix=DRAFT, dir=target.parent))
    try:
        try:
            with tarfile.open(fileobj=file, mode="r:gz") as packed:
                # Python before 3.11.4 may have no filters; then _check, which is stricter, must do.
                packed.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
                for member in packed:
                    _check(member, release)
                    packed.extract(member, draft)
        except (tarfile.TarError, EOFError, OSError) as error:
            if isinstance(error, OSError) and error.errno:  # the disk's, not the archive's
                raise
            raise ClusterError(f"The archive cannot be unpacked: {error}.") from error
        program = draft / release.name / cache.PROGRAM
        if not program.is_file():
            raise ClusterError(f"The archive holds no {release.name}/{cache.PROGRAM}. Nothing was installed.")
        program.chmod(0o755)
        version = binary.version(program)
        if version != release.version:
            raise ClusterError(f"The archive holds {version}, not {release.version}. Nothing was installed.")
        (draft / release.name).rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target / cache.PROGRAM


def _check(member: tarfile.TarInfo, release: Release) -> None:
    """Only folders and files below the one folder. (The filter `data` would bend some names into shape.)"""
    path = PurePosixPath(member.name)
    inside = not path.is_absolute() and ".." not in path.parts and path.parts[:1] == (release.name,)
    if not inside or not (member.isfile() or member.isdir()):
        raise ClusterError(
            f"The archive holds {member.name!r}, which has no business in it. Nothing was installed."
        )
