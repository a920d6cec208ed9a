"""Wrong statements: any words, true ones with changes, characters without sense, one thing over and over."""

from __future__ import annotations

import string

from tests.fuzz import corpus
from tests.fuzz.rewritten import SETTINGS, check, translated
from tests.fuzz.run import Dice

CHARACTERS = "'\"\\;()[]{},.:@$-+*/<>=!~%^&|`?#_ \t\n\r\f\v\x01\x1c\x85\u00a0é\u2028字😀eExXbBuU&19"


def words(dice: Dice) -> None:
    """A statement's first words, then any others; brackets mostly closed."""
    parts = [dice.choice(corpus.heads())]
    depth = 0
    for _ in range(dice.randrange(1, 25)):
        if dice.one_in(8):
            parts.append(dice.choice("(["))
            depth += 1
        parts.append(dice.choice(corpus.words()))
        if depth and dice.one_in(5):
            parts.append(dice.choice(")])))"))
            depth -= 1
    parts += [")"] * depth
    check(dice, " ".join(parts))


def mutated(dice: Dice) -> None:
    """A true statement with pieces lost, doubled, exchanged, and any characters put in."""
    text = dice.choice(corpus.statements())
    for _ in range(dice.randrange(1, 5)):
        text = dice.choice(MUTATIONS)(dice, text)
    check(dice, text[:20_000])


def _cut(dice: Dice, text: str) -> str:
    start = dice.randrange(len(text) + 1)
    return text[:start] + text[start + dice.randrange(1, 12) :]


def _put(dice: Dice, text: str) -> str:
    at = dice.randrange(len(text) + 1)
    return text[:at] + "".join(dice.choice(CHARACTERS) for _ in range(dice.randrange(1, 4))) + text[at:]


def _word(dice: Dice, text: str) -> str:
    parts = text.split(" ")
    at = dice.randrange(len(parts))
    parts[at : at + dice.randrange(2)] = [dice.choice(corpus.words())]
    return " ".join(parts)


def _twice(dice: Dice, text: str) -> str:
    start, stop = sorted((dice.randrange(len(text) + 1), dice.randrange(len(text) + 1)))
    return text[:stop] + text[start:stop] + text[stop:]


def _splice(dice: Dice, text: str) -> str:
    other = dice.choice(corpus.statements())
    return (
        text[: dice.randrange(len(text) + 1)]
        + dice.choice(["", " ", "; "])
        + other[dice.randrange(len(other)) :]
    )


def _shuffle(dice: Dice, text: str) -> str:
    parts = text.split(" ")
    one, other = dice.randrange(len(parts)), dice.randrange(len(parts))
    parts[one], parts[other] = parts[other], parts[one]
    return " ".join(parts)


def _wrap(dice: Dice, text: str) -> str:
    start, stop = sorted((dice.randrange(len(text) + 1), dice.randrange(len(text) + 1)))
    opening, closing = dice.choice(["()", "[]", "{}", "''", '""', ("/*", "*/"), ("$$", "$$"), ("e'", "'")])
    return text[:start] + opening + text[start:stop] + closing + text[stop:]


MUTATIONS = [_cut, _put, _word, _twice, _splice, _shuffle, _wrap]


def noise(dice: Dice) -> None:
    """Characters without any sense."""
    letters = dice.choice([CHARACTERS, CHARACTERS + string.ascii_letters, "'\\eE\n\r-*/ ;", "()[]{};,'$a"])
    check(dice, "".join(dice.choice(letters) for _ in range(dice.randrange(60))))


REPEATED = [
    "(", "[", "{", ")", "SELECT ", "(SELECT ", "IF(", "CASE WHEN ", "NOT ", "-", "+", "a AND ", "1,",
    "'x',", "''", "a.b.", "::INT", "a BETWEEN 1 AND 2 AND ", "a@b ", "; ", "SELECT 1;", "ORDER BY a,",
    "x'00'", "e'\\n'", "/* ", "--\n", "$$", "$1 ", '"a"', "IFNULL(a,", "a//b//", "a/b/", "ARRAY[",
    "[SHOW TABLES] ", "b, ", "\\", "'\n'", "UNION SELECT * FROM h ", "WITH a AS (", "(1,2),", "a INT,",
    "* ", "h.*, ", "::", " ", "\n", "0", "a", "é", "CHECK (a > 1),", "INDEX (a),", "ADD COLUMN a INT,",
    "extract(a FROM ", "CAST(a AS ", "current_user() ",
]  # fmt: skip


def large(dice: Dice) -> None:
    """One thing over and over: time must grow with the length only."""
    size = dice.choice([1000, 10_000, 100_000])
    part = dice.choice(REPEATED)
    other = dice.choice(REPEATED) if dice.one_in(2) else ""
    head = dice.choice(
        [*corpus.heads(), "CREATE TABLE t (", "INSERT INTO h VALUES ", "SELECT * FROM h WHERE ", ""]
    )
    body = (part + other) * (size // len(part + other))
    tail = ""
    if dice.one_in(2):
        depth = min(body.count("("), 150)
        body, tail = (part + other) * depth, ")" * ((part + other).count("(") * depth)
    for statement in translated(dice, f"{head} {body}{tail}", dice.choice(SETTINGS)):
        assert len(statement.sql) < 40 * size + 100_000, "the text grows without end"
