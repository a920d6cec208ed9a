"""The magics in a shell: what a cell shows, and that it fails when it should."""

import re
import threading
import time

import psutil
import pytest
from IPython.utils.capture import capture_output

import cluster
from course import exercises, sqlmagic
from course.exercises.model import Exercise, NotYet

COLORS = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def cell(shell):
    """Run a cell; gives what it shows as text, and the error (None if it succeeded)."""

    def run(source):
        with capture_output(display=False) as captured:
            result = shell.run_cell(source, store_history=True)
        return COLORS.sub("", captured.stdout), result.error_in_exec or result.error_before_exec

    assert run("%lesson 03")[1] is None
    return run


def test_every_magic_before_a_lesson_says_what_to_do(shell):
    for source in (
        "%alembic heads",
        "%%migration\nx",
        "%%edit a\nx",
        "%sql SELECT 1",
        "%%sql\nSELECT 1",
        "# Your work for 04.1\n%%sql\nSELECT 1",
        "%get_bank",
        "%traffic start",
    ):
        with capture_output(display=False) as captured:
            error = shell.run_cell(source).error_in_exec
        assert "No lesson has begun" in str(error), source
        assert "Traceback" not in captured.stdout and "No lesson has begun" in captured.stdout


def test_traffic_says_what_it_knows(cell):
    assert "Write %traffic start" in str(cell("%traffic go")[1])
    assert "The bank is closed" in str(cell("%traffic watch")[1])
    assert (
        'The app does not start. ProgrammingError: (psycopg2.errors.UndefinedColumn) column "accounts.ba'
        in (
            str(cell("%traffic start")[1])  # the table is this course's, not the bank's
        )
    )


def test_traffic_ends_when_a_lesson_begins(cell, shell):
    cell("%get_bank")
    cell("%sql DROP TABLE accounts")
    cell("%sql CREATE TABLE accounts (id UUID PRIMARY KEY, balance INT8, overdrawn BOOL)")
    cell("%sql INSERT INTO accounts VALUES (gen_random_uuid(), 1), (gen_random_uuid(), 2)")
    traffic = shell.magics_manager.registry["CourseMagics"]._traffic
    assert "The bank is open" in cell("%traffic start")[0]
    assert traffic.running
    assert cell("%lesson 03")[1] is None
    assert not traffic.running


