"""The way out to a client: encrypted, and a large answer in large pieces.

PostgreSQL sends 8 KB at a time. To send each on by itself costs a system call, a TLS record and a client that
wakes up. So pieces of an answer that goes on wait for the next turn of the event loop, and for one more as
long as each turn brings some, up to 64 KB.
"""

from __future__ import annotations

import asyncio
from typing import Final

from cluster.embedded.front.tls import Tls

_BULK: Final = 4096  # bytes; what is smaller does not wait
_ENOUGH: Final = 1 << 16


class Outlet:
    """Sends plain bytes to a client over TLS."""

    __slots__ = ("_held", "_loop", "_size", "_tls", "_transport", "_waiting")

    def __init__(self, tls: Tls, transport: asyncio.Transport) -> None:
        self._tls = tls
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._held: list[bytes] = []
        self._size = 0
        self._waiting = False

    def send(self, data: bytes, more: bool) -> None:
        """Send bytes after all earlier ones. more: the answer goes on."""
        if self._held or (more and len(data) >= _BULK):
            self._held.append(data)
            self._size += len(data)
            if not more or self._size >= _ENOUGH:
                self.release()
            elif not self._waiting:
                self._waiting = True
                self._loop.call_soon(self._turn, 0)
        elif not self._transport.is_closing():
            self._transport.write(self._tls.encrypt(data))

    def release(self) -> None:
        """Send what waits."""
        if self._held:
            data = b"".join(self._held)
            self._held.clear()
            self._size = 0
            if not self._transport.is_closing():
                self._transport.write(self._tls.encrypt(data))

    def _turn(self, size: int) -> None:
        """size: what waited a turn ago; there was time to read since."""
        if self._size > size:
            self._loop.call_soon(self._turn, self._size)
        else:
            self._waiting = False
            self.release()
