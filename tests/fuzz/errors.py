"""The error map under PostgreSQL's errors, with any words in them."""

from __future__ import annotations

from cluster.embedded.dialect import translate_error
from cluster.embedded.dialect.messages import MESSAGES
from tests.fuzz import corpus
from tests.fuzz.literals import FRAGMENTS
from tests.fuzz.run import Dice

CODES = [line.split(" ")[0] for line in MESSAGES.strip().splitlines()[::2]]
CODES += [
    "00000", "40001", "40P01", "42601", "23505", "23503", "2BP01", "22003",
    "XX000", "P0001", "57014", "25P02", "0A000", "42710", "42P07",
]  # fmt: skip
TEMPLATES = [line.partition(" ")[2] for line in MESSAGES.strip().splitlines()[::2]]


def errors(dice: Dice) -> None:
    """Errors of PostgreSQL with any words in them."""
    fields = {"S": "ERROR", "V": dice.choice(["ERROR", "NOTICE", "FATAL"]), "C": dice.choice(CODES)}
    fields["M"] = _message(dice)
    if dice.one_in(2):
        fields["D"] = _message(dice)
    if dice.one_in(2):
        fields["H"] = dice.choice(["", "No", "Perhaps you meant x.", _message(dice)])
    fields |= {code: _message(dice) for code in "PpqWFLRstcdn" if dice.one_in(6)}
    dice.shown = fields
    made = translate_error(dict(fields), dice.choice(["", dice.choice(corpus.statements())]))
    assert len(made["C"]) == 5
    assert made["V"] == fields["V"]
    assert made["M"] or fields["M"][:1] in ("", "\x01"), "an error without words"
    assert not set(made) & set("PpqWFLR"), "PostgreSQL's own places"
    assert all("\0" not in value for value in made.values())


def _message(dice: Dice) -> str:
    template = dice.choice(TEMPLATES)
    if dice.one_in(4):
        template = template.replace('"(.*)"', '"' + dice.choice(FRAGMENTS) * dice.randrange(1, 400) + '"')
    parts = [
        "x",
        '"',
        "(",
        ")",
        "=",
        ", ",
        " ",
        "Key (a)=(b) already exists.",
        "because ",
        "depends on ",
        "\x01u",
        "é",
    ]
    noise = "".join(dice.choice(parts) for _ in range(dice.randrange(8)))
    return dice.choice([template, template + noise, noise, noise * dice.randrange(1, 200)])