def test_a_migration_that_has_run_is_changed_with_a_warning(cell):
    up = "%%migration\ndef upgrade():\n    op.execute('SELECT {0}')\n\ndef downgrade():\n    pass\n"
    cell("%alembic init alembic")
    cell("%alembic revision -m first --rev-id aaa111")
    assert "already run" not in cell(up.format(1))[0]
    cell("%sql CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
    cell("%sql INSERT INTO alembic_version VALUES ('bbb222')")
    cell("%alembic revision -m second --rev-id bbb222")
    assert "bbb222 has already run on this database" in cell(up.format(1))[0]
    assert "already run" not in cell(up.format(1))[0]  # nothing changes
    behind = cell(up.format(2).replace("%%migration", "%%migration aaa111"))[0]
    assert "-    op.execute('SELECT 1')" in behind and "aaa111 has already run" in behind


def test_alembic_in_a_cell(cell):
    assert "Creating directory alembic ...  done" in cell("%alembic init alembic")[0]
    output, error = cell("%alembic upgrade nowhere")
    assert str(error) == "alembic upgrade nowhere failed with exit code 1"
    assert "NoSuchModuleError" in output and "site-packages" not in output


def test_alembic_of_the_shell_is_the_same_one(cell):
    cell("%alembic init alembic")
    assert cell("!alembic --version")[0].strip() == cell("%alembic --version")[0].strip()


def test_a_variable_in_a_command_is_expanded_as_in_a_shell_command(cell):
    cell("%alembic init alembic")
    cell("name = 'first one'")
    assert "_first_one.py" in cell('%alembic revision -m "{name}"')[0]


def test_writing_a_migration_from_nothing(cell):
    cell("%alembic init alembic")
    assert str(cell("%%migration\ndef upgrade():\n    pass")[1]).startswith("There is no revision yet")
    cell('%alembic revision -m "one"')
    output, error = cell("%%migration\ndef upgrade():\n    op.execute('SELECT 1')\n")
    assert error is None
    assert "-    pass\n+def upgrade():\n+    op.execute('SELECT 1')" in output


def test_edit_in_a_cell_gets_the_text_as_it_is_typed(cell):
    cell("x = y = 'not expanded'")
    assert cell("%%edit notes/plan.txt --before Monday\n{x} $y") == (
        "notes/plan.txt\n+{x} $y\n Monday: accounts\n",
        None,
    )
    assert cell("%%edit notes/plan.txt --replace '{x} $y'\n\n") == (
        "notes/plan.txt\n-{x} $y\n Monday: accounts\n",
        None,
    )
    assert str(cell("%%edit nowhere.txt\nx")[1]).startswith("There is no file nowhere.txt in your workspace.")


def test_the_app_in_the_workspace_is_the_one_that_python_imports(cell):
    cell("%get_bank")
    assert (
        cell("from bank.models import Account; print(Account.__table__.columns.keys())")[0]
        == "['id', 'balance']\n"
    )
    cell('%%edit bank/models.py --after "balance: Mapped[int | None]"\nowner: Mapped[str | None]')
    assert (
        cell("from bank.models import Account; print(Account.__table__.columns.keys())")[0]
        == "['id', 'balance', 'owner']\n"
    )


def test_a_deleted_workspace(cell):
    cell("import shutil, os; shutil.rmtree(os.getcwd())")
    assert str(cell("%alembic heads")[1]) == "The workspace was deleted. To make it again, run: %lesson 03"
    assert cell("%lesson 03")[1] is None
    assert cell("%%edit notes/plan.txt\nx")[1] is None


# ---------------------------------------------------------------- SQL


def test_rows_are_a_table_and_a_variable(cell, shell):
    output, error = cell("%sql SELECT id, id > 5 AS big, NULL AS nothing FROM accounts")
    assert error is None
    assert "|  1 | false | NULL    |" in output and output.endswith("(1 row)\n")
    cell("%sql found << SELECT * FROM accounts")
    assert shell.user_ns["found"].DataFrame().to_dict("list") == {"id": [1]}


def test_statements_print_what_the_server_says(cell):
    output, _ = cell(
        "%%sql\n-- a comment\nCREATE TABLE t (id INT8 PRIMARY KEY);\nINSERT INTO t VALUES (1), (2);\n"
        "SELECT * FROM t;\nDELETE FROM t"
    )
    assert [line for line in output.splitlines() if not line.startswith(("+", "|"))] == [
        "CREATE TABLE",
        "INSERT 0 2",
        "(2 rows)",
        "DELETE 2",
    ]


def test_each_query_of_a_cell_is_shown(cell):
    assert cell("%%sql\nSELECT 1 AS first;\nSELECT 2 AS second")[0].count("(1 row)") == 2


def test_text_is_sent_as_it_is_typed_but_for_known_names(cell):
    cell("wanted = 1; limit = 5")
    assert (
        "| 1 | {limit} | $wanted |"
        in cell("%%sql\nSELECT id AS a, '{limit}' AS b, '$wanted' AS c FROM accounts WHERE id = :wanted")[0]
    )


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("SELECT * FROM nowhere", r'ERROR: relation "nowhere" does not exist \(SQLSTATE 42P01\)'),
        (
            "INSERT INTO accounts VALUES (1)",
            r"ERROR: duplicate key value .* \"accounts_pkey\" \(SQLSTATE 23505\)(\nDETAIL: .*)?",
        ),
        ("SELEC 1", r"ERROR: .*syntax error.* \(SQLSTATE 42601\)(\n.*)*"),
    ],
)
def test_an_error_is_the_servers_line_and_fails_the_cell(cell, statement, error):
    output, raised = cell(f"%sql {statement}")
    assert re.fullmatch(error, str(raised))
    assert "sqlalche.me" not in output and "Traceback" not in output
    assert cell("%sql SELECT 1")[1] is None


def test_what_the_server_says_beside_its_answer_is_shown(cell):
    shown, error = cell("%%sql\nBEGIN;\nCREATE TABLE leaf (id INT8 PRIMARY KEY);\nROLLBACK")
    assert error is None
    assert shown.splitlines() == [
        "BEGIN",
        "NOTICE: auto-committing transaction before processing DDL due to autocommit_before_ddl setting",
        "CREATE TABLE",
        "WARNING: there is no transaction in progress",
        "ROLLBACK",
    ]


def test_a_transaction_over_several_cells(cell):
    cell("%%sql\nBEGIN;\nINSERT INTO accounts VALUES (2)")
    assert "(2 rows)" in cell("%sql SELECT * FROM accounts")[0]
    assert cell("%sql ROLLBACK")[0] == "ROLLBACK\n"
    assert "(1 row)" in cell("%sql SELECT * FROM accounts")[0]


