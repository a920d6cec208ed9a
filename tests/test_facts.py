"""The facts' runner refuses a file that is not in the format, and finds out a fact that does not hold."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.facts.judge import Refused, Untrue, judge
from tests.facts.sessions import Answer
from tests.facts.slt import FormatError, Record, read

HEAD = "# fact: it is so\n# source: somewhere\n"
ROW = Answer(columns=["k", "v"], oids=[20, 25], rows=[["1", "a b"], ["2", None]], count=2)
REFUSAL = Answer(sqlstate="0A000", error=["EXPLAIN is not supported by the embedded cluster"])
ERROR = Answer(sqlstate="42P01", error=['relation "t" does not exist', "HINT: look"])


def write(tmp_path: Path, text: str) -> Path:
    """A facts file."""
    path = tmp_path / "some.slt"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("statement ok\nSELECT 1\n", "some.slt:1: a record before the first"),
        ("# fact: it is so\nstatement ok\nSELECT 1\n", "needs `# source:`"),
        (HEAD, "a record that shows it"),
        (HEAD + "statement ok\n\n", "no SQL"),
        (HEAD + "statement fine\nSELECT 1\n", "ends in `ok`"),
        (HEAD + "statement error pgcode 42P01\nSELECT 1\n", "needs a pattern"),
        (HEAD + "statement ok\nSELECT 1\n----\n1\n", "only an error without a pattern"),
        (HEAD + "query I\nSELECT 1\n", "no ---- with the results"),
        (HEAD + "query X\nSELECT 1\n----\n1\n", "not a record"),
        (HEAD + "query I sometimes\nSELECT 1\n----\n1\n", "unknown option sometimes"),
        (HEAD + "query II exact\nSELECT 1\n----\n1\n", "for one column"),
        (HEAD + "statement ok\nSELECT 1\n\n" + HEAD + "statement ok\nSELECT 1\n", "sentence of its own"),
        (HEAD + "# embedded: differs\n", "knows only `refuses`"),
    ],
)
def test_a_file_that_is_not_in_the_format_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(FormatError, match=complaint):
        read(write(tmp_path, text))


def test_records_belong_to_their_fact(tmp_path: Path) -> None:
    text = (
        HEAD
        + "# embedded: refuses\nonlyif version 26.2\nquery IT rowsort,colnames\nSELECT 1,\n  2\n----\na b\n"
    )
    [fact] = read(write(tmp_path, text + "\nconnection other user app password pw\n"))
    query, connection = fact.records
    assert (fact.sentence, fact.sources, fact.refused) == ("it is so", ["somewhere"], True)
    assert (query.sql, query.types, query.lines, query.only) == ("SELECT 1,\n  2", "IT", ["a b"], "26.2")
    assert query.options == {"rowsort", "colnames"}
    assert (connection.label, connection.login, connection.only) == ("other", ("app", "pw"), None)


def query(lines: list[str], types: str = "IT", *options: str) -> Record:
    """A query's record."""
    return Record("query", 1, "SELECT", types=types, options=frozenset(options), lines=lines)


def error(sqlstate: str, pattern: str | None = None, lines: list[str] | None = None) -> Record:
    """A record of a statement that fails."""
    return Record("statement", 1, "SELECT", sqlstate=sqlstate, pattern=pattern, lines=lines)


@pytest.mark.parametrize(
    ("record", "answer"),
    [
        (query(["1 a b", "2 NULL"]), ROW),
        (query(["2 NULL", "1 a b"], "IT", "rowsort"), ROW),
        (query(["k v", "1 a b", "2 NULL"], "IT", "colnames"), ROW),
        (query(["a\tb"], "T", "exact"), Answer(columns=["v"], oids=[25], rows=[["a\tb"]])),
        (query(["true ·"], "BT"), Answer(columns=["a", "b"], oids=[16, 25], rows=[["t", ""]])),
        (query(["NOTICE: so"], "T", "noticetrace"), Answer(notices=["NOTICE: so"])),
        (Record("statement", 1, "SELECT", count=2), ROW),
        (error("42P01", "does not"), ERROR),
        (error("42P01", lines=['relation "t" does not exist', "HINT: look"]), ERROR),
    ],
)
def test_what_holds_is_found_true(record: Record, answer: Answer) -> None:
    judge(record, answer, {})


@pytest.mark.parametrize(
    ("record", "answer"),
    [
        (query(["1 a b"]), ROW),
        (query(["2 NULL", "1 a b"]), ROW),
        (query(["1 a b", "2 NULL"], "TT"), ROW),
        (query(["1 a b", "2 NULL"], "ITT"), ROW),
        (query(["v k", "1 a b", "2 NULL"], "IT", "colnames"), ROW),
        (query(["a b"], "T", "exact"), Answer(columns=["v"], oids=[25], rows=[["a\tb"]])),
        (query([], "T", "noticetrace"), Answer(notices=["NOTICE: so"])),
        (query(["1 a b", "2 NULL"]), ERROR),
        (Record("statement", 1, "SELECT"), ERROR),
        (Record("statement", 1, "SELECT", count=1), ROW),
        (error("42P01", "does not"), ROW),
        (error("42703", "does not"), ERROR),
        (error("42P01", "never"), ERROR),
        (error("42P01", lines=['relation "t" does not exist']), ERROR),
    ],
)
def test_what_does_not_hold_is_found_out(record: Record, answer: Answer) -> None:
    with pytest.raises(Untrue):
        judge(record, answer, {})


def test_a_refusal_is_not_an_answer() -> None:
    for record in (query(["1 a b"]), error("42P01", "x"), Record("statement", 1, "SELECT")):
        with pytest.raises(Refused):
            judge(record, REFUSAL, {})


def test_an_address_where_nobody_answers_is_told_in_one_line() -> None:
    url = f"cockroachdb://demo:secret@127.0.0.1:{unused_port()}/defaultdb?sslmode=require"
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/facts/basics", "-q", "-n", "0", "--engine-from-environment"],
        env=os.environ | {"CLUSTER_URL": url},
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in (ended.stdout + ended.stderr).splitlines() if "ERROR" in line]
    assert len(told) == 1
    assert told[0].startswith("ERROR: no cluster answers at CLUSTER_URL")
    assert "unset CLUSTER_URL" in told[0]
    assert "secret" not in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr


def unused_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
