"""`%beside`: a program that goes on while the notebook does other things, such as a second deployer."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

from .commands import Place, split
from .errors import CourseError
from .runner import Write

GREETING = "INFO  [alembic.runtime.migration]"
USAGE = "Write %beside alembic upgrade head, or %beside -m MODULE."


class Beside:
    """A program at work. It is a process of its own, and reads Enter from `go_on`."""

    def __init__(self, place: Place, line: str, write: Write) -> None:
        """Start it; pass on what it says, up to the first line that is not Alembic's greeting.

        Raises CourseError for what is neither `alembic …` nor `-m MODULE …`.
        """
        words = split(line)
        if len(words) < 2 or words[0] not in ("alembic", "-m"):
            raise CourseError(USAGE)
        self._write, self._shorten = write, place.workspace.shorten
        self._pid, self._socket = place.runner.start(
            words, cwd=place.workspace.root, env=place.env, tell=True
        )
        self._lines = self._socket.makefile(encoding="utf-8", errors="replace")
        for text in self._lines:
            self._write(self._shorten(text))
            if not text.startswith(GREETING):
                return

    def go_on(self) -> None:
        """Press Enter, and show the rest of what the program says, to its exit code. Raises CourseError."""
        if self._lines.closed:
            raise CourseError("This program has ended. Start it again with %beside.")
        with suppress(OSError):
            self._socket.sendall(b"\n")
        with suppress(ConnectionResetError):  # so it ends where the program did not read the Enter
            for text in self._lines:
                self._write(self._shorten(text))
        self._close()

    def kill(self) -> None:
        """End it as `kill -9` does: it has no time to do anything more."""
        with suppress(ProcessLookupError):
            os.killpg(self._pid, signal.SIGKILL)
        with suppress(OSError):
            while self._socket.recv(65536):  # until it is dead: then its connections are closed
                pass
        self._close()

    def _close(self) -> None:
        self._lines.close()
        self._socket.close()
