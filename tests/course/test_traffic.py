"""`%traffic`: the app at work beside everything else, and what is said of it."""

import contextlib
import re
import time
import xml.etree.ElementTree as ElementTree

import psutil
import pytest

from course import commands, database
from course.errors import CourseError
from course.replay import run_cell
from course.runner import Runner
from course.traffic.control import Traffic
from course.traffic.picture import svg
from course.traffic.record import MOVE, OPEN, Attempt, Mark, Record, facts, letter

NO_CURRENCY = ("23502", 'null value in column "currency" violates not-null constraint')


def recorded():
    """Two seconds: all is well, then a mark, then accounts cannot be opened."""
    record = Record(100.0)
    record.attempts = [Attempt(MOVE, 100 + n / 50, 0.01, 1 + (n == 7)) for n in range(100)]
    record.attempts += [Attempt(OPEN, 101 + n / 50, 0.02, 1, NO_CURRENCY) for n in range(50)]
    record.marks = [Mark(101.0, "upgrade: add <currency>")]
    return record


# ---------------------------------------------------------------- the record


def test_the_table_has_a_row_for_each_phase():
    columns, rows = recorded().table()
    assert columns[1:6] == ["from here on", "at", "tried", "done", "errors"]
    assert [row[:7] for row in rows] == [
        ["A", "traffic starts", "≈ 0.0 s", "≈ 50", "≈ 50", "none", "≈ 1"],
        ["B", "upgrade: add <currency>", "≈ 1.0 s", "≈ 100", "≈ 50", "≈ 50: 23502", "≈ 0"],
    ]


def test_facts_name_each_kind_and_each_error_once():
    record = recorded()
    assert facts(record.since(101)) == [
        '  open an account   ✗ 23502 null value in column "currency" violates not-null constraint',
        "  move money        no errors",
        "  close an account  no errors",
    ]
    assert facts(record.since(100)[:50])[0].endswith("no errors")


def test_the_words_for_the_chart_hold_no_number_that_varies():
    assert recorded().words().splitlines()[1:] == [
        "  A  traffic starts: none",
        "  B  upgrade: add <currency>: 23502",
    ]


@pytest.mark.parametrize(("number", "name"), [(0, "A"), (25, "Z"), (26, "A2"), (51, "Z2"), (52, "A3")])
def test_marks_have_letters(number, name):
    assert letter(number) == name


# ---------------------------------------------------------------- the picture


@pytest.mark.parametrize("end", [100.0, 100.2, 102.0, 400.0])
def test_the_chart_is_xml_with_words_of_its_own(end):
    tree = ElementTree.fromstring(svg(recorded(), end))
    name = "{http://www.w3.org/2000/svg}"
    assert tree.get("role") == "img"
    assert "add <currency>: 23502" in tree.findtext(f"{name}desc")
    assert "errors: 23502" in [element.text for element in tree.iter(f"{name}text")]


def test_errors_are_bars_with_a_cross():
    crosses = [line for line in svg(recorded(), 102.0).splitlines() if ">×<" in line]
    assert crosses
    quiet = Record(100.0, [Attempt(MOVE, 100.1, 0.01, 1)])
    assert "×" not in svg(quiet, 101.0) and "errors: none" in svg(quiet, 101.0)


def test_a_chart_of_nothing_can_be_drawn():
    ElementTree.fromstring(svg(Record(100.0), 100.0))


# ---------------------------------------------------------------- the app at work


@pytest.fixture
def open_bank(bank):
    """The bank with its app, its table and four accounts; gives the place."""
    run_cell(bank, lambda name: bank.env["DATABASE_URL"], "%get_bank")
    _sql(
        bank,
        "CREATE TABLE accounts (id UUID PRIMARY KEY, balance INT8,"
        " overdrawn BOOL AS (CASE WHEN balance < 0 THEN true ELSE false END) STORED)",
        "INSERT INTO accounts (id, balance)"
        " SELECT gen_random_uuid(), n * 1000 FROM generate_series(1, 4) AS g(n)",
    )
    return bank


@pytest.fixture
def traffic():
    found = Traffic()
    yield found
    found.stop()


def _sql(place, *statements):
    with database.connect(place.env["DATABASE_URL"]) as cursor:
        for statement in statements:
            cursor.execute(statement)


def _totals(place):
    return database.query(place.env["DATABASE_URL"], "SELECT count(*), sum(balance)::INT8 FROM accounts")[0]


def test_it_works_and_leaves_the_bank_as_it_was(open_bank, traffic):
    before = _totals(open_bank)
    traffic.start(open_bank)
    assert traffic.watch().splitlines()[1:] == facts([])
    traffic.stop()
    assert not traffic.running
    assert _totals(open_bank) == before
    assert len(traffic.table()[1]) == 1


