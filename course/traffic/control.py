"""Starts, replaces and ends the app's processes, and gathers what they report into a record."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from ..commands import Place
from ..errors import CourseError
from ..runner import Write
from .picture import Chart
from .record import CLOSE, KINDS, Attempt, Mark, Record, facts

TELLERS = 3
PATIENCE = 15.0
"""Seconds to wait for what takes a fraction of one."""

REVISION = re.compile(r"Running (upgrade|downgrade) .*?, (.+)$", re.MULTILINE)
"""What alembic prints when a revision begins: its direction and its message."""


class Traffic:
    """One app at work, the record of it, and the record of the last one when it has ended."""

    def __init__(self, ours: Callable[[], bool] = lambda: True) -> None:
        """ours: whether the practice database is still this notebook's; asked now and then."""
        self._ours = ours
        self._news = threading.Condition()
        self._app: App | None = None
        self._record: Record | None = None
        self._ended: float | None = None
        self._looked = 0.0

    @property
    def running(self) -> bool:
        """Whether an app is at work."""
        return self._app is not None and not self._app.over

    def start(self, place: Place) -> str:
        """Start the app as the workspace has it, and a record. Raises CourseError if it does not start."""
        self.stop()
        self._record, self._ended = Record(time.monotonic()), None
        self._app = self._begun(place, "first")
        self._looked = self._record.began
        return f"The bank is open: {TELLERS} tellers open accounts, move money and close accounts."

    def deploy(self, place: Place, name: str) -> str:
        """Start the app as it is now, and end the old one when the new one works: both run for a moment."""
        old = self._at_work()
        began = time.monotonic()
        self._app = self._begun(place, name, old.accounts)
        self.mark(f"deploy: {name}", began)
        self._wait_for_all(self._app)
        old.end()
        return f"The new app ({name}) has taken over; the old one finished what it did, and ended."

    def mark(self, text: str, at: float | None = None) -> None:
        """Note on the chart that something is done now, or at `at`. Where no app is at work, do nothing."""
        if self.running and self._record:
            self._looked = time.monotonic() if at is None else at
            self._record.marks.append(Mark(self._looked, text))

    def note(self, text: str) -> None:
        """A mark for what is done next: all that began before it is over, so that no error of what comes can
        count before the mark. Raises CourseError where a teller is stuck."""
        if self.running and self._app:
            self.mark(text)
            self._wait_for(self._app, lambda newer: len({teller for teller, _ in newer}) == TELLERS)

    @contextlib.contextmanager
    def noting(self, write: Write) -> Iterator[Write]:
        """`write` for an alembic command, and a mark for each revision that it says it runs.

        An upgrade is marked when it begins (the first one: when the command does, which is surely before it
        changes anything), a downgrade when it is done: what comes after the mark is its effect.
        """
        undone: list[str] = []
        began: float | None = time.monotonic()

        def pass_on(text: str) -> None:
            nonlocal began
            for direction, message in REVISION.findall(text):
                if direction == "upgrade":
                    self.mark(f"upgrade: {message}", began)
                    began = None
                else:
                    undone.append(message)
            write(text)

        try:
            yield pass_on
        finally:
            for message in undone:
                self.mark(f"downgrade: {message}")

    def watch(self) -> str:
        """Wait until each teller has done all three kinds; say how it went since the last mark."""
        self._wait_for_all(self._at_work())
        assert self._record is not None
        marks = sorted(self._record.marks, key=lambda mark: mark.at)
        name = marks[-1].text if marks else "traffic starts"
        return "\n".join([f"Since “{name}”:", *facts(self._record.since(self._looked))])

    def stop(self) -> None:
        """End the app, if one is at work: it closes the accounts that it opened. Its record stays."""
        if self._app is not None:
            self._app.end()
            self._ended = self._ended or time.monotonic()
            self._app = None

    def table(self) -> tuple[list[str], list[list[str]]]:
        """The record's phases as columns and rows. Raises CourseError where there is no record."""
        return self._recorded().table()

    def chart(self) -> Chart:
        """The record as a picture. Raises CourseError where there is none."""
        return Chart(self._recorded(), self._ended or time.monotonic())

    def _recorded(self) -> Record:
        if self._record is None:
            raise CourseError("Nothing is recorded yet. Open the bank: %traffic start")
        return self._record

    def _at_work(self) -> App:
        if self._app is None:
            raise CourseError("The bank is closed. Open it: %traffic start")
        if self._app.over:
            raise CourseError("The app has ended by itself. Start it again: %traffic start")
        return self._app

    def _begun(self, place: Place, name: str, accounts: Sequence[str] = ()) -> App:
        assert self._record is not None
        app = App(place, [name, str(TELLERS), *accounts], self._record, self._news, self._ours)
        with self._news:
            answered = self._news.wait_for(lambda: app.ready or app.over, PATIENCE)
        if not answered or app.over:
            app.end()
            raise CourseError(f"The app does not start. {app.failure or 'It gives no reason.'}")
        return app

    def _wait_for_all(self, app: App) -> None:
        """Until each teller of the app has done one transaction of each kind that began after now."""
        self._wait_for(app, lambda newer: len(newer) == TELLERS * len(KINDS))

    def _wait_for(self, app: App, enough: Callable[[Collection[tuple[int, str]]], bool]) -> None:
        """Until the tellers and kinds of which a transaction that began after now is done are enough."""
        now = time.monotonic()

        def done() -> bool:
            return app.over or enough([who for who, at in app.latest.items() if at >= now])

        with self._news:
            if not self._news.wait_for(done, PATIENCE):
                raise CourseError(f"The tellers are stuck: no answer for {PATIENCE:.0f} seconds.")
        self._at_work()


