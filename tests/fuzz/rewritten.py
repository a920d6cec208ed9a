"""What has to hold for all that the rewriter is given: a refusal, or statements for PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

from cluster.embedded.dialect import CatalogNeeded, Refusal, Settings, Statement, read_catalog, translate
from cluster.embedded.dialect.tokens import words
from tests.fuzz import lexer
from tests.fuzz.run import Dice

CUT = "\x1f"
KNOWING = Settings(
    database="bank",
    catalog=read_catalog(
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
    replace(KNOWING, catalog=None),
    replace(KNOWING, sql_safe_updates=True),
    replace(KNOWING, default_int_size=4),
]
# What PostgreSQL may be told to do. CREATE, ALTER and DROP are looked at closer.
VERBS = words(
    """
    abort alter analyze begin call close comment commit copy create deallocate declare delete discard do
    drop end execute fetch grant insert move prepare refresh release reset revoke rollback savepoint
    select set show start table truncate unlisten update values with
    """
)
# Procedures of ours; what the first two are given last is a statement itself.
RUN = words("add_column create_table")
CALLED = RUN | {"create_index"}
NEVER = words(
    """
    function procedure extension language trigger rule server subscription publication event
    aggregate cast conversion operator tablespace policy foreign access transform
    """
)


def translated(dice: Dice, text: str, settings: Settings) -> tuple[Statement, ...]:
    """What the text becomes; nothing when it is refused. Raises for what is neither."""
    dice.shown = text
    try:
        found = translate(text, settings)
    except Refusal as refusal:
        assert len(refusal.sqlstate) == 5, refusal.sqlstate
        assert refusal.message
        for said in (refusal.message, refusal.detail, refusal.hint):
            assert "\0" not in (said or ""), "the end of a field inside it"
        return ()
    except CatalogNeeded:
        assert settings.catalog is None, "the tables are known"
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
    if code[0].value == "call":
        assert (code[1].value, code[2].text) == ("crdb_catalog", "."), f"a call of the client's: {sql}"
        assert code[3].value in CALLED and code[4].text == "(" and code[-1].text == ")", sql
    return pieces


def check(dice: Dice, text: str) -> None:
    """Translate, and look at all that comes out."""
    for statement in translated(dice, text, dice.choice(SETTINGS)):
        if statement.sql:
            _readable(statement.sql)


def _readable(sql: str) -> None:
    pieces = one_statement(sql)
    if pieces and pieces[0].value == "call" and pieces[3].value in RUN:
        one_statement(pieces[-2].value)
    for piece in pieces:
        if piece.kind == "string" and piece.text.startswith("$ddl"):
            lexer.lex(piece.value)
