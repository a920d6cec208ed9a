"""The command line of the cluster: what it prints where, and its exit codes."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pexpect
import psycopg2
import pytest

from cluster.certificates import make

from .conftest import ROOT, Place, connect


@pytest.fixture(scope="module")
def running(lasting: Place) -> Place:
    lasting.start()
    return lasting


# -------------------------------------------------------------------- start, stop, status, url


def test_start_and_stop_say_what_is(place: Place) -> None:
    port = r"127\.0\.0\.1:\d+"
    kind = r"\(embedded: an imitation of CockroachDB v26\.2\.4: PostgreSQL 18\.\d+ behind a front .*\)\."
    assert re.fullmatch(f"The cluster now runs on {port} {kind}\n", place.run("start").stdout)
    assert re.fullmatch(f"The cluster runs already on {port} {kind}\n", place.run("start").stdout)
    assert place.run("stop").stdout == "The cluster is stopped. Its data is kept.\n"
    assert place.run("stop").stdout == "No cluster runs here.\n"


def test_the_root_certificate_of_another_server(running: Place, tmp_path, monkeypatch) -> None:
    """libpq verifies with ~/.postgresql/root.crt if it is there, whatever sslmode=require says."""
    other = tmp_path / "home" / ".postgresql"
    other.mkdir(parents=True)
    make(other / "root.crt", other / "root.key")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    said = running.run("start").stderr
    variable, value = said.splitlines()[-1].removeprefix("  export ").split("=")
    url = running.run("url", "--database", "defaultdb").stdout.strip()
    with pytest.raises(psycopg2.OperationalError, match="certificate verify failed"):
        connect(url)
    monkeypatch.setenv(variable, value)
    connect(url).close()
    assert running.run("start").stderr == ""


@pytest.mark.parametrize("command", [["url"], ["sql", "-e", "SELECT 1"]])
def test_what_needs_a_running_cluster(place: Place, command: list[str]) -> None:
    assert place.refused(*command) == "No cluster runs here. Start it with `python -m cluster start`."
    assert not place.home.exists()


@pytest.mark.parametrize(
    ("arguments", "database"),
    [([], "bank"), (["--database", "defaultdb"], "defaultdb"), (["--database", "a/b c?"], "a%2Fb%20c%3F")],
)
def test_url_prints_nothing_but_the_url(running: Place, arguments: list[str], database: str) -> None:
    said = running.run("url", *arguments)
    assert said.stderr == ""
    assert re.fullmatch(
        rf"cockroachdb://demo:[\w-]{{20,}}@127\.0\.0\.1:\d+/{database}\?sslmode=require\n", said.stdout
    )


def test_the_url_works(running: Place) -> None:
    with connect(running.run("url", "--database", "defaultdb").stdout.strip()) as session:
        session.cursor().execute("SELECT 1")
    session.close()


def test_status_as_json(running: Place) -> None:
    status = running.status()
    assert (status["running"], status["engine"], status["version"]) == (True, "embedded", "v26.2.4")
    assert status["port"] == running.running()["port"]
    assert set(status["pids"]) == {"postgres", "front"}
    assert status["home"] == str(running.home)
    assert "imitation" in status["about"]


def test_status_where_nothing_runs(place: Place) -> None:
    status = place.status()
    assert (status["running"], status["port"], status["pids"]) == (False, None, {})
    assert "not running" in place.run("status").stdout
    assert not place.home.exists()


def test_status_of_a_damaged_cluster(running: Place, kill) -> None:
    kill(running.pids()["front"])
    said = running.run("status").stdout
    assert "damaged: `python -m cluster start` repairs it" in said
    running.start()


def test_status_for_people(running: Place) -> None:
    said = running.run("status").stdout
    for word in ("running", "embedded, an imitation", "v26.2.4", "127.0.0.1:", "postgres", "front", "home"):
        assert word in said


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["start", "--port", "x"]])
def test_wrong_usage(place: Place, arguments: list[str]) -> None:
    said = place.run(*arguments, code=2)
    assert said.stderr.startswith("usage: python -m cluster")
    assert not place.home.exists()


# -------------------------------------------------------------------- sql


TABLE = """\
+----+------+------+---+
| a  | b    | b    | t |
+----+------+------+---+
| 42 | NULL | text | t |
+----+------+------+---+
(1 row)
"""


def test_sql_prints_tables(running: Place) -> None:
    said = running.run("sql", "-e", "SELECT 42 AS a, NULL AS b, 'text' AS b, true AS t")
    assert said.stdout == TABLE
    assert said.stderr == ""


def test_sql_runs_several_statements(running: Place) -> None:
    said = running.run(
        "sql",
        *("-e", "CREATE TABLE several (id INT8 PRIMARY KEY); INSERT INTO several VALUES (1), (2)"),
        *("-e", "SELECT id FROM several ORDER BY id"),
        *("-e", "DROP TABLE several"),
    )
    assert said.stdout.splitlines() == [
        *("CREATE TABLE", "INSERT 0 2"),
        *("+----+", "| id |", "+----+", "| 1  |", "| 2  |", "+----+", "(2 rows)"),
        "DROP TABLE",
    ]


def test_sql_reads_what_is_piped_in(running: Place) -> None:
    assert "| 7 " in running.run("sql", input="SELECT 7 AS n;\n").stdout


def test_sql_stops_at_an_error(running: Place) -> None:
    said = running.run("sql", "-e", "SELECT 1 AS n; SELECT * FROM nowhere", "-e", "SELECT 2 AS n", code=1)
    assert said.stderr == 'ERROR: relation "nowhere" does not exist\nSQLSTATE: 42P01\n'
    assert "| 2 " not in said.stdout


def test_sql_on_an_unknown_database(running: Place) -> None:
    said = running.run("sql", "--database", "nowhere", "-e", "SELECT 1", code=1)
    assert 'database "nowhere" does not exist' in said.stderr
    assert "Traceback" not in said.stderr


def test_the_shell_in_a_terminal(running: Place) -> None:
    environment = os.environ | {"CLUSTER_HOME": str(running.home), "TERM": "dumb", "PAGER": "cat"}
    shell = pexpect.spawn(
        sys.executable, ["-m", "cluster", "sql"], cwd=ROOT, env=environment, encoding="utf-8", timeout=20
    )
    try:
        prompt = f"demo@127.0.0.1:{running.running()['port']}/defaultdb> "
        shell.expect_exact(prompt)
        shell.sendline("SELECT 6 * 7")
        shell.sendline("AS answer;")
        shell.expect(r"\| 42 +\|")
        shell.expect_exact(prompt)
        shell.sendline("\\q")
        shell.expect(pexpect.EOF)
    finally:
        shell.close(force=True)
    assert shell.exitstatus == 0


# -------------------------------------------------------------------- reset, logs


@pytest.mark.parametrize(
    ("answer", "deleted"), [("yes\n", True), ("no\n", False), ("\n", False), ("", False)]
)
def test_reset_asks_first(place: Place, answer: str, deleted: bool) -> None:
    place.start()
    said = place.run("reset", input=answer, code=0 if deleted else 1)
    assert f"deletes the cluster in {place.home} with all its databases" in said.stdout
    assert place.home.exists() is not deleted
    assert bool(place.processes()) is not deleted


def test_reset_of_nothing(place: Place) -> None:
    assert place.run("reset", "--yes").stdout == "There is no cluster here.\n"


def test_logs(running: Place) -> None:
    said = running.run("logs").stdout
    assert f"==> {running.home / 'postgres.log'} <==" in said
    assert "database system is ready to accept connections" in said
    assert f"==> {running.home / 'front.log'} <==" in said


def test_logs_of_nothing(place: Place) -> None:
    assert place.refused("logs").startswith("There are no logs")


def test_logs_follow(running: Place) -> None:
    follower = subprocess.Popen(
        [sys.executable, "-m", "cluster", "logs", "-f"],
        cwd=ROOT,
        env=os.environ | {"CLUSTER_HOME": str(running.home)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert follower.stdout is not None
    try:
        while "ready to accept connections" not in follower.stdout.readline():
            assert follower.poll() is None
        with (running.home / "postgres.log").open("a") as log:
            log.write("a new line\n")
        while follower.stdout.readline() != "a new line\n":
            assert follower.poll() is None
    finally:
        follower.kill()
        follower.wait()
        follower.stdout.close()


def test_a_reader_that_goes_away(running: Place) -> None:
    """`python -m cluster logs | head` ends without a stack trace."""
    done = subprocess.run(
        f"{sys.executable} -m cluster logs | true",
        shell=True,
        cwd=ROOT,
        env=os.environ | {"CLUSTER_HOME": str(running.home)},
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr
    assert "Broken pipe" not in done.stderr
