"""libpq's settings that must not come from a user's PG* variables."""

from __future__ import annotations

ELSEWHERE = {"options": "", "gssencmode": "disable", "target_session_attrs": "any"}
"""For a server of someone's, which says itself how one logs in."""
NEUTRAL = {
    "options": "",
    "channel_binding": "prefer",
    "require_auth": "scram-sha-256,none",  # the front, and the trusted socket; "" would allow nothing
    "gssencmode": "disable",
    "target_session_attrs": "any",
}
"""For our own server. An argument of connect() goes before a variable:
postgresql.org/docs/18/libpq-envars.html."""
