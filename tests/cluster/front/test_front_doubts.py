"""An error that waits for the catalog's answer: nothing overtakes it, and it is not asked for twice."""

from __future__ import annotations

from cluster.embedded.dialect import Settings, translate
from cluster.embedded.front import wire

from .conftest import Rig, split

AMBIGUOUS = {"S": "ERROR", "V": "ERROR", "C": "42702", "M": 'column reference "k" is ambiguous'}
SQL = "SELECT k FROM a, b"


def failing(rig: Rig) -> None:
    rig.postgres.fails[translate(SQL, Settings())[0].sql] = AMBIGUOUS


def messages(rig: Rig) -> list[str]:
    """Of the errors that the client has received."""
    return [wire.parse_fields(payload)["M"] for kind, payload in split(rig.received) if kind == "E"]


def test_the_client_hears_nothing_before_the_answer(rig: Rig) -> None:
    failing(rig)
    assert rig.query(SQL) == []
    assert rig.query("SELECT 1") == []  # what comes after it waits, too
    ((_, answered),) = rig.asked
    answered([["0"], ["1"]])
    assert messages(rig) == ['column reference "k" is ambiguous (candidates: a.k, b.k)']
    assert [kind for kind, _ in split(rig.received)] == ["E", "Z", "C", "Z"]


def test_without_an_answer_the_error_is_sent_as_it_is(rig: Rig) -> None:
    failing(rig)
    rig.query(SQL)
    rig.asked[0][1](None)
    assert messages(rig) == ['column reference "k" is ambiguous']


def test_an_answer_is_kept_until_a_schema_changes(rig: Rig) -> None:
    failing(rig)
    rig.query(SQL)
    rig.asked[0][1]([["0"], ["1"]])
    failing(rig)
    rig.query(SQL)
    assert messages(rig) == ['column reference "k" is ambiguous (candidates: a.k, b.k)']
    assert len(rig.asked) == 1
    rig.session.shared.schema += 1
    failing(rig)
    rig.query(SQL)
    assert len(rig.asked) == 2


def test_what_waits_is_sent_when_it_grows_large(rig: Rig) -> None:
    failing(rig)
    rig.query(SQL)
    rig.session.say(wire.data_row(["x" * (2 << 20)]))
    rig.session.flush()
    assert messages(rig) == ['column reference "k" is ambiguous']
    rig.asked[0][1]([["0"], ["1"]])  # too late


def test_a_session_that_ends_says_what_waits(rig: Rig) -> None:
    failing(rig)
    rig.query(SQL)
    rig.session.fail("57P01", "server is shutting down")
    assert messages(rig) == ['column reference "k" is ambiguous', "server is shutting down"]
