"""initdb, PostgreSQL's program that makes a data directory, run beside other work."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from types import TracebackType

from ..errors import ClusterError, explain
from .postgres import SUPERUSER, Server, environment


class Initdb:
    """One run of initdb, begun when it is made. As a context manager it does not outlive its block."""

    def __init__(self, server: Server, inherit: tuple[int, ...], *arguments: str) -> None:
        self._server = server
        try:
            self._process = subprocess.Popen(
                [str(server.programs / "initdb"), "-D", str(server.data), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=True,  # Ctrl-C reaches us, and we end it
                pass_fds=inherit,
                cwd="/",
                env=environment(),
                **server.account.popen(),
            )
        except OSError as error:
            raise explain(error, "run PostgreSQL's initdb") from error

    @classmethod
    def create(cls, server: Server, inherit: tuple[int, ...]) -> Initdb:
        """Begin to make the data directory, which must not exist. It is not safe from a crash of the
        machine before `sync` has finished."""
        # Made here, so that it is private from its first moment and belongs to the right account.
        server.data.mkdir(mode=0o700)
        server.account.own(server.data)
        return cls(
            server,
            inherit,
            f"--username={SUPERUSER}",
            "--auth=trust",  # only on the private socket: the front asks for passwords
            "--locale=C",
            "--encoding=UTF8",
            "--no-sync",
            "--no-instructions",
        )

    @classmethod
    def sync(cls, server: Server, inherit: tuple[int, ...]) -> Initdb:
        """Begin to write what `create` made to the disk for good. The server may run meanwhile: what it
        changes is safe by its own log."""
        return cls(server, inherit, "--sync-only")

    def finish(self) -> None:
        """Wait for the end. Raises ClusterError with initdb's own reason."""
        output, _ = self._process.communicate()
        if self._process.returncode != 0:
            reason = self._server.reason(output)
            raise ClusterError(f"PostgreSQL could not make its data directory: {reason}.")

    def __enter__(self) -> Initdb:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.returncode is None:  # not finished
            with contextlib.suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)  # with the postgres that it runs
            self._process.communicate()
