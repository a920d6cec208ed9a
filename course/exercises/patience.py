"""The check of exercise 21.2: how long does a deployer wait for a lock that another one holds?"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading

from .. import database
from .compared import last_words
from .model import Context, NotYet

ENV = "alembic/env.py"
WAIT = "connection.execute(text(TAKE)).one()"
"""The line of the lesson that waits without an end."""
LIMITS = re.compile(r"timeout|timer|\btime\b|monotonic|sleep|alarm", re.IGNORECASE)
PATIENCE, LONGEST, SHORTEST = 6.0, 3.0, 0.6
"""Seconds: after these a deployer is ended; so long, and so short, may the wait of one second be."""

DEPLOYER = """
import time

from alembic.config import main
from sqlalchemy import event
from sqlalchemy.engine import Engine

asked = []


@event.listens_for(Engine, "before_cursor_execute")
def note(connection, cursor, statement, *rest):
    if "alembic_lock" in statement:
        asked.append(time.monotonic())


print("begins", flush=True)
try:
    main(["current"])
finally:
    if asked:
        print(f"\\nwaited {time.monotonic() - asked[0]}", flush=True)
"""
"""`alembic current`, and the seconds from its first question for the lock to its end."""

OWN_LIMITS = """
from alembic.config import main
from alembic.runtime.migration import MigrationContext

read = MigrationContext.get_current_heads


def tell(context):
    for name in ("lock_timeout", "statement_timeout"):
        print(name, context.connection.exec_driver_sql(f"SHOW {name}").scalar())
    return read(context)


MigrationContext.get_current_heads = tell
main(["current"])
"""
"""`alembic current`, and the limits of the connection on which migrations run."""


def gives_up(context: Context) -> None:
    """A deployer that finds the lock taken ends with an error after about a second."""
    text = context.read(ENV)
    if "alembic_lock" not in text:
        raise NotYet(f"{ENV} does not take the lock any more.")
    if WAIT in text and not LIMITS.search(text):
        raise NotYet("A deployer that finds the lock taken waits for ever: nothing in env.py sets a limit.")
    if "alembic_lock" not in context.tables():
        raise NotYet("There is no table alembic_lock any more. Any deployer makes it: %alembic current")
    with database.connect(context.url) as holder:
        holder.execute("BEGIN")
        holder.execute("SELECT id FROM alembic_lock WHERE id = 1 FOR UPDATE")
        if not holder.fetchall():
            raise NotYet("The table alembic_lock has lost its row: nobody can lock it.")
        code, said = _deployer(context)
        holder.execute("ROLLBACK")
    waited = re.search(r"^waited ([\d.]+)\n?", said, re.MULTILINE)
    if code is None:
        raise NotYet(f"A deployer that finds the lock taken still waits after {PATIENCE:.0f} seconds.")
    if code == 0:
        raise NotYet("A deployer that finds the lock taken goes on without it, and reports success.")
    words = _error(said.replace(waited[0], "") if waited else said)
    if waited is None:
        raise NotYet(f"A deployer ends before it asks for the lock: {words}")
    if float(waited[1]) < SHORTEST:
        raise NotYet(f"A deployer gives up at once, not after a second. Its last words: {words}")
    if float(waited[1]) > LONGEST:
        raise NotYet(f"A deployer gives up after {float(waited[1]):.0f} seconds: one was asked for.")
    _refuse_limits(context)


def _deployer(context: Context) -> tuple[int | None, str]:
    """Start one: its exit code (None: it had to be ended) and what it said."""
    process = subprocess.Popen(
        [sys.executable, "-c", DEPLOYER],
        cwd=context.workspace.root,
        env={**os.environ, "DATABASE_URL": context.url},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said: list[str] = []
    # Before its first words it loads libraries, which may take a while.
    end = threading.Timer(2 * PATIENCE, process.kill)
    end.start()
    with process:
        for line in process.stdout or ():
            if not said:
                end.cancel()
                end = threading.Timer(PATIENCE, process.kill)
                end.start()
            said.append(line)
    end.cancel()
    return None if process.returncode < 0 else process.returncode, "".join(said)


def _error(said: str) -> str:
    """The line of what a deployer printed that says why it ended."""
    errors = re.findall(r"^(?:FAILED|[\w.]*(?:Error|Exception)): .*", said, re.MULTILINE)
    last = last_words(said)
    return last if not errors or last.startswith("line ") else str(errors[-1])


def _refuse_limits(context: Context) -> None:
    """Raise NotYet where Alembic's own connection would break off, too."""
    code, said = context.run(["-c", OWN_LIMITS])
    if code:
        raise NotYet(f"A deployer that finds the lock free fails: {_error(said)}")
    if re.search(r"^(lock|statement)_timeout [1-9]", said, re.MULTILINE):
        raise NotYet(
            "This limit holds for Alembic's own connection, too: a migration "
            "that waits for a customer's transaction would break off."
        )
