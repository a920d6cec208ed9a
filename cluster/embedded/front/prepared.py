"""What a client prepared: the statement, and what the backend will owe for it."""

from __future__ import annotations

from typing import Final

from cluster.embedded.dialect import Effect, Statement
from cluster.embedded.front.expected import EXECUTE, PARSE, Expect
from cluster.embedded.front.variables import is_setting


class Prepared:
    """A statement of the extended protocol. Made once for a text, and shared by all names that stand for it.

    trivial: it is only sent on; run: what the backend then owes for each Execute.
    """

    __slots__ = ("parse", "run", "source", "statement", "trivial")

    def __init__(self, statement: Statement, source: str) -> None:
        self.statement = statement
        self.source = source
        self.parse = Expect(PARSE, source=source)
        self.run = Expect(EXECUTE, source=source)
        self.trivial = (
            statement.effect is Effect.NONE
            and not (statement.tag or statement.notices or statement.forgives)
            and not is_setting(statement)
        )


NOTHING: Final = Prepared(Statement(""), "")
"""Stands for a name that nothing was prepared under; the backend says so."""
