"""Servers on loopback that do one thing: be silent, show a certificate, or say what they are told to say."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Serve = Callable[[socket.socket], None]


@contextlib.contextmanager
def server(serve: Serve) -> Iterator[int]:
    """The port of a server that gives each connection to `serve`, in a thread of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    connections: list[socket.socket] = []

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                connections.append(connection)
                threading.Thread(target=run, args=(connection,), daemon=True).start()

    def run(connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ConnectionError):
            serve(connection)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        # A close alone does not wake an accept.
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
        for connection in connections:
            connection.close()


@contextlib.contextmanager
def deaf() -> Iterator[int]:
    """A port from which nothing ever comes, as from behind a firewall: its queue is full, so the kernel drops
    what asks for a connection (Linux: net/ipv4/tcp_ipv4.c, sk_acceptq_is_full)."""
    with socket.socket() as listener, contextlib.ExitStack() as full:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):
            filler = full.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def silent(connection: socket.socket) -> None:
    """Takes everything and never answers."""
    while connection.recv(4096):
        pass


def silent_behind_tls(connection: socket.socket) -> None:
    """Says that it speaks TLS, and no more."""
    connection.recv(8)
    connection.sendall(b"S")
    silent(connection)


def shows(certificate: Path, key: Path) -> Serve:
    """A TLS server with this certificate, and nothing behind it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def serve(connection: socket.socket) -> None:
        connection.recv(8)
        connection.sendall(b"S")
        with context.wrap_socket(connection, server_side=True) as encrypted:
            silent(encrypted)

    return serve


Answers = Callable[[str], str | None]
"""The one value that answers a statement; None: an error."""


def says(answers: Answers) -> Serve:
    """A server without TLS and passwords that answers each query with one value."""

    def serve(connection: socket.socket) -> None:
        stream = connection.makefile("rwb")
        [length] = struct.unpack("!i", stream.read(4))
        stream.read(length - 4)
        write(stream, b"R", struct.pack("!i", 0))
        for name, value in {"client_encoding": "UTF8", "DateStyle": "ISO, MDY"}.items():
            write(stream, b"S", f"{name}\0{value}\0".encode())
        write(stream, b"Z", b"I")
        stream.flush()
        while kind := stream.read(1):
            [length] = struct.unpack("!i", stream.read(4))
            body = stream.read(length - 4)
            if kind == b"X":
                return
            answer = answers(body.rstrip(b"\0").decode())
            if answer is None:
                write(stream, b"E", b"SERROR\0C42704\0Munrecognized configuration parameter\0\0")
            else:
                kind_of_value = 16 if answer in ("t", "f") else 25  # bool, text
                field = struct.pack("!ihihih", 0, 0, kind_of_value, -1, -1, 0)
                write(stream, b"T", struct.pack("!h", 1) + b"x\0" + field)
                value = answer.encode()
                write(stream, b"D", struct.pack("!hi", 1, len(value)) + value)
                write(stream, b"C", b"SELECT 1\0")
            write(stream, b"Z", b"I")
            stream.flush()

    return serve


def write(stream, kind: bytes, body: bytes) -> None:
    stream.write(kind + struct.pack("!i", len(body) + 4) + body)


class Authority:
    """A certificate authority in a folder: its own root.crt, and certificates for servers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "root.crt"
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"authority of {folder.name}")])
        self.root.write_bytes(self._sign(self._name, self._key, [], -2, 100, authority=True))

    def server(self, name: str, *, since: int = -1, until: int = 10) -> tuple[Path, Path]:
        """Certificate and key for a host, good between these days from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate, private = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate.write_bytes(self._sign(subject, key, [name], since, until))
        form = serialization.PrivateFormat.PKCS8
        private.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
        return certificate, private

    def _sign(self, subject, key, hosts: list[str], since: int, until: int, *, authority=False) -> bytes:
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + datetime.timedelta(days=since))
            .not_valid_after(now + datetime.timedelta(days=until))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if hosts:
            known = [general(host) for host in hosts]
            builder = builder.add_extension(x509.SubjectAlternativeName(known), critical=False)
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
