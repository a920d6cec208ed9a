"""Which archives there are, and the SHA-256 that each must have.

The sums are those of the maker's own Homebrew formulas: cockroachdb/homebrew-tap, Formula/cockroach.rb at
8630127 (v26.2.4) and Formula/cockroach@25.4.rb at 5863e21 (v25.4.13). They have none for Linux on ARM.
"""

from __future__ import annotations

import os
import platform
import re
from dataclasses import dataclass

from ..errors import ClusterError

BASE = "https://binaries.cockroachdb.com"
DEFAULT = "v26.2.4"
SUMS = {
    "v26.2.4": {
        "linux-amd64": "3c7de055c07f9101eb0f71b3f5e6b489b0fcf449d3d5a55bfe61eff4f935ce8f",
        "darwin-10.9-amd64": "ab0988b1e8514f380dd3128a8688a592d5c52b0d0ef5b099ca03e26cd67a03fd",
        "darwin-11.0-arm64": "32684fb67d7955455bc43b0215e4fadc4d6301876b154f405812dbc8425593ab",
    },
    "v25.4.13": {
        "linux-amd64": "e0b8085a1a6ff9a16afe45b1c335c79ca9d02fd8a14d653b199709a5e256c613",
        "darwin-10.9-amd64": "fff7886ee9d7f335fad3c8c80e0a78c68d7c9b2fdf4ada8d9c19cf478201f077",
        "darwin-11.0-arm64": "1320f14b3ab1f8cd1ec8dc5beba1040b5e860928688ee8011d1a1b1dcbf38468",
    },
}
PLATFORMS = {
    ("Linux", "x86_64"): "linux-amd64",
    ("Linux", "aarch64"): "linux-arm64",
    ("Darwin", "x86_64"): "darwin-10.9-amd64",
    ("Darwin", "arm64"): "darwin-11.0-arm64",
}


@dataclass(frozen=True, slots=True)
class Release:
    """One archive: its version, its platform and its SHA-256."""

    version: str
    platform: str
    checksum: str

    @property
    def name(self) -> str:
        """The archive's name without `.tgz`, and that of the one folder in it."""
        return f"cockroach-{self.version}.{self.platform}"

    @property
    def url(self) -> str:
        """Where its maker has it."""
        return f"{BASE}/{self.name}.tgz"


def find(version: str, checksum: str | None) -> Release:
    """The archive of this version for this machine. `checksum` counts only where we know none.

    Raises ClusterError for a version or a platform that there is no verified archive for.
    """
    if version not in SUMS:
        raise ClusterError(
            f"There is no {version} here: choose {' or '.join(SUMS)}, or name a program of your own in "
            f"COCKROACH_BINARY."
        )
    here = _platform()
    known = SUMS[version].get(here)
    if known is None and checksum is None:
        raise ClusterError(
            f"The SHA-256 of CockroachDB {version} for {here} is not known here, and nothing is installed "
            f"unverified. Read it at its maker's, {BASE}/cockroach-{version}.{here}.tgz.sha256sum, and say "
            f"it with --sha256."
        )
    given = (checksum or "").lower()
    if checksum is not None and not re.fullmatch(r"[0-9a-f]{64}", given):
        raise ClusterError("--sha256 wants 64 hexadecimal digits.")
    if known and given and given != known:
        raise ClusterError(f"--sha256 is not that of CockroachDB {version} for {here}, which is {known}.")
    return Release(version, here, known or given)


def _platform() -> str:
    system, machine = platform.system(), platform.machine()
    found = PLATFORMS.get((system, machine))
    if found is None:
        raise ClusterError(
            f"CockroachDB's maker has no archive for {system} on {machine}. Use the embedded cluster, or "
            f"name a CockroachDB elsewhere in CLUSTER_URL."
        )
    if system == "Linux" and not _glibc():
        raise ClusterError(
            "CockroachDB's programs need glibc, and this system has another C library (musl?). Use the "
            "embedded cluster, or name a CockroachDB elsewhere in CLUSTER_URL."
        )
    return found


def _glibc() -> bool:
    """Whether this machine's C library is glibc: confstr(3) knows this name only there."""
    try:
        return (os.confstr("CS_GNU_LIBC_VERSION") or "").startswith("glibc")
    except (ValueError, OSError):
        return False
