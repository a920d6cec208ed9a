"""`python -m cluster doctor`: what lessons need of the cluster that is in use, a line each, with the mend."""

from __future__ import annotations

import os

from ..choice import VARIABLE, choose
from ..errors import ClusterError
from ..external.kept import VARIABLE as ADDRESS
from ..home import URL, Home
from . import server, surroundings
from .finding import Finding, show, sign

__all__ = ["Finding", "examine", "main"]


def main(home: Home) -> int:
    """Print the findings; gives 1 if one of them is bad, else 0."""
    findings = examine(home)
    for finding in findings:
        print(show(finding))
    bad = sum(finding.good is False for finding in findings)
    print("All is well." if not bad else f"To mend: {bad} (the lines with {sign(False)}).")
    return 1 if bad else 0


def examine(home: Home) -> list[Finding]:
    """Look at the cluster that is in use, or would be started, and at what is around it. Changes nothing."""
    try:
        engine = choose(home)
        now = engine.status(home)
    except ClusterError as error:
        return [Finding(False, "engine", str(error))]
    findings = [Finding(True, "engine", f"{now.engine}: {now.about} ({_why(home)})")]
    if now.cluster is None and now.trouble:
        return [*findings, Finding(False, "answers", now.trouble)]
    if now.engine != "external":
        findings += surroundings.examine(home, now)
    if now.cluster is None:
        start = "python -m cluster start"
        if now.pids:
            return [*findings, Finding(False, "answers", "it is damaged: a part of it is missing", start)]
        return [*findings, Finding(None, "answers", f"it does not run: {start}")]
    return findings + server.examine(home, now.cluster)


def _why(home: Home) -> str:
    """Why it is this engine."""
    if os.environ.get(VARIABLE, "").strip():
        return f"{VARIABLE} says so"
    if os.environ.get(ADDRESS, "").strip():
        return f"{ADDRESS} is set"
    if (home / URL).exists():
        return "by python -m cluster use"
    return "no other is named"
