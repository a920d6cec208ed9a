"""The CockroachDB release that the embedded cluster imitates, in one place."""

from __future__ import annotations

VERSION = "v26.2.4"

# What version() and the ParameterStatus crdb_version say. Drivers read " v26.2." (the SQLAlchemy dialect) and
# v26.2.4 (psycopg 3) from it; the rest says openly what answers. Never "PostgreSQL <number>": SQLAlchemy's
# postgresql:// would take the cluster for a PostgreSQL and connect, which fails on CockroachDB.
VERSION_TEXT = f"CockroachDB CCL {VERSION} (embedded: an imitation on PostgreSQL, for learning)"
