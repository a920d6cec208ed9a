"""The logs of the cluster's processes: printed, and followed."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import NoReturn

INTERVAL = 0.2
"""Seconds between two looks while following."""


def files(home: Path) -> list[Path]:
    """The log files in `home`, by name; last, if there is one, that of a CockroachDB node in its store."""
    # cockroach.log leads to the newest of the node's own: docs v26.2, configure-logs.md.
    return [*sorted(home.glob("*.log")), *home.glob("store/logs/cockroach.log")]


def show(paths: list[Path]) -> None:
    """Print each file under its name."""
    for path in paths:
        print(f"==> {path} <==")
        print(path.read_text(errors="replace"), end="")


def follow(paths: list[Path]) -> NoReturn:
    """Print each file, then what is added to it, until interrupted."""
    seen = dict.fromkeys(paths, 0)
    named: Path | None = None
    while True:
        for path in paths:
            try:
                with path.open("rb") as file:
                    size = file.seek(0, 2)
                    file.seek(seen[path] if seen[path] <= size else 0)  # put aside and begun anew
                    new = file.read()
                    seen[path] = file.tell()
            except FileNotFoundError:
                continue
            if new:
                if path != named:
                    print(f"==> {path} <==")
                    named = path
                sys.stdout.write(new.decode(errors="replace"))
                sys.stdout.flush()
        time.sleep(INTERVAL)
