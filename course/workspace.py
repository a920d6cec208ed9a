"""The workspace: the learner's own project, and how it is set aside when a lesson begins."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from .errors import CourseError

ROOT = Path(__file__).resolve().parents[1]
"""The course's own folder. Nothing in it is edited by a lesson."""

KEPT = ".kept"
STATE = ".course.json"
IGNORED = {KEPT, STATE, f"{STATE}.new", "__pycache__", ".ipynb_checkpoints", ".DS_Store"}
"""What is no work of the learner's."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder whose content belongs to the learner; the course knows which files it wrote itself."""

    root: Path

    @classmethod
    def find(cls) -> Workspace:
        """$COURSE_WORKSPACE, else `workspace/` in the course's folder."""
        chosen = os.environ.get("COURSE_WORKSPACE")
        return cls(Path(chosen).expanduser().resolve() if chosen else ROOT / "workspace")

    def path(self, name: str) -> Path:
        """The file `name` of the workspace. Raises CourseError if it lies outside, or is the course's own."""
        path = (self.root / name).resolve()
        inside = path.is_relative_to(self.root.resolve()) and path != self.root.resolve()
        if not inside or IGNORED.intersection(path.relative_to(self.root.resolve()).parts):
            raise CourseError(
                f"{name} is not in your workspace: name a file below it, such as bank/models.py."
            )
        return path

    def shorten(self, text: str) -> str:
        """Text with paths below the workspace written relative to it."""
        for root in {str(self.root), os.path.realpath(self.root)}:
            text = text.replace(root + os.sep, "")
        return text

    # ---------------------------------------------------------------- who wrote what

    def files(self) -> dict[str, str]:
        """Every file that could be somebody's work: path relative to the workspace → hash of its content."""
        found = {}
        for folder, folders, names in os.walk(self.root):
            folders[:] = [name for name in folders if name not in IGNORED]
            for name in names:
                if name in IGNORED or name.endswith(".pyc"):
                    continue
                path = Path(folder, name)
                with contextlib.suppress(OSError):
                    found[path.relative_to(self.root).as_posix()] = _hash(path)
        return dict(sorted(found.items()))

    def written(self) -> dict[str, str]:
        """The files that the course's own cells wrote, as `files` gives them."""
        found = self.state().get("written", {})
        return found if isinstance(found, dict) else {}

    def credit(self, before: dict[str, str], after: dict[str, str]) -> None:
        """A cell of the course ran: what it changed is the course's, unless it was the learner's before."""
        written = self.written()
        for name, content in after.items():
            if before.get(name) != content and (name not in before or before[name] == written.get(name)):
                written[name] = content
        self.remember(written=written)

    def learners(self) -> list[str]:
        """The files that hold work of the learner's: not as the course wrote them."""
        written = self.written()
        return [name for name, content in self.files().items() if written.get(name) != content]

    # ---------------------------------------------------------------- making room

    def clear(self) -> Path | None:
        """Empty the workspace (made if missing) and give the folder to which its content was moved.

        Nothing of the learner's is deleted: if any file is theirs, the whole project is set aside below
        `.kept`. None: there was nothing but what the course wrote, which it can write again.
        The folder itself stays, because a kernel or a terminal may be in it.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        kept = self._set_aside() if self.learners() else None
        for entry in list(self._content()):
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        self.remember(written={}, lesson=None)
        return kept

    def _set_aside(self) -> Path:
        name = f"{datetime.now():%Y-%m-%d-%H%M%S}-lesson-{self.state().get('lesson') or 'unknown'}"
        folder = self.root / KEPT / name
        number = 1
        while folder.exists():
            number += 1
            folder = self.root / KEPT / f"{name}-{number}"
        folder.mkdir(parents=True)
        for entry in list(self._content()):
            if entry.name != STATE:
                shutil.move(entry, folder / entry.name)
        return folder

    def _content(self) -> Iterator[Path]:
        return (entry for entry in self.root.iterdir() if entry.name != KEPT)

    # ---------------------------------------------------------------- the course's note

    def state(self) -> dict[str, Any]:
        """What the course noted about this workspace; {} if nothing, or nothing readable."""
        try:
            found = json.loads((self.root / STATE).read_text())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def remember(self, **facts: Any) -> None:
        """Add to the note. Does nothing when the workspace is gone: `%lesson` makes it again."""
        draft = self.root / f"{STATE}.new"
        with contextlib.suppress(FileNotFoundError):
            draft.write_text(json.dumps({**self.state(), **facts}, indent=1))
            draft.replace(self.root / STATE)


def _hash(path: Path) -> str:
    """A file's hash, read again only when the file changed: every cell asks for it."""
    status = path.stat()
    return _read_hash(path, status.st_size, status.st_mtime_ns, status.st_ino)


@functools.lru_cache(maxsize=4096)
def _read_hash(path: Path, *_changes: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
