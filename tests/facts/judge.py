"""Run a fact's records one after the other, and judge what comes back against what the file says."""

from __future__ import annotations

import re

from tests.facts.sessions import Answer, Session, Trouble
from tests.facts.slt import Fact, Record

DATABASE = "facts"
REFUSAL = ("0A000", "not supported by the embedded cluster")

_BOOL, _INTEGERS, _FLOATS, _DECIMAL = 16, {20, 21, 23}, {700, 701}, 1700
_ALLOWED = {"I": _INTEGERS, "F": _FLOATS, "R": {_DECIMAL}, "B": {_BOOL}}


class Untrue(Exception):
    """The cluster does not do what the fact says; str() is for a person."""


class Refused(Exception):
    """The embedded cluster refused by name."""


def show(fact: Fact, url: str, version: str) -> None:
    """Run the fact on new sessions of that cluster. Raises Untrue, Refused, Trouble."""
    sessions: dict[str, Session] = {}
    try:
        _Run(fact, url, version, sessions).all()
    finally:
        for session in sessions.values():
            session.close()


class _Run:
    def __init__(self, fact: Fact, url: str, version: str, sessions: dict[str, Session]) -> None:
        self.fact, self.url, self.version, self.sessions = fact, url, version, sessions
        self.current = self.open("default", None)
        self.variables: dict[str, str] = {}
        self.waiting: dict[str, tuple[Session, Record]] = {}

    def open(self, name: str, login: tuple[str, str] | None) -> Session:
        if name not in self.sessions:
            self.sessions[name] = Session(self.url, DATABASE, login)
        return self.sessions[name]

    def all(self) -> None:
        for record in self.fact.records:
            if record.only and not self.version.startswith(record.only):
                continue
            if record.never and self.version.startswith(record.never):
                continue
            try:
                self.one(record)
            except Trouble as trouble:
                raise Untrue(f"line {record.line}: {record.sql or record.label}\n{trouble}") from None
        if self.waiting:
            raise Untrue(f"never awaited: {', '.join(self.waiting)}")

    def one(self, record: Record) -> None:
        if record.kind == "connection":
            self.current = self.open(record.label, record.login)
            return
        if record.kind == "await":
            session, record = self.waiting.pop(record.label)
            return judge(record, session.receive(), self.variables)
        sql = _filled(record.sql, self.variables)
        if record.kind == "statement" and record.label:
            self.current.send(sql)
            self.current.give_head_start()
            self.waiting[record.label] = self.current, record
            return None
        answer = self.current.run(sql)
        if record.kind == "let":
            judge(Record("statement", record.line, sql), answer, {})
            if len(answer.rows) != 1 or len(answer.rows[0]) != 1:
                raise Untrue(f"line {record.line}: let needs one value, not {answer.rows}")
            self.variables[record.label] = answer.rows[0][0] or ""
            return None
        return judge(record, answer, self.variables)


def _filled(text: str, variables: dict[str, str]) -> str:
    for name in sorted(variables, key=len, reverse=True):
        text = text.replace(name, variables[name])
    return text


def judge(record: Record, answer: Answer, variables: dict[str, str]) -> None:
    """Compare. Raises Untrue, and Refused for a refusal of the embedded cluster's that was not asked for."""
    if answer.sqlstate == REFUSAL[0] and REFUSAL[1] in answer.error[0] and record.sqlstate != REFUSAL[0]:
        raise Refused(f"line {record.line}: {record.sql}\n{answer.error[0]}")
    wanted = [_filled(line, variables) for line in record.lines or []]
    if record.sqlstate is not None:
        _judge_error(record, answer, wanted)
    elif answer.sqlstate is not None:
        raise _untrue(record, ["success"], [answer.sqlstate, *answer.error])
    elif record.count is not None and answer.count != record.count:
        raise _untrue(record, [f"{record.count} rows"], [f"{answer.count} rows"])
    elif record.kind == "query" and "noticetrace" in record.options:
        if (found := [line.rstrip() for line in wanted]) != answer.notices:
            raise _untrue(record, found, answer.notices)
    elif record.kind == "query":
        _judge_rows(record, answer, wanted)


def _judge_error(record: Record, answer: Answer, wanted: list[str]) -> None:
    expected = [record.sqlstate or "", *([record.pattern] if record.pattern else wanted)]
    if answer.sqlstate is None:
        raise _untrue(record, expected, ["success"])
    fits = (
        re.search(record.pattern, "\n".join(answer.error)) is not None
        if record.pattern
        else [line.rstrip() for line in wanted] == answer.error
    )
    if answer.sqlstate != record.sqlstate or not fits:
        raise _untrue(record, expected, [answer.sqlstate, *answer.error])


def _judge_rows(record: Record, answer: Answer, wanted: list[str]) -> None:
    if len(answer.columns) != len(record.types):
        raise _untrue(record, [f"{len(record.types)} columns"], [f"{len(answer.columns)}: {answer.columns}"])
    for letter, oid, name in zip(record.types, answer.oids, answer.columns, strict=True):
        numbers = {_BOOL, _DECIMAL} | _INTEGERS | _FLOATS
        if oid not in _ALLOWED.get(letter, {oid}) or (letter == "T" and oid in numbers):
            raise _untrue(record, [f"column {name} of type {letter}"], [f"type oid {oid}"])
    if "colnames" in record.options:
        if not wanted or wanted[0].split() != answer.columns:
            raise _untrue(record, wanted[:1], [" ".join(answer.columns)])
        wanted = wanted[1:]
    rows = [
        [_printed(value, oid) for value, oid in zip(row, answer.oids, strict=True)] for row in answer.rows
    ]
    if "exact" in record.options:
        found = [line for row in rows for line in row[0].split("\n")]
        if wanted != found:
            raise _untrue(record, wanted, found)
        return
    expected, got = [line.split() for line in wanted], [" ".join(row).split() for row in rows]
    if "rowsort" in record.options:
        expected, got = sorted(expected), sorted(got)
    one, other = [word for line in expected for word in line], [word for line in got for word in line]
    if "valuesort" in record.options:
        one, other = sorted(one), sorted(other)
    if one != other:
        raise _untrue(record, wanted, ["  ".join(row) for row in rows])


def _printed(value: str | None, oid: int) -> str:
    if value is None:
        return "NULL"
    if oid == _BOOL:
        return "true" if value == "t" else "false"
    return value or "·"


def _untrue(record: Record, wanted: list[str], found: list[str]) -> Untrue:
    def block(lines: list[str]) -> str:
        return "\n".join("  " + line for line in lines) or "  (nothing)"

    return Untrue(
        f"line {record.line}: {record.sql}\n"
        f"the fact says:\n{block(wanted)}\n"
        f"the cluster says:\n{block(found)}"
    )
