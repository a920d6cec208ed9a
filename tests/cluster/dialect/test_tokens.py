"""Text into tokens and back, statements apart, and the place of a fault."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.embedded.dialect.model import Refusal
from cluster.embedded.dialect.scanner import tokenize
from cluster.embedded.dialect.tokens import Kind, Token, render, split_commas, split_statements


@pytest.mark.parametrize(
    ("sql", "texts"),
    [
        ("SELECT 1", ["SELECT", "1"]),
        ("a--b\n,c", ["a", ",", "c"]),
        ("a/* x /* y */ z */b", ["a", "b"]),
        ("'it''s'", ["'it''s'"]),
        (r"e'a\'b' 'c\'", [r"e'a\'b'", r"'c\'"]),
        (r"b'\x00' x'ff'", [r"b'\x00'", "x'ff'"]),
        ("$$a;b$$ $t$ $$ $t$", ["$$a;b$$", "$t$ $$ $t$"]),
        ('"a""b".c', ['"a""b"', ".", "c"]),
        ("$1::INT8", ["$1", "::", "INT8"]),
        ("1:::INT8 // 2", ["1", ":::", "INT8", "//", "2"]),
        ("a->>'b'", ["a", "->>", "'b'"]),
        ("t@idx", ["t", "@", "idx"]),
        ("1.5e3-1", ["1.5e3", "-", "1"]),
        ("a=-1", ["a", "=", "-", "1"]),
        ("a<@-1", ["a", "<@-", "1"]),
        ("x[1:2]", ["x", "[", "1", ":", "2", "]"]),
        ("5-- c", ["5", "-- c"]),
        ("'a'\n  'b'", ["'a'\n  'b'"]),
        (r"e'a'" "\n" r"'\'b'", [r"e'a'" "\n" r"'\'b'"]),
        ("'a' 'b'", ["'a'", "'b'"]),
    ],
)
def test_tokens(sql: str, texts: list[str]) -> None:
    assert [token.text for token in tokenize(sql)] == texts


@pytest.mark.parametrize(
    ("sql", "near"),
    [
        ("SELECT U&'d'", "'"),
        ('SELECT u&"d"', '"'),
        ("SELECT 1 //*'*/; DO 'x' --'", "*"),
        ("SELECT e'a' --\n'\\'';DROP TABLE t; --'", "'"),
        ("SELECT 'a'\r'b'", "'"),
        ("SELECT 1 " + "+" * 64 + "1", "+" * 64),
        ("SELECT\u00a0\x1c1", "\x1c"),
    ],
)
def test_what_postgresql_would_read_in_another_way(sql: str, near: str) -> None:
    with pytest.raises(Refusal) as caught:
        tokenize(sql)
    assert caught.value.message == f'at or near "{near}": syntax error'


def test_a_comment_ends_at_the_new_line_only() -> None:
    assert render(tokenize("SELECT 1 --\r; DROP TABLE t\n+ 1")) == "SELECT 1 -- ; DROP TABLE t\n+ 1"


@pytest.mark.parametrize(
    "part", ["+", "-1", "''", '""', "a,", "(", "'a' || ", "\\", "/*", "$a$", "1.", "\n'"]
)
def test_time_grows_with_the_text_only(part: str) -> None:
    for text in (part, "'" + part, '"' + part, "e'" + part):
        started = time.process_time()
        with contextlib.suppress(Refusal):
            tokenize("SELECT " + text * (2**17 // len(text)))
        assert time.process_time() - started < 3


def _words(tokens: list[Token]) -> list[str]:
    """The tokens' texts, without the space or comment at the very end."""
    return [token.text for token in tokens if token.kind is not Kind.SPACE]


@given(st.text(alphabet="aB1 '\"$;(),.[]:@-+*/<>=\\\n_é", max_size=40))
def test_any_text_joins_back_with_its_tokens_apart_or_is_refused(sql: str) -> None:
    try:
        tokens = tokenize(sql)
    except Refusal as refusal:
        assert refusal.sqlstate == "42601"
    else:
        assert render(tokens).replace(" ", "") == sql.replace(" ", "")
        again = tokenize(render(tokens))
        assert _words(again) == _words(tokens)
        assert render(again) == render(tokens)


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (["SELECT", "x"], "SELECT x"),
        (["h", "$$.a$$"], "h $$.a$$"),
        (["'a'", "'b'"], "'a' 'b'"),
        (['"a"', '"b"'], '"a" "b"'),
        (["e", "'b'"], "e 'b'"),
        (["-", "-1"], "- -1"),
        (["/", "*"], "/ *"),
        (["f", "(", "a", ")", "::", "x", ",", "b"], "f(a)::x,b"),
    ],
)
def test_tokens_that_meet_stay_two(parts: list[str], text: str) -> None:
    assert render([Token(Kind.RAW, part, part) for part in parts]) == text


@pytest.mark.parametrize(
    ("sql", "starts"),
    [
        ("SELECT 1; SELECT 2", [0, 9]),
        (" ;; a ;b;", [3, 7]),
        ("SELECT ';' -- ; x\n", [0]),
        ("-- nothing\n", []),
        ("", []),
    ],
)
def test_statements_and_their_offsets(sql: str, starts: list[int]) -> None:
    assert [start for _, start in split_statements(tokenize(sql))] == starts


@pytest.mark.parametrize("sql", ["SELECT 'a", "SELECT $$a", "/* a", "SELECT e'a\\'"])
def test_what_does_not_end_is_a_lexical_error(sql: str) -> None:
    with pytest.raises(Refusal) as caught:
        tokenize(sql)
    assert caught.value.message.startswith("lexical error: unterminated ")


def test_brackets_protect_commas() -> None:
    parts = split_commas(tokenize("a, f(b, c), ARRAY[d, e]"))
    assert ["".join(token.text for token in part) for part in parts] == ["a", "f(b,c)", "ARRAY[d,e]"]


def test_keywords_compare_in_lower_case_and_quoted_names_do_not() -> None:
    first, second = tokenize('Select "Select"')
    assert (first.kind, first.key) == (Kind.WORD, "select")
    assert (second.kind, second.key) == (Kind.QUOTED, '"Select"')
