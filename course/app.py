"""`%get_bank`: the sample app as a lesson begins with it, in the learner's workspace."""

from __future__ import annotations

from pathlib import Path

from .workspace import ROOT, Workspace

START = Path(__file__).parent / "start"
"""What the learner's copy begins with in place of the file of that name in `bank/`, where it arrives."""


def get_bank(workspace: Workspace) -> list[str]:
    """Copy the app into the workspace and give the names of the files, relative to it."""
    names = []
    for arrived in sorted((ROOT / "bank").glob("*.py")):
        begun = START / arrived.name
        target = workspace.path(f"bank/{arrived.name}")
        target.parent.mkdir(exist_ok=True)
        source = begun if begun.exists() else arrived
        target.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
        names.append(f"bank/{arrived.name}")
    return names
