"""The front: what a client meets on port 26257.

It speaks TLS and CockroachDB's side of the protocol to the client, and PostgreSQL's to the backend behind it.
Rooms, each without sockets but the last two: wire (the codec, knows no policy), tls, scram, handshake (until
the client is let in), relay (backend to client), session (client to backend), scripts and databases
(statements that need more than sending on), backend (the connection to PostgreSQL), server.
"""
