"""What a client prepared: the statement, and what the backend will owe for it."""

from __future__ import annotations

from typing import Final

from cluster.embedded.dialect import Effect, Statement
from cluster.embedded.front.expected import DESCRIBE, EXECUTE, PARSE, QUERY, Described, Expect
from cluster.embedded.front.variables import is_setting


class Prepared:
    """A statement of the extended protocol. Made once for a text, and shared by all names that stand for it.

    described: what its rows are, once somebody asked; describe: what the backend owes for asking.
    trivial: it is only sent on; run: what the backend then owes for each Execute.
    swift: round trips of it may be sent on as a whole (in a COPY the Sync would not count); round_trip: what
    the backend then owes.
    """

    __slots__ = (
        "describe",
        "described",
        "parse",
        "round_trip",
        "run",
        "source",
        "statement",
        "swift",
        "trivial",
    )

    def __init__(self, statement: Statement, source: str) -> None:
        self.statement = statement
        self.source = source
        self.parse = Expect(PARSE, source=source)
        self.described = Described()
        self.describe = Expect(DESCRIBE, source=source, described=self.described)
        self.run = Expect(EXECUTE, source=source, described=self.described)
        self.round_trip = Expect(QUERY, source=source, described=self.described)
        self.trivial = (
            statement.effect is Effect.NONE
            and not (statement.tag or statement.notices or statement.forgives)
            and not is_setting(statement)
        )
        self.swift = self.trivial and bool(source) and "copy" not in source.lower()


NOTHING: Final = Prepared(Statement(""), "")
"""Stands for a name that nothing was prepared under; the backend says so."""
