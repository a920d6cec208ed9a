"""A second look at a server's certificate, to say what is wrong with it, or how long it is good."""

from __future__ import annotations

import datetime
import socket
import ssl
import struct
from dataclasses import dataclass

from .address import Address

PATIENCE = 1.5
"""Seconds for it: an explanation is worth no more."""
SSL_REQUEST = struct.pack("!ii", 8, 80877103)
"""postgresql.org/docs/18/protocol-message-formats.html, SSLRequest."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a certificate says; nothing where none could be seen."""

    since: datetime.datetime | None = None
    until: datetime.datetime | None = None
    names: tuple[str, ...] = ()


def look(address: Address, patience: float = PATIENCE) -> Seen:
    """The certificate that the server shows, to be trusted or not. Sends nothing of the user's."""
    try:
        with socket.create_connection((address.host, address.port), timeout=patience) as plain:
            plain.sendall(SSL_REQUEST)
            if plain.recv(1) != b"S":
                return Seen()
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            with context.wrap_socket(plain, server_hostname=address.host) as encrypted:
                return read(encrypted.getpeercert(binary_form=True) or b"")
    except (OSError, ValueError):
        return Seen()


def read(certificate: bytes) -> Seen:
    """What a certificate in DER says. Raises ValueError for what is none."""
    from cryptography import x509

    found = x509.load_der_x509_certificate(certificate)
    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        known = [
            *names.get_values_for_type(x509.DNSName),
            *map(str, names.get_values_for_type(x509.IPAddress)),
        ]
    except x509.ExtensionNotFound:
        known = []
    return Seen(found.not_valid_before_utc, found.not_valid_after_utc, tuple(known))
