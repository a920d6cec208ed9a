"""`cockroach cert create-ca | create-node | create-client`, and what the others want of certificates."""

from __future__ import annotations

import datetime
import ipaddress
import os
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from .flags import fail

NO_CERTIFICATES = (
    "cannot load certificates.\nCheck your certificate settings, set --certs-dir, or use --insecure for "
    "insecure clusters.\n\n"
)


def create(command: str, given: dict[str, str], others: list[str]) -> None:
    """One of the three commands."""
    what = command.removeprefix("cert create-")
    if "--certs-dir" not in given or "--ca-key" not in given:
        fail(command, f"failed to generate {what} certificate and key: --ca-key and --certs-dir are required")
    directory, authority = Path(given["--certs-dir"]), Path(given["--ca-key"])
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if what == "ca":
        if others:
            fail(command, f'unknown command "{others[0]}" for "cockroach cert create-ca"')
        if authority.exists():
            fail(command, "failed to generate CA cert and key: CA key exists, but key reuse is disabled")
        key = ec.generate_private_key(ec.SECP256R1())
        _write(authority, _private(key), command)
        _write(directory / "ca.crt", _sign("Cockroach CA", key, key, None, []), command)
        return
    if not others:
        fail(command, "create-node requires at least one host name or address, none was specified")
    if what == "client" and len(others) != 1:
        fail(command, f"accepts 1 arg(s), received {len(others)}")
    if not (authority.exists() and (directory / "ca.crt").exists()):
        fail(
            command,
            f"failed to generate {what} certificate and key: could not find the CA's key or certificate",
        )
    issuer_key = serialization.load_pem_private_key(authority.read_bytes(), None)
    issuer = x509.load_pem_x509_certificate((directory / "ca.crt").read_bytes())
    key = ec.generate_private_key(ec.SECP256R1())
    name = "node" if what == "node" else f"client.{others[0]}"
    signed = _sign(
        "node" if what == "node" else others[0], key, issuer_key, issuer, others if what == "node" else []
    )
    _write(directory / f"{name}.crt", signed, command)
    _write(directory / f"{name}.key", _private(key), command)


def required(command: str, directory: str | None, name: str) -> Path:
    """The folder, where it holds the authority's certificate, and `name`'s with its key, private and signed
    by the authority. Ends the program otherwise."""
    folder = Path(directory or "none")
    if not (folder / "ca.crt").exists():
        fail(
            command,
            f"{NO_CERTIFICATES}problem using security settings: no certificates found; does certs dir exist?",
        )
    certificate, key = folder / f"{name}.crt", folder / f"{name}.key"
    if not (certificate.exists() and key.exists()):
        fail(
            command,
            f"{NO_CERTIFICATES}problem using security settings: problem with {name} certificate: not found",
        )
    if key.stat().st_mode & 0o077:
        fail(command, f"{NO_CERTIFICATES}key file {key} has permissions {oct(key.stat().st_mode & 0o777)}")
    authority = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
    x509.load_pem_x509_certificate(certificate.read_bytes()).verify_directly_issued_by(authority)
    return folder


def _sign(name: str, key, issuer_key, issuer, hosts: list[str]) -> bytes:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1830))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if issuer is not None:
        usages = [ExtendedKeyUsageOID.CLIENT_AUTH]
        if hosts:
            usages.insert(0, ExtendedKeyUsageOID.SERVER_AUTH)
            builder = builder.add_extension(
                x509.SubjectAlternativeName([_host(host) for host in hosts]), critical=False
            )
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes, command: str) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        fail(command, f"could not write {path}: {error.strerror}")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
