"""The server's side of TLS without sockets: bytes of the wire in, plain bytes out, and back.

The standard library's memory buffers let TLS start at any byte of a connection: after an SSLRequest, or at
once (direct TLS), and work the same under every event loop.
"""

from __future__ import annotations

import contextlib
import ssl


def server_context(certificate: str, key: str) -> ssl.SSLContext:
    """The TLS settings: 1.2 or newer, and the protocol's own ALPN name for direct TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    # One round of tickets serves nobody here: clients of databases do not resume.
    context.num_tickets = 0
    context.set_alpn_protocols(["postgresql"])
    context.load_cert_chain(certificate, key)
    return context


_CHUNK = 65536


class Tls:
    """One connection's TLS. Raises ssl.SSLError from feed() when the peer does not speak it."""

    __slots__ = ("_encrypted", "_received", "_secure", "closed", "established")

    def __init__(self, context: ssl.SSLContext) -> None:
        self._received = ssl.MemoryBIO()
        self._encrypted = ssl.MemoryBIO()
        self._secure = context.wrap_bio(self._received, self._encrypted, server_side=True)
        self.established = False
        self.closed = False  # the peer said that it will send nothing more

    def feed(self, data: bytes) -> bytes:
        """Bytes from the wire; gives the plain bytes in them. pending() has what must go out."""
        self._received.write(data)
        if not self.established:
            try:
                self._secure.do_handshake()
            except ssl.SSLWantReadError:
                return b""
            self.established = True
        plain: list[bytes] = []
        size = len(data)  # most often enough, and so little memory is asked for
        try:
            while part := self._secure.read(size):
                if not (self._received.pending or self._secure.pending()):
                    # Nothing whole is left: to ask on would only raise an exception, which costs more.
                    return b"".join((*plain, part)) if plain else part
                plain.append(part)
                size = _CHUNK
            self.closed = True
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:
            self.closed = True
        return b"".join(plain)

    def encrypt(self, data: bytes) -> bytes:
        """Plain bytes to bytes for the wire."""
        self._secure.write(data)
        return self._encrypted.read()

    @property
    def wants_to_send(self) -> bool:
        """Whether TLS itself has something: handshake, alerts, key updates."""
        return self._encrypted.pending > 0

    def pending(self) -> bytes:
        """What TLS itself wants to send."""
        return self._encrypted.read()

    def alpn(self) -> str | None:
        """The protocol's name that was agreed."""
        return self._secure.selected_alpn_protocol()

    def farewell(self) -> bytes:
        """The closing words (close_notify)."""
        with contextlib.suppress(ssl.SSLError, ValueError):
            self._secure.unwrap()
        return self._encrypted.read()
