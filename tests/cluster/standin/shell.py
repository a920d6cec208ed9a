"""`cockroach sql`: root's by certificate, anybody's by a URL with a password."""

from __future__ import annotations

import contextlib
import json
import re
import sys

import psycopg

from .certificates import required
from .flags import fail
from .node import NOTE, PORT

ROOTS = {
    r"CREATE USER IF NOT EXISTS demo": "ALTER ROLE demo LOGIN",
    r"ALTER USER demo WITH PASSWORD ('[\w-]+')": r"ALTER ROLE demo PASSWORD \1",
    r"GRANT admin TO demo": "ALTER ROLE demo CREATEDB CREATEROLE",
}
"""What root may say here, and what that is in PostgreSQL."""


def run(given: dict[str, str]) -> int:
    """Statements from stdin, or from a person."""
    if "--url" in given:
        return _anybody(given["--url"])
    if given.get("--user", "root") != "root":
        fail("sql", "the stand-in asks no user but root for a certificate")
    certs = required("sql", given.get("--certs-dir"), "client.root")
    try:
        note = json.loads((certs / NOTE).read_text())
    except OSError:
        note = {}
    if note.get("address") != given.get("--host", "localhost:26257"):
        fail("sql", "cannot dial server.\nIs the server running?\nIf the server is running, check --host")
    with psycopg.connect(
        host=note["sockets"], port=PORT, user="root", dbname="postgres", autocommit=True
    ) as session:
        for statement in filter(None, (part.strip() for part in sys.stdin.read().split(";"))):
            session.execute(_known(statement).encode())
            print(" ".join(statement.split()[:2]))
    return 0


def _known(statement: str) -> str:
    for pattern, meaning in ROOTS.items():
        if found := re.fullmatch(pattern, statement):
            return found.expand(meaning)
    fail("sql", f'at or near "{statement.split()[0].lower()}": syntax error\nSQLSTATE: 42601')


def _anybody(url: str) -> int:
    try:
        session = psycopg.connect(url, autocommit=True)
    except psycopg.Error as error:
        fail("sql", str(error).strip())
    with contextlib.closing(session):
        terminal = sys.stdin.isatty()
        info = session.info
        prompt = f"{info.user}@{info.host}:{info.port}/{info.dbname}> " if terminal else ""
        if terminal:
            print("# Welcome to the CockroachDB SQL shell.")
        while True:
            print(prompt, end="", flush=True)
            line = sys.stdin.readline()
            if not line or line.strip() in ("\\q", "quit", "exit"):
                return 0
            try:
                cursor = session.execute(line.encode())
                for row in cursor.fetchall() if cursor.description else []:
                    print(*row, sep="\t")
            except psycopg.Error as error:
                print(f"ERROR: {error.diag.message_primary}\nSQLSTATE: {error.sqlstate}", file=sys.stderr)
                if not terminal:
                    return 1