def test_other_commands_run_meanwhile_and_revisions_are_marked(open_bank, traffic):
    traffic.start(open_bank)
    commands.run_alembic(open_bank, "init alembic", lambda text: None)
    with traffic.noting(lambda text: None) as write:
        write("INFO  [alembic.runtime.migration] Running upgrade a -> b, add currency\n")
        write("INFO  [alembic.runtime.migration] Running downgrade b -> a, add currency\n")
    traffic.mark("a note")
    traffic.stop()
    assert [row[1] for row in traffic.table()[1]] == [
        "traffic starts",
        "upgrade: add currency",
        "downgrade: add currency",
        "a note",
    ]


def test_what_began_before_a_note_is_over_when_the_note_is_made(open_bank, traffic):
    traffic.start(open_bank)
    traffic.note("the schema changes now")
    [noted] = traffic._record.marks
    assert {teller for (teller, _), began in traffic._app.latest.items() if began >= noted.at} == {0, 1, 2}


def test_errors_of_the_app_are_seen_and_end(open_bank, traffic):
    traffic.start(open_bank)
    _sql(open_bank, "ALTER TABLE accounts ADD COLUMN currency VARCHAR(3) NOT NULL DEFAULT 'EUR'")
    traffic.note("no default any more")
    _sql(open_bank, "ALTER TABLE accounts ALTER COLUMN currency DROP DEFAULT")
    assert traffic.watch().splitlines() == [
        "Since “no default any more”:",
        '  open an account   ✗ 23502 null value in column "currency" violates not-null constraint',
        "  move money        no errors",
        "  close an account  no errors",
    ]
    _sql(open_bank, "ALTER TABLE accounts DROP COLUMN currency")
    traffic.note("gone")
    assert "✗" not in traffic.watch()


def test_a_deployment_brings_the_code_of_now_without_an_error(open_bank, traffic):
    before = _totals(open_bank)
    traffic.start(open_bank)
    traffic.watch()
    operations = open_bank.workspace.path("bank/operations.py")
    operations.write_text(operations.read_text() + "\n\nclass Newer(Exception):\n    pass\n")
    text = operations.read_text().replace(
        "    payer, payee =", '    raise Newer("than before")\n    payer, payee ='
    )
    operations.write_text(text)
    traffic.deploy(open_bank, "newer")
    assert "move money        ✗ Newer than before" in traffic.watch()
    traffic.stop()
    [before_it, after_it] = traffic.table()[1]
    assert before_it[5] == "none" and after_it[1] == "deploy: newer"
    assert _totals(open_bank) == before


def test_an_app_that_does_not_start_says_why_and_the_old_one_stays(open_bank, traffic):
    traffic.start(open_bank)
    open_bank.workspace.path("bank/models.py").write_text("import nothing_of_this_name\n")
    with pytest.raises(CourseError, match=r"does not start\. ModuleNotFoundError: No module named"):
        traffic.deploy(open_bank, "broken")
    assert traffic.running and "✗" not in traffic.watch()
    assert len(traffic.table()[1]) == 1


def test_it_ends_when_the_kernel_does(open_bank):
    before = _totals(open_bank)
    runner = Runner()
    place = commands.Place(open_bank.workspace, open_bank.env, runner)
    traffic = Traffic()
    traffic.start(place)
    traffic.watch()
    [app] = psutil.Process(runner._server).children()
    # What the end of a process does: the fork server goes, and the socket closes.
    runner.close()
    traffic._app._socket.shutdown(2)
    with contextlib.suppress(psutil.NoSuchProcess):
        app.wait(10)
    assert _totals(open_bank) == before


def test_it_ends_when_the_database_is_another_notebooks(open_bank):
    ours = True
    traffic = Traffic(lambda: ours)
    traffic.start(open_bank)
    traffic.watch()
    ours = False
    latest = time.monotonic() + 10
    while traffic.running and time.monotonic() < latest:
        time.sleep(0.01)
    assert not traffic.running
    with pytest.raises(CourseError, match="has ended by itself"):
        traffic.watch()
    traffic.stop()


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (lambda traffic, place: traffic.watch(), "%traffic start"),
        (lambda traffic, place: traffic.deploy(place, "x"), "%traffic start"),
        (lambda traffic, place: traffic.table(), "%traffic start"),
        (lambda traffic, place: traffic.chart(), "%traffic start"),
    ],
)
def test_without_an_app_it_says_what_to_do(traffic, place, ask, answer):
    with pytest.raises(CourseError, match=re.escape(answer)):
        ask(traffic, place)
