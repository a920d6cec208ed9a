"""The bank app at work: `python -m course.traffic.worker NAME TELLERS [ACCOUNT …]`, started in the workspace.

A process of its own, so that `bank` is the learner's code as it is now and stays so until the process ends,
as on a server. Each teller is a thread with one connection; over and over it opens an account, moves money
three times and closes the account again, with the app's own functions and `run_transaction`.

It prints one JSON object a line (times are of the monotonic clock, which all processes of a machine share):
    {"ready": ["6f0c…", …]}                                   every teller is connected; the accounts they use
    {"teller": 0, "did": "move money", "at": 8.1, "wait": 0.02, "tries": 1, "error": null | ["23502", "…"]}
    {"failed": "ImportError: …"}                              the app does not start
It ends, and closes the accounts that it opened, when its standard input has a line or is closed: so it does
not outlive the kernel that started it.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import create_engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy_cockroachdb import run_transaction

from course.traffic.record import CLOSE, MOVE, OPEN

ROUND = (OPEN, MOVE, MOVE, MOVE, CLOSE)

PAUSE = 0.01
"""Seconds of thought between two transactions: a practice cluster has other work, too."""

PATIENCE = 5.0
"""Seconds after which a process that was asked to end ends in any case."""

LIFETIME = 900.0
"""Seconds after which it ends by itself: nobody watches for so long."""

MANY = 100
"""Money moves between this many accounts at most."""

Report = Callable[[dict[str, Any]], None]


class Teller(threading.Thread):
    """One of the app's workers, with a connection of its own."""

    def __init__(
        self, number: int, bank: Any, random: Random, report: Report, stopping: threading.Event
    ) -> None:
        super().__init__(daemon=True)
        self._number, self._bank, self._random = number, bank, random
        self._report, self._stopping = report, stopping
        engine = create_engine(
            os.environ["DATABASE_URL"],
            pool_size=1,
            max_overflow=0,
            connect_args={"application_name": "bank", "connect_timeout": 5},
        )
        self._sessions = sessionmaker(engine)
        self._opened: list[UUID] = []
        self._accounts: Sequence[UUID] = ()

    def connect(self, accounts: Sequence[UUID]) -> Sequence[UUID]:
        """Connect; use these accounts, or those that there are. Gives them."""
        account = self._bank.models.Account
        query = select(account.id).where(account.balance.is_not(None)).order_by(account.id).limit(MANY)
        with self._sessions() as session:
            found = session.scalars(query).all()
        self._accounts = accounts or found
        return self._accounts

    def run(self) -> None:
        """Work until it is time to stop, then leave the accounts as they were found."""
        for kind in itertools.cycle(ROUND):
            if self._stopping.is_set():
                self._close()
                return
            known = self._do(kind)
            self._stopping.wait(PAUSE if known else 0.2)

    def _do(self, kind: str) -> bool:
        """One transaction. False: the server did not even answer."""
        operations = self._bank.operations
        if kind == OPEN:
            account = operations.random_accounts(1, self._random)[0]
            failed = self._attempt(kind, lambda session: operations.create_accounts(session, [account]))
            if failed is None:
                self._opened.append(account.id)
        elif kind == MOVE:
            source, target = self._random.sample(self._accounts, 2)
            failed = self._attempt(kind, lambda session: operations.transfer_half(session, source, target))
        else:
            failed = self._close()
        return failed is None or bool(failed[0])

    def _close(self) -> list[str] | None:
        # An id without an account is passed over: then this only looks.
        ids = self._opened or [UUID(int=self._random.getrandbits(128), version=4)]
        failed = self._attempt(CLOSE, lambda session: self._bank.operations.delete_accounts(session, ids))
        if failed is None:
            self._opened = []
        return failed

    def _attempt(self, kind: str, action: Callable[[Session], object]) -> list[str] | None:
        """Run a transaction and report how it went; gives its error, as SQLSTATE and message."""
        tries = 0

        def counted(session: Session) -> None:
            nonlocal tries
            tries += 1
            action(session)

        error = None
        began = time.monotonic()
        try:
            run_transaction(self._sessions, counted)
        except DBAPIError as failure:
            message = str(failure.orig).strip().partition("\n")[0]
            error = [getattr(failure.orig, "pgcode", None) or "", message]
        except Exception as failure:  # the learner's code may fail in any way: that is what is recorded
            error = [type(failure).__name__, str(failure).partition("\n")[0]]
        wait = time.monotonic() - began
        self._report(
            {"teller": self._number, "did": kind, "at": began, "wait": wait, "tries": tries, "error": error}
        )
        return error


def main(name: str, tellers: int, accounts: Sequence[UUID]) -> int:
    """Be the app. Gives the exit code: 0, or 1 after a line that says why the app does not start.

    accounts: between which money is moved; none: those that there are. (Not those of an app that is at work
    already: it closes them again.)
    """
    lock, stopping = threading.Lock(), threading.Event()

    def report(event: dict[str, Any]) -> None:
        try:
            with lock:
                print(json.dumps(event), flush=True)
        except OSError:  # nobody listens any more
            stopping.set()

    try:
        import bank.models
        import bank.operations

        staff = [Teller(n, bank, Random(f"{name} {n}"), report, stopping) for n in range(tellers)]  # noqa: S311
        for teller in staff:
            accounts = teller.connect(accounts)
    except Exception as error:
        report({"failed": f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"})
        return 1
    report({"ready": [str(account) for account in accounts]})
    for teller in staff:
        teller.start()
    threading.Thread(target=_wait_for_the_end, args=(stopping,), daemon=True).start()
    stopping.wait(LIFETIME)
    stopping.set()
    latest = time.monotonic() + PATIENCE
    for teller in staff:
        teller.join(max(0.0, latest - time.monotonic()))
    return 0


def _wait_for_the_end(stopping: threading.Event) -> None:
    sys.stdin.readline()
    stopping.set()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), [UUID(text) for text in sys.argv[3:]]))
