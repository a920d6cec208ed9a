"""BETWEEN in an expression that is kept: PostgreSQL would keep (and print) x >= a AND x <= b.

It becomes a call of crdb_catalog."between", which the printer (sql/31_expression_printer.sql) turns back.
Only operands that are plainly delimited are taken: names, literals, calls, brackets; others stay.
"""

from __future__ import annotations

from collections.abc import Sequence

from cluster.embedded.dialect import operands
from cluster.embedded.dialect.tokens import Kind, Token, raw


def keep_between(tokens: Sequence[Token]) -> list[Token]:
    """The expression with each plain `x BETWEEN a AND b` as a call."""
    made = list(tokens)
    index = 0
    while index < len(made):
        if made[index].key == "between" and made[index].kind is Kind.WORD:
            start = operands.before(made, index)
            middle = operands.after(made, index + 1)
            stop = operands.after(made, middle + 1) if middle < len(made) and made[middle].key == "and" else 0
            plain = start >= 0 and stop and operands.bounded(made, start - 1) and operands.bounded(made, stop)
            if plain and not (start and made[start - 1].key == "not"):
                parts = [made[start:index], made[index + 1 : middle], made[middle + 1 : stop]]
                call = ", ".join(" ".join(token.text for token in part) for part in parts)
                made[start:stop] = [raw(f'crdb_catalog."between"({call})')]
                index = start
        index += 1
    return made
