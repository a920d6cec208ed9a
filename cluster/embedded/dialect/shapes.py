"""Texts that differ only in their values are translated once: many drivers write the values into the SQL.

The shape of a text is what is left without its numbers and plain strings. A shape is learned when it comes a
second time, and only if its values stand where no rule looks at them (rows of VALUES, sides of a comparison,
LIMIT) and the translation of other values is the same around them. Most texts have no shape; they are
translated as they come.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from cluster.embedded.dialect.model import CatalogNeeded, Refusal, Settings, Statement
from cluster.embedded.dialect.scanner import tokenize
from cluster.embedded.dialect.tokens import Kind, Token, compact, words

Translate = Callable[[str, Settings], tuple[Statement, ...]]

_MOST: Final = 512
_LONGEST: Final = 16_384  # characters; of longer texts (bulk inserts) each has a shape of its own
# A plain string or a number. It begins with a set of characters, so that the rest is skipped quickly.
_VALUE: Final = re.compile(
    r"""(['0-9](?:(?<=')[^']*+(?:''[^']*+)*+'|(?<=[0-9])(?<![\w$.][0-9])[0-9]*+(?:\.[0-9]++)?(?![\w.])))"""
)
# Around values: other quotes, comments, parameters, and what makes a value another kind of literal.
_FOREIGN: Final = re.compile(r"""['"$\\]|--|/\*|::""")
_PREFIXED: Final = re.compile(r"[\w&]\Z")
_VERBS: Final = words("insert upsert update delete select")
_COMPARES: Final = words("= < > <= >= <> != like ilike")
_BEFORE: Final = _COMPARES | words("limit offset")
_AFTER: Final = words("and or where returning order limit offset on for group")
_OPENS: Final = words("values in where and or not (")
_PROBES: Final = ("'a probe''s text'", "''", "7", "88005553535777", "9000000000000000000000", "3.25")
_SAME: Final = ["the text itself"]


class Shapes:
    """The shapes that are known under some settings. translate: how to learn one."""

    def __init__(self, settings: Settings, translate: Translate) -> None:
        self._settings = settings
        self._translate = translate
        self._seen: set[tuple[str, ...]] = set()
        self._known: dict[tuple[str, ...], list[str] | None] = {}

    def translated(self, sql: str) -> str | None:
        """What PostgreSQL is to run for a text of a known shape that is only sent on; else None.

        It stands for one Statement that is nothing but this SQL. None: translate() the text.
        """
        if len(sql) > _LONGEST:
            return None
        pieces = _VALUE.split(sql)
        values = pieces[1::2]
        if not values:
            return None
        shape = tuple(pieces[::2])
        try:
            template = self._known[shape]
        except KeyError:
            if shape not in self._seen:
                if len(self._seen) >= _MOST:
                    self._seen.clear()
                self._seen.add(shape)
                return None
            self._seen.discard(shape)
            if len(self._known) >= _MOST:
                self._known.clear()
            template = self._known[shape] = _learned(sql, self._settings, self._translate)
        if template is None or template is _SAME:
            return sql if template else None
        made = template.copy()
        made[1::2] = values
        return "".join(made)


def _learned(sql: str, settings: Settings, translate: Translate) -> list[str] | None:
    """The translation's pieces, every other one a value's place, or _SAME; None if the values may matter."""
    pieces = _VALUE.split(sql)
    around, values = pieces[::2], pieces[1::2]
    if any(_FOREIGN.search(text) for text in around) or any(map(_PREFIXED.search, around[:-1])):
        return None
    try:
        if not _opaque(compact(tokenize(sql)), len(values)):
            return None
        found: list[list[str]] = []
        for probe in (None, *_PROBES):
            pieces[1::2] = [probe] * len(values) if probe else values
            statement, *others = translate("".join(pieces), settings)
            made = _VALUE.split(statement.sql)
            if others or statement != Statement(statement.sql) or made[1::2] != pieces[1::2]:
                return None
            found.append(made)
    except (Refusal, CatalogNeeded, ValueError):
        return None
    if any(made[::2] != found[0][::2] for made in found):
        return None
    return _SAME if found[0][::2] == around else found[0]


def _opaque(tokens: Sequence[Token], number: int) -> bool:
    """Whether all values, and there are so many, stand where only their type could matter."""
    if not tokens or tokens[0].key not in _VERBS:
        return False
    brackets: list[bool] = []  # whether a value may stand directly in each open one
    for index, token in enumerate(tokens):
        before = tokens[index - 1].key if index else ""
        if token.key == "(":
            row = before == "," and index > 1 and tokens[index - 2].key == ")"
            brackets.append(before in _OPENS or row)
        elif token.key == ")" and brackets:
            brackets.pop()
        elif token.kind in (Kind.STRING, Kind.NUMBER):
            number -= 1
            if before == "-" and index > 1:
                before = tokens[index - 2].key
            listed = bool(brackets) and before in ("(", ",")
            after = tokens[index + 1].key if index + 1 < len(tokens) else ""
            ends = after in ("", ",", ")", ";") or after in _AFTER
            if not (all(brackets) and ends and (listed or before in _BEFORE)):
                return False
    return number == 0
