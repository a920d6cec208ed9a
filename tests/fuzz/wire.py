"""The front's state machine under any bytes, of clients and of PostgreSQL.

Nothing but the protocol's own error comes out of it; what it says is well formed on both sides; each Query
and Sync gets its ReadyForQuery; what it keeps stays small; and a client that goes on properly is answered.
"""

from __future__ import annotations

from tests.fuzz.frames import pieces, relays
from tests.fuzz.handshakes import handshakes
from tests.fuzz.run import Family
from tests.fuzz.sessions import clients, damaged, servers

FAMILIES = [
    Family("clients", "a client's messages in any order, in any pieces", 60_000, clients),
    Family("damaged", "messages with wrong bytes and lengths", 50_000, damaged),
    Family("servers", "PostgreSQL fails, goes, says odd things", 50_000, servers),
    Family("handshakes", "start-up packets, TLS requests, passwords", 80_000, handshakes),
    Family("pieces", "frames cut anywhere", 50_000, pieces),
    Family("relays", "PostgreSQL's frames cut anywhere", 50_000, relays),
]
