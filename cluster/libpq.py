"""libpq's settings that must not come from a user's PG* variables when we connect to our own server."""

from __future__ import annotations

NEUTRAL = {
    "options": "",
    "channel_binding": "prefer",
    "require_auth": "scram-sha-256,none",  # the front, and the trusted socket; "" would allow nothing
    "gssencmode": "disable",
    "target_session_attrs": "any",
}
"""For connect(): an argument goes before a variable (postgresql.org/docs/18/libpq-envars.html)."""
