"""Any text in literals, quoted names and comments: it stays there, as PostgreSQL reads it."""

from __future__ import annotations

import re

from tests.fuzz import corpus, lexer
from tests.fuzz.rewritten import KNOWING, one_statement, translated
from tests.fuzz.run import Dice

MARK = "zqx"
FRAGMENTS = [
    "'",
    "''", "\\", "\\'", '"', "--", "/*", "*/", ";", "$$", "$ddl$", "$ddl_$", "\r", "\n", "//*", "%", "%s",
    "%L", "{", "}", "[", "]", "(", ")", ":x", "\u00a0", "é", "😀", "\x01", "$1", " e'", ' U&"', ",", "::INT",
    "@i", "\t", "; DROP TABLE h", "' OR true", "/* x */", "-- x", "NULL", "||", "IF(a,b,c)", "b'\\x00'",
]  # fmt: skip


def literals(dice: Dice) -> None:
    """Any text in literals, quoted names and comments of a true statement."""
    template = dice.choice(corpus.statements())
    pieces = lexer.lex(template) if begins_well(template) else []
    if "ttl_expiration_expression" in template.lower():  # a literal that is meant to become SQL
        return
    places = [index for index, piece in enumerate(pieces) if piece.kind in ("string", "number", "name")]
    if not places:
        return
    payload = MARK + "".join(dice.choice(FRAGMENTS) for _ in range(dice.randrange(1, 5))) + "z"
    made = [piece.text for piece in pieces]
    for place in dice.sample(places, dice.randrange(1, min(3, len(places)) + 1)):
        named = pieces[place].kind == "name"
        made[place] = ('"' + payload.replace('"', '""') + '"') if named else literal(dice, payload)
    if dice.one_in(3):
        spaces = [index for index, piece in enumerate(pieces) if piece.kind == "space"]
        if spaces:
            made[dice.choice(spaces)] = dice.choice(
                [
                    " --" + payload.replace("\n", "") + "\n",
                    f" /*{payload.replace('*/', '').replace('/*', '')}*/ ",
                ]
            )
    for statement in translated(dice, "".join(made), KNOWING):
        if statement.sql:
            enclosed(one_statement(statement.sql), payload)


def begins_well(template: str) -> bool:
    """Whether PostgreSQL could read it to its end."""
    try:
        lexer.lex(template)
    except lexer.Unterminated:
        return False
    return True


def literal(dice: Dice, value: str) -> str:
    """The value as a literal, in one of CockroachDB's ways."""
    way = dice.randrange(5)
    if way == 0:
        return "'" + value.replace("'", "''") + "'"
    if way == 1:
        return (
            dice.choice("eE")
            + "'"
            + value.replace("\\", "\\\\").replace("'", dice.choice(["''", "\\'"]))
            + "'"
        )
    if way == 2:
        halves = (half.replace("'", "''") for half in (MARK, value[len(MARK) :]))
        return "'" + dice.choice(["'\n'", "' \t\n\n '"]).join(halves) + "'"
    if way == 3:
        tag = "$" + dice.choice(["", "a", "ddl", "é"]) + "$"
        if tag not in value + "$" and not (value + "$").endswith(tag):
            return tag + value + tag
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    half = len(MARK)
    return "e'" + escaped[:half] + "'\n'" + escaped[half:] + "'"


# Control characters, with which the dialect marks names and texts that it keeps.
MARKS = re.compile(r"[\x01-\x08\x0e-\x1f]")


def enclosed(pieces: list[lexer.Piece], payload: str) -> None:
    """The payload is nowhere but inside literals, names and comments; whole, or quoted once more."""
    for piece in pieces:
        if MARK not in piece.text:
            continue
        assert piece.kind in ("string", "name", "comment"), f"{piece.text!r} became SQL"
        whole = payload.lower() in piece.value.lower()  # names of users are folded
        if piece.kind == "comment" or (whole and len(piece.value) < len(payload) + 3):
            continue
        if MARKS.search(piece.value):
            continue  # kept with marks of the dialect's: PostgreSQL could not read it as SQL
        if (MARK in piece.value and not whole) or "'" in payload or ";" in payload:
            # Text that is to be run or stored: the payload is quoted in it once more.
            enclosed([each for each in lexer.lex(piece.value) if each.kind != "space"], payload)
