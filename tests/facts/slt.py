"""The facts' file format, read: sqllogictest records, grouped into facts that each name their source.

The dialect of sqllogictest is the one of CockroachDB's own logic tests as far as it is needed here
(pkg/sql/logictest/logic.go); README.md in this directory describes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

TYPES = "TIFRBO"
OPTIONS = {"nosort", "rowsort", "valuesort", "colnames", "exact", "noticetrace"}


class FormatError(Exception):
    """A facts file says something that this format does not know; str() names the file and the line."""


@dataclass(slots=True)
class Record:
    """One record of a fact.

    kind: statement, query, let, await or connection. sql: its text. Of the outcomes at most one is set:
    sqlstate (with pattern, a regular expression, or text, the exact lines), count, or lines (a query's).
    """

    kind: str
    line: int
    sql: str = ""
    label: str = (
        ""  # let: the variable; connection: its name; a statement started with async, and await: the label
    )
    types: str = ""
    options: frozenset[str] = frozenset()
    sqlstate: str | None = None
    pattern: str | None = None
    lines: list[str] | None = None
    count: int | None = None
    login: tuple[str, str] | None = None  # connection: user and password, where it is not the URL's
    only: str | None = None  # run on versions that start so
    never: str | None = None  # do not run on versions that start so


@dataclass(slots=True)
class Fact:
    """A sentence that holds on CockroachDB, where that is known from, and the records that show it."""

    sentence: str
    line: int
    sources: list[str] = field(default_factory=list)
    refused: bool = False  # the embedded cluster refuses it by name
    records: list[Record] = field(default_factory=list)


def read(path: Path) -> list[Fact]:
    """The facts of a file. Raises FormatError."""
    return _Parser(path).facts()


class _Parser:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines = path.read_text(encoding="utf-8").split("\n")
        self.place = 0

    def fail(self, line: int, why: str) -> FormatError:
        return FormatError(f"{self.path.name}:{line}: {why}")

    def facts(self) -> list[Fact]:
        found: list[Fact] = []
        conditions: dict[str, str] = {}
        while self.place < len(self.lines):
            number, line = self.place + 1, self.lines[self.place]
            self.place += 1
            if line.startswith("#"):
                self._comment(line, number, found)
            elif line.strip():
                if not found:
                    raise self.fail(number, "a record before the first `# fact:`")
                words = line.split()
                if words[0] in ("onlyif", "skipif") and words[1:2] == ["version"] and len(words) == 3:
                    conditions["only" if words[0] == "onlyif" else "never"] = words[2]
                    continue
                record = self._record(line, number)
                record.only, record.never = conditions.get("only"), conditions.get("never")
                conditions = {}
                found[-1].records.append(record)
        self._complete(found)
        return found

    def _comment(self, line: str, number: int, found: list[Fact]) -> None:
        key, _, text = line[1:].strip().partition(":")
        if key == "fact":
            found.append(Fact(text.strip(), number))
        elif key in ("source", "embedded"):
            if not found:
                raise self.fail(number, f"`# {key}:` before the first `# fact:`")
            if key == "source":
                found[-1].sources.append(text.strip())
            elif text.strip() == "refuses":
                found[-1].refused = True
            else:
                raise self.fail(number, "`# embedded:` knows only `refuses`")

    def _complete(self, found: list[Fact]) -> None:
        seen: set[str] = set()
        for fact in found:
            if not fact.sentence or fact.sentence in seen:
                raise self.fail(fact.line, "a fact needs a sentence of its own in this file")
            seen.add(fact.sentence)
            if not any(fact.sources):
                raise self.fail(fact.line, "a fact needs `# source:`")
            if not any(record.kind in ("statement", "query", "await") for record in fact.records):
                raise self.fail(fact.line, "a fact needs a record that shows it")

    def _record(self, line: str, number: int) -> Record:
        words = line.split()
        match words:
            case ["connection", name]:
                return Record("connection", number, label=name)
            case ["connection", name, "user", user, "password", password]:
                return Record("connection", number, label=name, login=(user, password))
            case ["awaitstatement", label]:
                return Record("await", number, label=label)
            case ["let", name] if re.fullmatch(r"\$\w+", name):
                return Record("let", number, self._sql(number), label=name)
            case ["statement", "async", label, *_]:
                record = self._statement(line.split(maxsplit=3)[3:], number)
                record.label = label
                return record
            case ["statement", *_]:
                return self._statement(line.split(maxsplit=1)[1:], number)
            case ["query", "error", *_]:
                return self._statement(line.split(maxsplit=1)[1:], number)
            case ["query", types, *rest] if set(types) <= set(TYPES):
                options = frozenset(",".join(rest[:1]).split(",")) - {""}
                if unknown := options - OPTIONS:
                    raise self.fail(number, f"unknown option {', '.join(sorted(unknown))}")
                if "exact" in options and len(types) != 1:
                    raise self.fail(number, "`exact` is for one column")
                sql = self._sql(number)
                return Record("query", number, sql, types=types, options=options, lines=self._results(number))
        raise self.fail(number, f"not a record: {line}")

    def _statement(self, rest: list[str], number: int) -> Record:
        outcome = rest[0] if rest else ""
        record = Record("statement", number)
        if found := re.fullmatch(r"count (\d+)", outcome):
            record.count = int(found[1])
        elif found := re.fullmatch(r"error pgcode (\w{5})(?: (.+))?", outcome):
            record.sqlstate, record.pattern = found[1], found[2]
        elif outcome != "ok":
            raise self.fail(number, "a statement ends in `ok`, `count N` or `error pgcode XXXXX [pattern]`")
        record.sql = self._sql(number)
        if self.place < len(self.lines) and self.lines[self.place].strip() == "----":
            if record.sqlstate is None or record.pattern is not None:
                raise self.fail(number, "only an error without a pattern has lines after ----")
            record.lines = self._results(number)
        elif record.sqlstate is not None and record.pattern is None:
            raise self.fail(number, "an error needs a pattern, or its exact text after ----")
        return record

    def _sql(self, number: int) -> str:
        lines = []
        while self.place < len(self.lines):
            line = self.lines[self.place]
            if not line.strip() or line.strip() == "----":
                break
            lines.append(line)
            self.place += 1
        if not lines:
            raise self.fail(number, "no SQL")
        return "\n".join(lines)

    def _results(self, number: int) -> list[str]:
        if self.place >= len(self.lines) or self.lines[self.place].strip() != "----":
            raise self.fail(number, "no ---- with the results")
        self.place += 1
        lines = []
        while self.place < len(self.lines) and self.lines[self.place].strip():
            lines.append(self.lines[self.place])
            self.place += 1
        return lines
