"""BETWEEN in expressions that the database keeps."""

from __future__ import annotations

import pytest

from cluster.embedded.dialect.between import keep_between
from cluster.embedded.dialect.scanner import tokenize
from cluster.embedded.dialect.tokens import render


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a BETWEEN 0 AND 9", 'crdb_catalog."between"(a, 0, 9)'),
        ("a > 1 AND t.a BETWEEN -1 AND f(b, 2) AND c",
         'a > 1 AND crdb_catalog."between"(t . a, - 1, f ( b , 2 )) AND c'),
        ("(a BETWEEN 0 AND 9) OR b", '( crdb_catalog."between"(a, 0, 9)) OR b'),
        ("lower(a) BETWEEN 'a' AND 'b'", 'crdb_catalog."between"(lower ( a ), \'a\', \'b\')'),
        ("a + 1 BETWEEN 0 AND 9", None),
        ("a NOT BETWEEN 0 AND 9", None),
        ("a BETWEEN 0 AND 9 + b", None),
        ("a BETWEEN SYMMETRIC 9 AND 0", None),
    ],
)  # fmt: skip
def test_only_plain_operands(text: str, wanted: str | None) -> None:
    assert render(keep_between(tokenize(text))).strip() == (wanted or text)


def test_it_is_printed_as_it_was_typed_and_still_holds(client) -> None:
    client.rows("CREATE TABLE b (a INT PRIMARY KEY CHECK (a BETWEEN 0 AND 9))")
    [(_, printed)] = client.rows("SHOW CREATE TABLE b")
    assert "CONSTRAINT check_a CHECK (a BETWEEN 0:::INT8 AND 9:::INT8)" in printed
    assert client.error("INSERT INTO b VALUES (10)").sqlstate == "23514"
