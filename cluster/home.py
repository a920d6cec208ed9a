"""The cluster's home: one directory with a marker, a lock and small JSON files written atomically."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import ClusterError, explain
from .files import private

FORMAT = 1
"""Counts up when a newer version of this package can no longer read an older home."""

MARKER = "cluster.json"
LOCK = "lock"
SHELL = "shell"
"""The SQL shell's settings and history, apart from those of a pgcli of the user's own."""
KEPT = "kept"
"""What those who use the cluster keep beside copies of its databases; it goes when the home does."""
URL = "url.json"
"""The URL of a cluster that someone else runs, kept by `python -m cluster use`."""
LEARNER = "learner"
"""The id of the learner whose home this is: see mark.py."""
MAKING = "making.json"
"""Where the practice database is being made at this moment: see mark.py."""
IGNORE = ".gitignore"
PATIENCE = 120.0
"""Seconds to wait for another start or stop of the same cluster."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where one cluster's state lies. Nothing is made until `claim`."""

    path: Path

    @classmethod
    def find(cls, home: Path | str | None = None) -> Home:
        """The given home, else $CLUSTER_HOME, else `.cluster` beside this package; made absolute."""
        chosen = home or os.environ.get("CLUSTER_HOME") or Path(__file__).resolve().parents[1] / ".cluster"
        return cls(Path(chosen).expanduser().resolve())

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    # ---------------------------------------------------------------- the marker

    def exists(self) -> bool:
        """Whether a cluster's home is here. Raises ClusterError where something else is."""
        try:
            if (self / MARKER).exists():
                return True
            # What is here without a local cluster: a URL of another one, and what goes with it.
            ours = {LOCK, f"{MARKER}.new", URL, f"{URL}.new", LEARNER, MAKING, f"{MAKING}.new", IGNORE, SHELL}
            others = sorted(entry.name for entry in self.path.iterdir() if entry.name not in ours)
        except FileNotFoundError:
            return False
        except NotADirectoryError:
            raise ClusterError(f"{self.path} is not a directory. Choose another with CLUSTER_HOME.") from None
        except OSError as error:
            raise explain(error, f"use {self.path} as the cluster's home") from error
        if others:
            raise ClusterError(
                f"{self.path} was not made by this cluster (it holds {others[0]}): "
                f"it is left alone. Choose another directory with CLUSTER_HOME."
            )
        return False

    def claim(self, engine: str) -> bool:
        """Make this directory a cluster's home. Gives True if it is new, False if it was one already."""
        if self.exists():
            return False
        marker = {"format": FORMAT, "engine": engine, "uid": os.geteuid()}
        try:
            self.write(MARKER, marker)
            (self / IGNORE).write_text("*\n")
        except OSError as error:
            raise explain(error, f"write to {self.path}") from error
        return True

    def marker(self) -> dict[str, Any]:
        """The marker's content. Raises ClusterError if it is damaged, too new, or another user's."""
        found = self.read(MARKER)
        if not isinstance(found.get("format"), int):
            raise ClusterError(f"{self / MARKER} is damaged. {self.advice()}")
        if found["format"] > FORMAT:
            raise ClusterError(
                f"{self.path} was made by a newer version of this package. Update this one, or "
                f"choose another directory with CLUSTER_HOME."
            )
        if found.get("uid") not in (None, os.geteuid()):
            raise ClusterError(
                f"{self.path} belongs to another user (id {found['uid']}). Run this as that user, "
                f"or choose another directory with CLUSTER_HOME."
            )
        return found

    def advice(self) -> str:
        """The last resort, as a sentence."""
        return "`python -m cluster reset` makes a fresh start (the databases in it are lost)."

    # ---------------------------------------------------------------- files

    def read(self, name: str) -> dict[str, Any]:
        """The JSON object in `name`. Raises ClusterError if it cannot be read; {} if there is none."""
        try:
            found = json.loads((self / name).read_text())
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise explain(error, f"read {self / name}") from error
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise ClusterError(f"{self / name} is damaged. {self.advice()}")
        return found

    def write(self, name: str, content: dict[str, Any]) -> None:
        """Put `content` into `name` as JSON, mode 0600: all of it or, after a crash, the old file."""
        draft = self / f"{name}.new"
        try:
            with private(draft, "w") as file:
                file.write(json.dumps(content, indent=1).encode())
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self / name)
            directory = os.open(self.path, os.O_RDONLY)
            try:
                os.fsync(directory)  # a power cut must not take the new name away again
            finally:
                os.close(directory)
        except OSError as error:
            with contextlib.suppress(OSError):
                draft.unlink()
            raise explain(error, f"write {self / name}") from error

    def delete(self, *names: str) -> None:
        """Delete these files of ours, those that are there."""
        for name in names:
            (self / name).unlink(missing_ok=True)

    def remove(self) -> None:
        """Delete the marker and, if nothing that is not ours lies there, the directory.

        The URL of a cluster elsewhere stays, and the learner's id with it.
        """
        for folder in (SHELL, KEPT):
            shutil.rmtree(self / folder, ignore_errors=True)
        self.delete(f"{MARKER}.new", MARKER)
        self.leave()

    def make(self) -> None:
        """Make the directory where there is none. Raises OSError."""
        # As root the server runs as another user, who must be able to walk through this directory;
        # what is private in it is 0600 by itself.
        self.path.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)

    def leave(self) -> None:
        """Delete the directory if it holds no cluster's data and no URL."""
        if (self / MARKER).exists() or (self / URL).exists():
            return
        self.delete(IGNORE, LEARNER, MAKING, f"{MAKING}.new", LOCK)
        with contextlib.suppress(OSError):
            self.path.rmdir()

    # ---------------------------------------------------------------- the lock

    @contextlib.contextmanager
    def locked(self, progress: Callable[[str], None]) -> Iterator[None]:
        """Hold this home against every other start, stop and reset, of any process.

        Makes the directory. The lock goes with its process: a killed start leaves none behind.
        """
        try:
            self.exists()  # before the lock file is made in a directory that is not ours
            descriptor = self._take_lock(progress)
        except OSError as error:
            raise explain(error, f"use {self.path} as the cluster's home") from error
        try:
            yield
        finally:
            os.close(descriptor)

    def _take_lock(self, progress: Callable[[str], None]) -> int:
        deadline = time.monotonic() + PATIENCE
        told = False
        while (descriptor := self._try_lock()) is None:
            if time.monotonic() > deadline:
                raise ClusterError(
                    f"Another start or stop of the cluster in {self.path} has not finished for "
                    f"{PATIENCE:.0f} s. Look at it with `python -m cluster logs`."
                )
            if not told:
                progress("Waiting for another start or stop of this cluster to finish")
                told = True
            time.sleep(0.02)
        return descriptor

    def _try_lock(self) -> int | None:
        self.make()
        try:
            descriptor = os.open(self / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except FileNotFoundError:
            return None  # a reset took the directory away
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # A reset may have deleted the file between open and flock: then it locks nothing.
            if os.fstat(descriptor).st_ino == (self / LOCK).stat().st_ino:
                return descriptor
        except (BlockingIOError, FileNotFoundError):
            pass
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        return None
