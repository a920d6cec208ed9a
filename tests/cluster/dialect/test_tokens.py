"""Text into tokens and back, statements apart, and the place of a fault."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.embedded.dialect.model import Refusal
from cluster.embedded.dialect.tokens import Kind, render, split_commas, split_statements, tokenize


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
    ],
)
def test_tokens(sql: str, texts: list[str]) -> None:
    assert [token.text for token in tokenize(sql)] == texts


@given(st.text(alphabet="aB1 '\"$;(),.[]:@-+*/<>=\\\n_é", max_size=40))
def test_any_text_joins_back_or_is_refused(sql: str) -> None:
    try:
        tokens = tokenize(sql)
    except Refusal as refusal:
        assert refusal.sqlstate == "42601"
    else:
        assert render(tokens) == sql


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
