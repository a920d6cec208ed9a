"""PostgreSQL's errors and notices in CockroachDB's words."""

from __future__ import annotations


def translate_error(fields: dict[str, str]) -> dict[str, str]:
    """The fields of an ErrorResponse or NoticeResponse (one-letter keys) as CockroachDB would send them."""
    return fields
