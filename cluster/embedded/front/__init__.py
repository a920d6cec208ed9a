"""The front: what a client meets on port 26257.

It speaks TLS and CockroachDB's side of the protocol to the client, and PostgreSQL's to the backend behind it.
Rooms, without sockets up to the semicolon: wire (the codec, knows no policy), tls, scram, handshake (until a
client is let in), client and messages (client to backend), relay (backend to client), session and state (the
machine, and what it knows), scripts, transaction_steps, savepoints, databases (statements that need more than
sending on); connection with admission and outlet, backend (the connection to PostgreSQL), server.
"""
