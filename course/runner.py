"""Runs `alembic` and `python -m …` in a clean process each time, forked from one that is warm."""

from __future__ import annotations

import codecs
import contextlib
import os
import select
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from . import forkserver, warm
from .errors import CourseError

Write = Callable[[str], object]

_HELP = "Use !alembic, and restart the kernel."
GRACE = 1.0
"""Seconds between asking an interrupted command to end and ending it."""


class Runner:
    """The client of a fork server. It connects with `warm` or the first command."""

    def __init__(self) -> None:
        self._channel: socket.socket | None = None
        self._server = 0  # the process that serves this client, as it said with the last command

    def warm(self) -> None:
        """Connect to the server, which is started if need be, and come back at once. Raises CourseError."""
        if self._channel is not None:
            return
        try:
            self._channel = warm.connect()
        except OSError as error:
            raise CourseError(f"The helper process of %alembic does not start: {error}. {_HELP}") from None

    def close(self) -> None:
        """Leave the server, which ends what it runs for this client. A later command connects anew."""
        if self._channel is not None:
            self._channel.close()
        self._channel = None

    def run(
        self, program: list[str], *, cwd: Path, env: Mapping[str, str], write: Write, fold: str = ""
    ) -> int:
        """Run `["alembic", …]`, `["-m", "module", …]` or `["-c", text, …]` in `cwd` and give its exit code.

        write: gets the output as it comes, whole lines, stdout and stderr in their order.
        fold: shorten a Python traceback to the frames below `cwd`, and name this command for seeing all.
        Raises CourseError when the command cannot be run at all; KeyboardInterrupt after ending it.
        """
        env = dict(env)
        if sys.platform == "darwin":
            env.setdefault("PGGSSENCMODE", "disable")
        request = {"program": program, "cwd": str(cwd), "env": env, "root": str(cwd), "fold": fold}
        output, other = os.pipe()
        try:
            try:
                child = self._begin(request, other)
            finally:
                os.close(other)
            return self._follow(child, output, write)
        finally:
            os.close(output)

    def start(
        self, program: list[str], *, cwd: Path, env: Mapping[str, str], tell: bool = False
    ) -> tuple[int, socket.socket]:
        """Begin such a program and come back at once: it goes on beside other commands.

        Gives its pid and a socket, which is its standard input and its output. The program should end when
        its input does: that is what it sees of the end of this process. Raises CourseError when it cannot be
        begun.
        tell: its last line is "exit code: " and that.
        """
        request = {"program": program, "cwd": str(cwd), "env": dict(env), "fold": "", "beside": True}
        request["tell"] = tell
        ours, theirs = socket.socketpair()
        with theirs:
            child = self._begin(request, theirs.fileno())
        return child, ours

    def _begin(self, request: dict[str, Any], output: int) -> int:
        """Hand the request over and give the child's pid. A server that died is replaced, once."""
        for _ in range(2):
            self.warm()
            assert self._channel is not None
            try:
                forkserver.send(self._channel, request, (output,))
                if (answer := forkserver.receive(self._channel)) is not None:
                    self._server = int(answer[0]["server"])
                    return int(answer[0]["pid"])
            except OSError:
                pass
            except KeyboardInterrupt:
                self.close()  # its answer would be taken for that of the next request
                raise
            self.close()
        raise CourseError(f"The helper process of %alembic does not start. {_HELP}")

    def _follow(self, child: int, output: int, write: Write) -> int:
        """Pass the output on until the child's exit is reported and the pipe is empty."""
        assert self._channel is not None
        lines = _Lines(write)
        try:
            ended: dict[str, Any] | None = None
            watched: list[Any] = [output, self._channel]
            while ended is None:
                ready, _, _ = select.select(watched, [], [])
                if output in ready:
                    if data := os.read(output, 65536):
                        lines.feed(data)
                    else:
                        watched.remove(output)
                elif self._channel in ready:
                    answer = forkserver.receive(self._channel)
                    ended = answer[0] if answer else {"exit": -signal.SIGKILL}
            while select.select([output], [], [], 0)[0] and (rest := os.read(output, 65536)):
                lines.feed(rest)
        except KeyboardInterrupt:
            self._interrupt(child)
            raise
        finally:
            lines.end()
        return int(ended["exit"])

    def _interrupt(self, child: int) -> None:
        """Ask the command to end; after GRACE (a driver that waits for the server hears nothing) end it."""
        assert self._channel is not None
        for sent in (signal.SIGINT, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, sent)
            if select.select([self._channel], [], [], GRACE)[0]:
                forkserver.receive(self._channel)
                return
        self.close()


class _Lines:
    """Gives whole lines of UTF-8 to `write`."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def feed(self, data: bytes) -> None:
        whole, newline, self._rest = (self._rest + self._decoder.decode(data)).rpartition("\n")
        if newline:
            self._write(whole + newline)

    def end(self) -> None:
        if self._rest:
            self._write(self._rest)
            self._rest = ""
