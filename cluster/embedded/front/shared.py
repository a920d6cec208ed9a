"""What the sessions of one front share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Shared:
    """schema: counts the schema changes, so that each session knows when its picture of the tables is old.

    neutral: the database on which a session waits whose own was dropped.
    """

    schema: int = 0
    neutral: tuple[str, ...] = ("postgres", "defaultdb")