def test_an_error_to_practise_with_goes_to_the_statement_of_the_cell(cell):
    cell("%%sql\nSET inject_retry_errors_enabled = true;\nBEGIN")
    assert "40001" in str(cell("%sql SELECT 1")[1])
    assert cell("%sql ROLLBACK")[0] == "ROLLBACK\n"
    cell("%sql SET inject_retry_errors_enabled = false")


def test_a_failed_transaction_stays_failed_until_rollback(cell):
    cell("%%sql\nBEGIN;\nSELECT * FROM nowhere")
    assert "25P02" in str(cell("%sql SELECT 1")[1])
    cell("%sql ROLLBACK")
    assert cell("%sql SELECT 1")[1] is None


def test_an_interrupt_cancels_a_statement_on_the_server(cell, monkeypatch):
    shown, _ = cell("%sql SELECT pg_backend_pid() AS pid")
    backend = psutil.Process(int(re.findall(r"\| (\d+) \|", shown)[0]))

    class Interrupted(sqlmagic.Future):
        """Raises where a signal would, and when: the server is at work, and the cell waits for it."""

        def result(self, timeout=None):
            while "INSERT" not in backend.cmdline()[0]:  # its title says what it runs
                pass
            raise KeyboardInterrupt

    assert "idle" in backend.cmdline()[0]
    started = time.monotonic()
    with monkeypatch.context() as patch:
        patch.setattr(sqlmagic, "Future", Interrupted)
        _, error = cell("%sql INSERT INTO accounts (id) SELECT 7 FROM pg_sleep(60)")
    assert isinstance(error, KeyboardInterrupt) and time.monotonic() - started < 30
    assert cell("%sql SELECT 1")[1] is None


