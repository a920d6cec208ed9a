"""The rewriter and the error map under any text.

Whatever comes in: statements, a refusal, or the wish to know the tables come out, soon. Text inside a
literal, a name or a comment stays there, as PostgreSQL reads it, and no statement hides in another.
"""

from __future__ import annotations

import string
from dataclasses import replace

from cluster.embedded.dialect import (
    CatalogueNeeded,
    Refusal,
    Settings,
    Statement,
    read_catalogue,
    shapes_under,
    translate,
    translate_error,
)
from cluster.embedded.dialect.messages import MESSAGES
from tests.fuzz import corpus, lexer
from tests.fuzz.run import Dice, Family

CUT = "\x1f"
KNOWING = Settings(
    database="bank",
    catalogue=read_catalogue(
        [
            ("public", "h", f"a{CUT}b", "rowid", "h_pkey", "rowid", "", "public", ""),
            ("public", "accounts", f"id{CUT}balance", "", "accounts_pkey", "id", "", "public", ""),
        ]
    ),
)
SETTINGS = [
    KNOWING,
    KNOWING,
    KNOWING,
    replace(KNOWING, catalogue=None),
    replace(KNOWING, sql_safe_updates=True),
    replace(KNOWING, default_int_size=4),
]
# What PostgreSQL may be told to do. CREATE, ALTER and DROP are looked at closer.
VERBS = frozenset(
    [
        "abort",
        "alter",
        "analyze",
        "begin",
        "close",
        "comment",
        "commit",
        "copy",
        "create",
        "deallocate",
        "declare",
        "delete",
        "discard",
        "do",
        "drop",
        "end",
        "execute",
        "fetch",
        "grant",
        "insert",
        "move",
        "prepare",
        "refresh",
        "release",
        "reset",
        "revoke",
        "rollback",
        "savepoint",
        "select",
        "set",
        "show",
        "start",
        "table",
        "truncate",
        "unlisten",
        "update",
        "values",
        "with",
    ]
)
NEVER = frozenset(
    [
        "function",
        "procedure",
        "extension",
        "language",
        "trigger",
        "rule",
        "server",
        "subscription",
        "publication",
        "event",
        "aggregate",
        "cast",
        "conversion",
        "operator",
        "tablespace",
        "policy",
        "foreign",
        "access",
        "transform",
    ]
)


def translated(dice: Dice, text: str, settings: Settings) -> tuple[Statement, ...]:
    """What the text becomes; nothing when it is refused. Raises for what is neither."""
    dice.shown = text
    try:
        found = translate(text, settings)
    except Refusal as refusal:
        assert len(refusal.sqlstate) == 5, refusal.sqlstate
        assert refusal.message
        for words in (refusal.message, refusal.detail, refusal.hint):
            assert "\0" not in (words or ""), "the end of a field inside it"
        return ()
    except CatalogueNeeded:
        assert settings.catalogue is None, "the tables are known"
        return ()
    for statement in found:
        assert isinstance(statement, Statement)
    return found


def one_statement(sql: str) -> list[lexer.Piece]:
    """The pieces of what goes to PostgreSQL: a single statement, of a kind that may go there."""
    pieces = [piece for piece in lexer.lex(sql) if piece.kind != "space"]
    code = [piece for piece in pieces if piece.kind != "comment"]
    if not code:
        return pieces
    assert not any(piece.text == ";" for piece in code), f"two statements in one: {sql}"
    assert code[0].value in VERBS or code[0].text == "(", f"a statement of an unknown kind: {sql}"
    if code[0].value in ("create", "alter", "drop"):
        assert not {piece.value for piece in code[1:3] if piece.kind == "word"} & NEVER, sql
    if code[0].value == "do":
        assert len(code) == 2 and code[1].text.startswith("$ddl"), f"a block of the client's: {sql}"
    return pieces


# -- any words, and statements with changes ---------------------------------------------------------------


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


def check(dice: Dice, text: str) -> None:
    """Translate, and look at all that comes out."""
    for statement in translated(dice, text, dice.choice(SETTINGS)):
        if statement.sql:
            _readable(statement.sql)


def _readable(sql: str) -> None:
    for piece in one_statement(sql):
        if piece.kind == "string" and piece.text.startswith("$ddl"):
            lexer.lex(piece.value)


CHARACTERS = "'\"\\;()[]{},.:@$-+*/<>=!~%^&|`?#_ \t\n\r\f\v\x01\x1c\x85\u00a0é\u2028字😀eExXbBuU&19"


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


# -- literals ---------------------------------------------------------------------------------------------

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
    pieces = lexer.lex(template) if _begins_well(template) else []
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


def _begins_well(template: str) -> bool:
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


def enclosed(pieces: list[lexer.Piece], payload: str) -> None:
    """The payload is nowhere but inside literals, names and comments; whole, or quoted once more."""
    for piece in pieces:
        if MARK not in piece.text:
            continue
        assert piece.kind in ("string", "name", "comment"), f"{piece.text!r} became SQL"
        if piece.kind == "comment" or (payload in piece.value and len(piece.value) < len(payload) + 3):
            continue
        if (MARK in piece.value and payload not in piece.value) or "'" in payload or ";" in payload:
            # Text that is to be run or stored: the payload is quoted in it once more.
            enclosed([each for each in lexer.lex(piece.value) if each.kind != "space"], payload)


# -- shapes -----------------------------------------------------------------------------------------------


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
    if not _begins_well(text):
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


# -- large ------------------------------------------------------------------------------------------------

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


# -- errors -----------------------------------------------------------------------------------------------

CODES = [line.split(" ")[0] for line in MESSAGES.strip().splitlines()[::2]]
CODES += [
    "00000",
    "40001",
    "40P01",
    "42601",
    "23505",
    "23503",
    "2BP01",
    "22003",
    "XX000",
    "P0001",
    "57014",
    "25P02",
    "0A000",
    "42710",
    "42P07",
]
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


FAMILIES = [
    Family("words", "any words behind a statement's first", 130_000, words),
    Family("mutated", "true statements with changes", 200_000, mutated),
    Family("noise", "characters without sense", 150_000, noise),
    Family("literals", "any text in literals, names, comments", 130_000, literals),
    Family("shapes", "statements known but for their values", 60_000, shapes),
    Family("errors", "PostgreSQL's errors with any words", 150_000, errors),
    Family("large", "one thing over and over, to 100 kB", 1_000, large, seconds=10),
]