class App:
    """One process of the app, and a thread that reads what it reports."""

    def __init__(
        self,
        place: Place,
        arguments: list[str],
        record: Record,
        news: threading.Condition,
        ours: Callable[[], bool],
    ) -> None:
        """arguments: those of worker.py."""
        self.ready = self.over = False
        self.failure = ""
        self.accounts: list[str] = []
        self.latest: dict[tuple[int, str], float] = {}
        """For each teller and kind: when the last transaction began."""
        self._record, self._news, self._ours = record, news, ours
        _, self._socket = place.runner.start(
            ["-m", "course.traffic.worker", *arguments], cwd=place.workspace.root, env=place.env
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def end(self) -> None:
        """Ask the process to end, and wait until it has."""
        with contextlib.suppress(OSError):
            self._socket.sendall(b"\n")
        self._reader.join(PATIENCE)
        self._socket.close()

    def _read(self) -> None:
        with contextlib.suppress(OSError), self._socket.makefile(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    event = json.loads(line)
                except ValueError:  # what a library or the learner's code prints
                    self.failure = line.strip() or self.failure
                    continue
                self._take(event)
        with self._news:
            self.over = True
            self._news.notify_all()

    def _take(self, event: dict[str, Any]) -> None:
        if "did" in event:
            error = event["error"] and (str(event["error"][0]), str(event["error"][1]))
            with self._news:
                self._record.attempts.append(
                    Attempt(event["did"], event["at"], event["wait"], event["tries"], error)
                )
                self.latest[event["teller"], event["did"]] = event["at"]
                self._news.notify_all()
            if event["did"] == CLOSE and not self._ours():
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_WR)
            return
        with self._news:
            if "ready" in event:
                self.ready, self.accounts = True, event["ready"]
            self.failure = event.get("failed", self.failure)
            self._news.notify_all()


def follow(traffic: Traffic, draw: Callable[[Chart], object], every: float = 0.5) -> None:
    """Draw the chart again and again, in a thread, until the app has ended."""

    def work() -> None:
        chart = traffic.chart()
        record = chart.record
        while traffic.running and (chart := traffic.chart()).record is record:
            draw(chart)
            time.sleep(every)

    threading.Thread(target=work, daemon=True).start()
