"""One line of the doctor's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found. good: None for what is neither good nor bad. mend: a command, or what else to do."""

    good: bool | None
    name: str
    said: str
    mend: str = ""


def sign(good: bool | None) -> str:
    """The sign in front of a line."""
    return {True: "✓", False: "✗", None: "·"}[good]


def show(finding: Finding) -> str:
    """A line for a person; a second one with the mend."""
    line = f"{sign(finding.good)} {finding.name:<11} {finding.said}"
    return f"{line}\n  {'':<11} → {finding.mend}" if finding.mend else line
