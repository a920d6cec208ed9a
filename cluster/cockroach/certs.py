"""The certificates of the node and of the user `root`, made by `cockroach cert` as its documentation says.

Source: docs v26.2, cockroach-cert.md and cockroach-start-single-node.md, "Start a single-node cluster".
"""

from __future__ import annotations

import shutil

from ..home import Home
from .binary import Binary

FOLDER = "certs"
SAFE = "ca"
"""The authority's key lies apart from what the node reads: cockroach-cert.md."""
_DRAFT = "certs.new"


def ensure(home: Home, binary: Binary) -> None:
    """Make them unless they are there: all of them or, after a failure, none."""
    if (home / FOLDER).is_dir():
        return
    remove(home)
    (home / SAFE).mkdir(mode=0o700)
    where = [f"--certs-dir={home / _DRAFT}", f"--ca-key={home / SAFE / 'ca.key'}"]
    binary.run("cert", "create-ca", *where)
    binary.run("cert", "create-node", "127.0.0.1", "localhost", *where)
    binary.run("cert", "create-client", "root", *where)
    (home / _DRAFT).rename(home / FOLDER)


def remove(home: Home) -> None:
    """Delete them."""
    for name in (FOLDER, SAFE, _DRAFT):
        if (home / name).exists():
            shutil.rmtree(home / name)
