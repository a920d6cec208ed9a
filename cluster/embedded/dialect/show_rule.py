"""What the rules of the SHOW statements share: the table that they are found in, and small readers.

A rule is a function from a Reader to a Statement, marked with the words that it answers:

    @shows("show sequences")
    def sequences(reader): ...

Rules live in show*.py; show.py imports them all.
"""

from __future__ import annotations

from collections.abc import Callable

from cluster.embedded.dialect.model import Statement
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import quote_string

Rule = Callable[[Reader], Statement]

# First words, two to four -> rule; the longest that fits wins.
RULES: dict[str, Rule] = {}


def shows(*statements: str) -> Callable[[Rule], Rule]:
    """Mark a function as the rule for statements that begin with these words, in lower case."""

    def mark(rule: Rule) -> Rule:
        RULES.update(dict.fromkeys(statements, rule))
        return rule

    return mark


def strings(parts: list[str]) -> str:
    """The parts of a name as SQL string literals, for the functions of sql/60_show.sql."""
    return ", ".join(quote_string(part) for part in parts)


def comment(reader: Reader) -> str:
    """The column that WITH COMMENT adds; nothing may follow."""
    added = ", comment" if reader.accept("with", "comment") else ""
    reader.finish()
    return added
