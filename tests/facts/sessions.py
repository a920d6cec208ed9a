"""A session on the cluster as libpq gives it: text values, fields of errors, notices, nothing converted."""

from __future__ import annotations

import select
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from psycopg import pq

# How long one statement may take before the fact has failed, and how long a statement that is meant to block
# is given to reach the server before the next record runs. Seconds.
_ANSWER = 60
_HEAD_START = 0.3

_FIELD = pq.DiagnosticField


class Trouble(Exception):
    """The session cannot go on: str() says why."""


@dataclass(slots=True)
class Answer:
    """What one simple-protocol query gave: the last result, or the error."""

    columns: list[str] = field(default_factory=list)
    oids: list[int] = field(default_factory=list)
    rows: list[list[str | None]] = field(default_factory=list)
    count: int | None = None
    sqlstate: str | None = None
    error: list[str] = field(default_factory=list)  # message, DETAIL, HINT: the lines
    notices: list[str] = field(default_factory=list)


def _lines(result: pq.abc.PGresult, prefix: str = "") -> list[str]:
    parts = [prefix + _text(result, _FIELD.MESSAGE_PRIMARY)]
    for name, code in (("DETAIL", _FIELD.MESSAGE_DETAIL), ("HINT", _FIELD.MESSAGE_HINT)):
        if text := _text(result, code):
            parts.append(f"{name}: {text}")
    return [line.rstrip() for part in parts for line in part.split("\n") if line.strip()]


def _text(result: pq.abc.PGresult, code: pq.DiagnosticField) -> str:
    return (result.error_field(code) or b"").decode()


class Session:
    """One connection. Raises Trouble where no answer comes."""

    def __init__(self, url: str, database: str, login: tuple[str, str] | None = None) -> None:
        parts = urlsplit(url)
        user, password = login or (unquote(parts.username or ""), unquote(parts.password or ""))
        account = quote(user) + (f":{quote(password)}" if password else "")
        address = f"{parts.hostname}:{parts.port or 26257}"
        target = f"postgresql://{account}@{address}/{quote(database)}?{parts.query}"
        self.connection = pq.PGconn.connect(target.encode())
        if self.connection.status != pq.ConnStatus.OK:
            raise Trouble(self.connection.error_message.decode().strip())
        self.notices: list[str] = []
        self.connection.notice_handler = self._notice

    def _notice(self, result: pq.abc.PGresult) -> None:
        severity, state = _text(result, _FIELD.SEVERITY_NONLOCALIZED), _text(result, _FIELD.SQLSTATE)
        told = _lines(result, f"{severity}: " + ("" if state == "00000" else f"{state}: "))
        # Every schema change says which jobs it waits for, and their numbers vary.
        if not told[0].startswith("NOTICE: waiting for job(s) to complete"):
            self.notices += told

    def run(self, sql: str) -> Answer:
        """Send the text and wait for its answer."""
        self.send(sql)
        return self.receive()

    def send(self, sql: str) -> None:
        """Send the text."""
        self.notices = []
        self.connection.send_query(sql.encode())
        while self.connection.flush():
            select.select([], [self.connection.socket], [], _ANSWER)

    def give_head_start(self) -> None:
        """Let a statement that is meant to block arrive; one that answers does not hold things up."""
        select.select([self.connection.socket], [], [], _HEAD_START)

    def receive(self) -> Answer:
        """Wait for the answer to what was sent."""
        answer = Answer()
        while True:
            while self.connection.is_busy():
                if not select.select([self.connection.socket], [], [], _ANSWER)[0]:
                    raise Trouble(f"no answer within {_ANSWER} s")
                self.connection.consume_input()
            result = self.connection.get_result()
            if result is None:
                answer.notices = self.notices
                return answer
            self._add(result, answer)

    def _add(self, result: pq.abc.PGresult, answer: Answer) -> None:
        match result.status:
            case pq.ExecStatus.FATAL_ERROR:
                answer.sqlstate = _text(result, _FIELD.SQLSTATE)
                answer.error = _lines(result) if answer.sqlstate else [result.error_message.decode()]
                if not answer.sqlstate:
                    raise Trouble(f"the connection broke: {answer.error[0].strip()}")
            case pq.ExecStatus.TUPLES_OK:
                columns = range(result.nfields)
                answer.columns = [(result.fname(n) or b"").decode() for n in columns]
                answer.oids = [result.ftype(n) for n in columns]
                answer.rows = [
                    [None if (raw := result.get_value(row, n)) is None else raw.decode() for n in columns]
                    for row in range(result.ntuples)
                ]
                answer.count = result.ntuples
            case pq.ExecStatus.COMMAND_OK:
                answer.count = result.command_tuples
            case other:
                raise Trouble(f"an answer that facts cannot hold: {pq.ExecStatus(other).name}")

    def close(self) -> None:
        """End the session, whatever it is in."""
        self.connection.finish()
