"""Statements of a known shape: the short way must give what the long one gives."""

from __future__ import annotations

from cluster.embedded.dialect import shapes_under, translate
from tests.fuzz import corpus, lexer
from tests.fuzz.literals import FRAGMENTS, begins_well, literal
from tests.fuzz.mutations import MUTATIONS
from tests.fuzz.rewritten import SETTINGS
from tests.fuzz.run import Dice


def shapes(dice: Dice) -> None:
    """A statement that is known but for its values becomes what it becomes when it is not known at all."""
    settings = dice.choice(SETTINGS)
    known = shapes_under(settings)
    first = dice.choice(corpus.statements())
    texts = [first, first]
    for _ in range(dice.randrange(1, 4)):
        text = _other_values(dice, first)
        texts.append(dice.choice(MUTATIONS)(dice, text) if dice.one_in(2) else text)
    dice.shown = texts
    for text in texts:
        sent = known.translated(text)
        if sent is not None:
            found = translate(text, settings)
            assert sent == ";".join(each.sql for each in found), f"{sent!r} is not {found!r}"


def _other_values(dice: Dice, text: str) -> str:
    if not begins_well(text):
        return text
    made = []
    for piece in lexer.lex(text):
        new = piece.text
        if piece.kind == "number" and dice.one_in(2):
            new = dice.choice(
                ["7", "0", "1.5", "9223372036854775808", "1e3", "0x1f", "-1", literal(dice, "it's")]
            )
        elif piece.kind == "string" and dice.one_in(2):
            new = literal(dice, "".join(dice.choice(FRAGMENTS) for _ in range(dice.randrange(3))) or "x")
        made.append(new)
    return "".join(made)
