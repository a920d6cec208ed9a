"""PostgreSQL's errors in CockroachDB's words: fields in, fields out."""

from __future__ import annotations

import pytest

from cluster.embedded.dialect import translate_error

RETRY = "restart transaction: TransactionRetryWithProtoRefreshError: "


@pytest.mark.parametrize(
    ("code", "message", "wanted"),
    [
        ("42P01", 'table "t" does not exist', "42P01 relation \"t\" does not exist"),
        ("42P01", 'relation "t" does not exist', "42P01 relation \"t\" does not exist"),
        ("42P01", 'missing FROM-clause entry for table "x"',
         "42P01 no data source matches prefix: x in this context"),
        ("42703", "column x.y does not exist", '42703 column "x.y" does not exist'),
        ("42883", "function nosuch(integer, text) does not exist", "42883 unknown function: nosuch()"),
        ("42883", "operator does not exist: bigint = boolean",
         "22023 unsupported comparison operator: <int> = <bool>"),
        ("42883", "operator does not exist: text + bigint",
         "22023 unsupported binary operator: <string> + <int>"),
        ("23502", 'null value in column "v" of relation "t" violates not-null constraint',
         '23502 null value in column "v" violates not-null constraint'),
        ("22P02", 'invalid input syntax for type bigint: "x"',
         '22P02 could not parse "x" as type int: strconv.ParseInt: parsing "x": invalid syntax'),
        ("42804", 'column "v" is of type bigint but expression is of type text',
         "42804 value type string doesn't match type int of column \"v\""),
        ("23505", 'duplicate key value violates unique constraint "uq\x011"',
         '23505 duplicate key value violates unique constraint "uq"'),
        ("40001", "could not serialize access due to read/write dependencies among transactions",
         f"40001 {RETRY}TransactionRetryError: retry txn (RETRY_SERIALIZABLE - failed preemptive refresh)"),
        ("40001", "could not serialize access due to concurrent update",
         f"40001 {RETRY}WriteTooOldError: write too old"),
        ("40P01", "deadlock detected", f"40001 {RETRY}TransactionAbortedError(ABORT_REASON_PUSHER_ABORTED)"),
        ("40001", "restart transaction: mine", "40001 restart transaction: mine"),
        ("42601", 'syntax error at or near "FRM"', '42601 at or near "frm": syntax error'),
        ("42601", "syntax error at end of input", '42601 at or near "EOF": syntax error'),
        ("XX000", "left alone", "XX000 left alone"),
    ],
)  # fmt: skip
def test_messages(code: str, message: str, wanted: str) -> None:
    made = translate_error({"S": "ERROR", "C": code, "M": message})
    assert f"{made['C']} {made['M']}" == wanted


def test_what_tells_of_the_inside_is_left_out() -> None:
    fields = dict.fromkeys("SVCMPpqWFLRstn", "x")
    assert set(translate_error(fields)) == set("SVCMn")


@pytest.mark.parametrize(
    ("detail", "wanted"),
    [
        ("Key (id)=(1) already exists.", "Key (id)=(1) already exists."),
        ("Key (v)=(it's) already exists.", "Key (v)=('it''s') already exists."),
        ('Key ("A b", c)=(1, 2) already exists.', "Key (A b, c)=(1, 2) already exists."),
        ("Key (a, b)=(1, x) is duplicated.", "Key (a, b)=(1, 'x') already exists."),
        ("Key (a, b)=(1, x, y) already exists.", "Key (a, b)=(1, x, y) already exists."),
    ],
)
def test_values_of_a_key_are_shown_as_literals(detail: str, wanted: str) -> None:
    assert translate_error({"C": "23505", "M": "m", "D": detail})["D"] == wanted


@pytest.mark.parametrize(
    ("statement", "message", "wanted"),
    [
        ("INSERT …", 'insert or update on table "b" violates foreign key constraint "f"',
         'insert on table "b" violates foreign key constraint "f"'),
        ("UPDATE …", 'insert or update on table "b" violates foreign key constraint "f"',
         'update on table "b" violates foreign key constraint "f"'),
        ("DELETE …", 'update or delete on table "a" violates foreign key constraint "f" on table "b"',
         'delete on table "a" violates foreign key constraint "f" on table "b"'),
    ],
)  # fmt: skip
def test_a_foreign_key_says_what_was_done(statement: str, message: str, wanted: str) -> None:
    assert translate_error({"C": "23503", "M": message}, statement)["M"] == wanted


@pytest.mark.parametrize(
    ("message", "detail", "wanted"),
    [
        ("cannot drop table a because other objects depend on it",
         "constraint f on table b depends on table a", '"a" is referenced by foreign key from table "b"'),
        ("cannot drop table a because other objects depend on it",
         "view v depends on table a", 'cannot drop relation "a" because view "v" depends on it'),
        ("cannot drop column c of table a because other objects depend on it",
         "view v depends on column c of table a", 'cannot drop column "c" because view "v" depends on it'),
    ],
)  # fmt: skip
def test_dependencies(message: str, detail: str, wanted: str) -> None:
    made = translate_error({"C": "2BP01", "M": message, "D": detail})
    assert made["M"] == wanted
    assert "D" not in made


def test_a_syntax_error_shows_the_clients_own_text() -> None:
    made = translate_error({"C": "42601", "M": 'syntax error at or near "FRM"'}, "SELECT 1\nFRM t\n+ 2")
    assert made["D"] == "source SQL:\nSELECT 1\nFRM t\n^"
