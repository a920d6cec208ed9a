"""What is judged on which cluster: the stored outputs are of the embedded one, which imitates v26.2.

A cell says by a tag, and in its metadata as `elsewhere`, what another cluster shows:
- `since-v26.2`: an older version does something else. There the cell is run, and not judged;
- `embedded-only`: it shows a refusal of the embedded cluster. On another it is run, and not judged;
- `embedded-output`: another cluster does the same and prints something else. There the cell must do what it
  does here, succeed or fail, and its outputs are not compared.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Sequence

from notebook_tools.compare import Rule

EMBEDDED_ONLY = "embedded-only"
EMBEDDED_OUTPUT = "embedded-output"
SINCE = "since-v"

_WAITING = Rule(
    re.compile(
        r"(?m)^NOTICE: waiting for job\(s\) to complete: .*\n(?:If the statement is canceled.*(?:\n|$))?"
    ),
    "",
)
"""Schema changes say so (docs v26.2, online-schema-changes.md), since v26.1 (cockroachdb/cockroach#154781).
More of them than here: CREATE VIEW, CREATE TABLE … AS and CREATE TABLE … REFERENCES are jobs there, too."""


def embedded() -> bool:
    """Whether the notebooks run on embedded clusters."""
    return os.environ.get("CLUSTER_ENGINE") == "embedded"


@functools.cache
def version() -> str:
    """The version of CockroachDB on which the notebooks run: v26.2.4."""
    import cluster

    return cluster.COCKROACHDB if embedded() else cluster.start().version


def is_judged(tags: Sequence[str]) -> bool:
    """Whether a cell with these tags must do on this cluster what it did when it was stored."""
    if EMBEDDED_ONLY in tags and not embedded():
        return False
    wanted = [tag.removeprefix(SINCE) for tag in tags if tag.startswith(SINCE)]
    return all(_number(version()) >= _number(each) for each in wanted)


def is_compared(tags: Sequence[str]) -> bool:
    """Whether the outputs of a cell with these tags are to be the stored ones on this cluster."""
    return embedded() or EMBEDDED_OUTPUT not in tags


def passed_over(tags: Sequence[str]) -> list[str]:
    """Those of the tags for which a cell is not judged, or its outputs are not compared, on this cluster."""
    return [tag for tag in tags if not (is_judged([tag]) and is_compared([tag]))]


def rules() -> tuple[Rule, ...]:
    """What is passed over in outputs because the cluster is not an embedded one."""
    return () if embedded() else (_WAITING,)


def _number(version: str) -> tuple[int, ...]:
    """(26, 2) of v26.2.4 or 26.2."""
    return tuple(map(int, version.removeprefix("v").split(".")[:2]))