def test_an_interrupt_that_comes_while_the_thread_starts_cancels_too(monkeypatch):
    class Interrupted(threading.Thread):
        def start(self):
            super().start()
            assert begun.wait(30)
            raise KeyboardInterrupt

    begun, canceled, ended = threading.Event(), threading.Event(), threading.Event()

    def work():
        begun.set()
        canceled.wait(30)
        ended.set()

    monkeypatch.setattr(sqlmagic.threading, "Thread", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        sqlmagic._interruptible(work, canceled.set)
    assert ended.is_set()


def test_a_dropped_database_is_found_again_when_it_is_back(cell):
    cell("%sql SELECT 1")
    cell("%%sql\nUSE defaultdb;\nDROP DATABASE bank CASCADE")
    cell("%sql CREATE DATABASE bank")
    cell("%lesson 03")
    assert "(1 row)" in cell("%sql SELECT * FROM accounts")[0]


def test_an_ended_connection_is_opened_again(cell, running):
    cell("%sql SELECT 1")
    cluster.stop(running.home)
    assert str(cell("%sql SELECT 1")[1]).startswith("No cluster answers. To start it")
    cluster.start(running.home)
    assert cell("%sql SELECT 1")[1] is None


def test_no_cluster_and_no_url_are_clear(cell):
    cell("import os; url = os.environ['DATABASE_URL']")
    cell("os.environ['DATABASE_URL'] = 'cockroachdb://demo:x@127.0.0.1:9/bank?sslmode=require'")
    assert str(cell("%sql SELECT 1")[1]).startswith("No cluster answers. To start it")
    cell("del os.environ['DATABASE_URL']")
    assert str(cell("%sql SELECT 1")[1]).startswith("DATABASE_URL is not set.")
    cell("os.environ['DATABASE_URL'] = url.replace('cockroachdb', 'postgresql')")
    assert "Could not determine version" in str(cell("%sql SELECT 1")[1])


def test_alembic_without_a_cluster_says_how_to_start_it(cell):
    nowhere = "cockroachdb://demo:x@127.0.0.1:9/bank?sslmode=require"
    cell("%alembic init alembic")
    line = '"sqlalchemy.url = driver://user:pass@localhost/dbname"'
    assert cell(f"%%edit alembic.ini --replace {line}\nsqlalchemy.url = {nowhere}")[1] is None
    failed, advice, _ = str(cell("%alembic current")[1]).splitlines()
    assert failed == "alembic current failed with exit code 1"
    assert advice.startswith("No cluster answers. To start it")


def test_a_check_without_the_database_says_how_to_make_it(cell):
    cell("%lesson 05")
    cell("%sql DROP DATABASE bank")
    assert cell("%check 05.1")[0] == (
        '✗ 05.1 ERROR: database "bank" does not exist. Make it: %sql CREATE DATABASE bank\n'
        "Or begin the lesson again: run the first cell.\n"
    )


def test_options_of_ipython_sql_still_work(cell):
    assert cell("%sql --connections")[1] is None
    assert cell("%config SqlMagic.displaylimit = 1")[1] is None
    assert "(2 rows, the first 1 are shown)" in cell("%sql SELECT * FROM (VALUES (1), (2)) AS v (n)")[0]


def test_a_database_error_in_a_python_cell_shows_the_cell_and_the_error_only(cell):
    output, error = cell(
        "import os\nfrom sqlalchemy import create_engine, text\n"
        "with create_engine(os.environ['DATABASE_URL']).connect() as connection:\n"
        "    connection.execute(text('SELECT * FROM nowhere'))\n"
    )
    assert type(error).__name__ == "ProgrammingError" and error.__cause__ is not None
    assert "connection.execute(" in output and 'relation "nowhere" does not exist' in output
    assert "site-packages" not in output and "direct cause" not in output


# ---------------------------------------------------------------- exercises


def nothing_done(context):
    if not context.sql("SELECT 1 AS one WHERE EXISTS (SELECT 1 FROM accounts WHERE id = 2)"):
        raise NotYet("There is no account 2 yet.")


def stumble(context):
    raise KeyError("x")


SAMPLE = Exercise(
    number="02.1", task="Make account 2.", check=nothing_done, done="Account 2 is there.",
    hints=("Think.", "Think of INSERT."), solution=("%sql INSERT INTO accounts VALUES (2)", "%sql SELECT 1"),
    untouched="no account 2", wrong=(),
)  # fmt: skip


@pytest.fixture
def sample(monkeypatch):
    """The only exercise that there is."""
    monkeypatch.setattr(exercises, "_names", lambda: ["lesson02"])
    monkeypatch.setattr(exercises, "_of", {"lesson02": (SAMPLE,)}.__getitem__)


def test_check_says_what_is_missing_and_never_fails_the_cell(cell, sample):
    assert cell("%check 2.1") == ("✗ 02.1 There is no account 2 yet.\n", None)
    cell("%sql INSERT INTO accounts VALUES (2)")
    assert cell("%check 02.1") == ("✓ 02.1 Account 2 is there.\n", None)
    cell("%sql DROP TABLE accounts")
    assert cell("%check 02.1") == (
        '✗ 02.1 ERROR: relation "accounts" does not exist (SQLSTATE 42P01)\n',
        None,
    )


def test_hints_come_one_by_one_and_the_last_one_stays(cell, sample):
    assert cell("%hint 02.1")[0] == "Hint 1 of 2: Think.\n"
    last = "Hint 2 of 2: Think of INSERT.\nThat was the last one. %solution 02.1 shows a way to do it.\n"
    assert cell("%hint 02.1")[0] == last
    assert cell("%hint 02.1")[0] == last


def test_the_solution_comes_into_a_new_cell(cell, sample, shell, monkeypatch):
    given = []
    monkeypatch.setattr(shell, "set_next_input", lambda text: given.append(text))
    assert "The next one: %solution 02.1 2" in cell("%solution 02.1")[0]
    assert cell("%solution 02.1 2")[0] == "Cell 2 of 2 is in a new cell below: read it, then run it.\n"
    assert given == list(SAMPLE.solution)
    assert "has 2 cells" in str(cell("%solution 02.1 3")[1])


@pytest.mark.parametrize("magic", ["check", "hint", "solution"])
def test_an_unknown_exercise_names_those_that_there_are(cell, sample, magic):
    assert str(cell(f"%{magic}")[1]) == "Which exercise? Write its number behind it. The exercises are: 02.1."
    for number in ("9.9", "x"):
        assert (
            str(cell(f"%{magic} {number}")[1]) == f"There is no exercise {number}. The exercises are: 02.1."
        )


def test_the_overview(cell):
    output, _ = cell("%course")
    assert "  02  A table (7 min)\n" in output and "%alembic upgrade head" in output


# ---------------------------------------------------------------- whose files


def test_a_cell_of_the_notebook_leaves_nothing_to_set_aside(cell, tmp_path):
    cell("%%edit notes/plan.txt --create\nThis is only tried")
    assert "Set aside" not in cell("%lesson 03")[0]
    cell("%%edit notes/plan.txt --create\nThis is my own")
    assert "Set aside" in cell("%lesson 03")[0]


def test_edit_with_one_percent_sign_says_what_to_write(cell):
    error = cell("%edit plan.txt --create")[1]
    assert str(error) == "Write it with two percent signs, and the text below: %%edit plan.txt --create"
