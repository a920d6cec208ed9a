"""CockroachDB's own SQL shell on the cluster."""

from __future__ import annotations

import os
import subprocess
from urllib.parse import quote

from ..engine import Cluster
from . import binary


def interact(cluster: Cluster, database: str) -> int:
    """Open `cockroach sql` in this terminal; gives its exit code.

    The URL, with the password in it, goes by $COCKROACH_URL: docs v26.2, cockroach-sql.md, "--url".
    """
    login = f"{quote(cluster.user, safe='')}:{quote(cluster.password, safe='')}"
    options = f"sslmode=verify-full&sslrootcert={quote(str(cluster.certificate), safe='')}"
    address = f"{cluster.host}:{cluster.port}/{quote(database, safe='')}"
    environment = {**binary.environment(), **_terminal()}
    environment["COCKROACH_URL"] = f"postgresql://{login}@{address}?{options}"
    return subprocess.run([str(binary.usable().path), "sql"], env=environment, check=False).returncode


def _terminal() -> dict[str, str]:
    """What the shell's line editor looks at."""

    names = ("TERM", "LANG", "LC_ALL", "LC_CTYPE", "LINES", "COLUMNS", "COLORTERM")
    return {name: os.environ[name] for name in names if name in os.environ}
