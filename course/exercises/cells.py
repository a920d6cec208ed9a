"""Cells that several solutions and wrong answers are made of."""

from __future__ import annotations

from collections.abc import Iterable


def migration(upgrade: Iterable[str], downgrade: Iterable[str], revision: str = "") -> str:
    """A %%migration cell with these lines in both functions. revision: which one; the newest if empty."""
    up, down = "\n    ".join(upgrade), "\n    ".join(downgrade)
    head = f"%%migration {revision}".rstrip()
    return f"{head}\ndef upgrade():\n    {up}\n\n\ndef downgrade():\n    {down}\n"
