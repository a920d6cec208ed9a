"""The program `cockroach`: found, asked for its version, run for a moment."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .. import cache
from ..errors import ClusterError

VARIABLE = "COCKROACH_BINARY"
OLDEST = (25, 2)
"""What is older differs too much from what the lessons show."""
PATIENCE = 60.0
"""Seconds that a command may take which should take one."""
_KEPT = ("PATH", "HOME", "TMPDIR", "ZONEINFO")
_TAG = re.compile(r"v(\d+)\.(\d+)\S*")


@dataclass(frozen=True, slots=True)
class Binary:
    """A `cockroach` that can be used. `version` is its build tag: v26.2.4."""

    path: Path
    version: str

    def run(self, *arguments: str, given: str = "") -> str:
        """What the command prints; `given` is its stdin. Raises ClusterError with its own reason."""
        return _run(self.path, *arguments, given=given)


def find() -> Path | None:
    """Where the program is: $COCKROACH_BINARY, PATH, what `python -m cluster install` put into the cache.

    Raises ClusterError where the variable names no program.
    """
    if chosen := os.environ.get(VARIABLE):
        path = Path(chosen).expanduser().absolute()
        if not (path.is_file() and os.access(path, os.X_OK)):
            raise ClusterError(f"{VARIABLE} is {path}, and that is no program that can be run.")
        return path
    found = shutil.which("cockroach")
    return Path(found).absolute() if found else cache.installed()


def usable() -> Binary:
    """The program, run once to see that it works. Raises ClusterError if there is none, or too old a one."""
    path = find()
    if path is None:
        raise ClusterError(
            f"There is no `cockroach` here. Install one with `python -m cluster install`, or name yours "
            f"in {VARIABLE}."
        )
    said = version(path)
    if series(said) < OLDEST:
        raise ClusterError(
            f"{path} is CockroachDB {said}: too old, the course needs v{OLDEST[0]}.{OLDEST[1]} or newer. "
            f"Get one with `python -m cluster install` and name it in {VARIABLE}, or use --engine embedded."
        )
    return Binary(path, said)


def version(path: Path) -> str:
    """The build tag of the program, which is run for it: v26.2.4. Raises ClusterError if it is none."""
    # This prints the tag alone: docs v26.2, cockroach-version.md.
    said = _run(path, "version", "--build-tag").strip()
    if not _TAG.fullmatch(said):
        raise ClusterError(f"{path} does not say which CockroachDB it is: {said[:80]!r}.")
    return said


def series(version: str) -> tuple[int, int]:
    """The two numbers of a build tag that say what data it can read: v26.2.4 is (26, 2)."""
    tag = _TAG.match(version)
    return (int(tag[1]), int(tag[2])) if tag else (0, 0)


def environment() -> Mapping[str, str]:
    """A small environment: a user's COCKROACH_* variables are flags by another name, and none are meant for
    this node. The last one turns telemetry off, if it is there from a cluster's first start on: docs v26.2,
    diagnostics-reporting.md."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {"COCKROACH_SKIP_ENABLING_DIAGNOSTIC_REPORTING": "true"}


def _run(path: Path, *arguments: str, given: str = "") -> str:
    try:
        done = subprocess.run(
            [str(path), *arguments],
            input=given,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            env=environment(),
            check=False,
        )
    except FileNotFoundError as error:
        raise ClusterError(
            f"{path} cannot be run: the system does not find what it needs. CockroachDB's programs need "
            f"glibc, and this may be a system with musl."
        ) from error
    except OSError as error:
        raise ClusterError(f"{path} cannot be run: {error.strerror or error}.") from error
    except subprocess.TimeoutExpired:
        raise ClusterError(f"`{path} {arguments[0]}` had not ended after {PATIENCE:.0f} s.") from None
    if done.returncode != 0:
        raise ClusterError(f"`{path} {arguments[0]}` failed: {reason(done.stderr or done.stdout)}")
    return done.stdout


def reason(output: str) -> str:
    """The line of the program's output that tells a person most.

    It prints `ERROR: …`, in a frame of stars where it shouts, then `Failed running …`: pkg/cli/cli.go, Main.
    """
    lines = [line.strip("* ").strip() for line in output.splitlines()]
    lines = [line for line in lines if line and not line.startswith("Failed running")]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return (errors or lines or ["it gave no reason"])[-1].rstrip(".") + "."
