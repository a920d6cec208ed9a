"""`python -m bank` as a person meets it: what it prints, and its one line when something is wrong."""

import re
import socket

import psycopg2
import pytest


def unused_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.mark.parametrize(
    ("url", "line"),
    [
        (None, "bank: DATABASE_URL is not set. Set it to the URL of your cluster: cockroachdb://"),
        ("", "bank: DATABASE_URL is not set."),
        ("bank", "bank: DATABASE_URL is not a URL."),
        ("cockroachdb://demo@127.0.0.1:port/bank", "bank: DATABASE_URL is not a URL."),
        ("postgresql://demo@127.0.0.1/bank", "bank: DATABASE_URL begins with postgresql://, but CockroachDB"),
        ("nonsense://demo@127.0.0.1/bank", "bank: DATABASE_URL begins with nonsense://, but CockroachDB"),
        ("cockroachdb+nonsense://demo@127.0.0.1/bank", "bank: no driver serves cockroachdb+nonsense://"),
    ],
)
def test_a_wrong_url_is_one_line_and_exit_code_1(run, url, line):
    outcome = run("bank", url=url)
    assert outcome.returncode == 1
    assert outcome.stderr.startswith(line)
    assert outcome.stderr.count("\n") == 1


@pytest.mark.parametrize("count", ["1", "0", "x", "2.5", ""])
def test_too_few_accounts_are_refused_before_anything_is_done(run, count):
    outcome = run("bank", "--accounts", count, url=None)
    assert outcome.returncode == 2
    assert outcome.stderr.endswith(f"{count} is no number of accounts: a transfer needs at least 2\n")


def test_no_cluster_is_one_line_and_exit_code_1(run):
    port = unused_port()
    outcome = run("bank", url=f"cockroachdb://demo:x@127.0.0.1:{port}/bank?sslmode=require")
    assert outcome.returncode == 1
    assert outcome.stderr == (
        f"bank: no cluster answers at 127.0.0.1:{port}. Is it running, and is DATABASE_URL its URL?\n"
    )


def test_no_table_names_the_command_that_makes_it(run, bank):
    outcome = run("bank", url=bank)
    assert outcome.returncode == 1
    assert outcome.stderr == (
        'bank: relation "accounts" does not exist: the table is not there yet.'
        " Create it with: alembic upgrade head\n"
    )


def test_an_older_table_names_the_command_that_migrates_it(run, bank):
    assert run("alembic", "upgrade", "ad72c7ec8b22", url=bank).returncode == 0
    outcome = run("bank", url=bank)
    assert outcome.returncode == 1
    assert re.fullmatch(
        r"bank: column .* does not exist: the table is older than the app\. .*\n", outcome.stderr
    )


def test_no_database_and_wrong_password_are_one_line_each(run, running):
    outcome = run("bank", url=running.url("nowhere"))
    assert (outcome.returncode, outcome.stderr) == (
        1,
        "bank: there is no database nowhere. Create it with: CREATE DATABASE nowhere;\n",
    )
    outcome = run("bank", url=re.sub(r"demo:[^@]*@", "demo:wrong@", running.url("defaultdb")))
    assert (outcome.returncode, outcome.stderr) == (
        1,
        "bank: the cluster refuses user demo: check user and password in DATABASE_URL\n",
    )


def test_it_creates_transfers_and_deletes(run, bank):
    assert run("alembic", "upgrade", "head", url=bank).returncode == 0
    outcome = run("bank", "--seed", "7", url=bank)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    lines = outcome.stdout.splitlines()
    assert lines[0] == "Creating new accounts..."
    created = dict(re.findall(r"Created new account with id (\S+) and balance (\d+)\.", outcome.stdout))
    deleted = re.findall(r"Deleted account (\S+)\.", outcome.stdout)
    assert (len(created), len(deleted)) == (100, 5)
    before, after = re.findall(r"Account (\S+): (\d+)\nAccount (\S+): (\d+)", outcome.stdout)
    assert before[1] == created[before[0]]
    amount = int(re.search(r"Transferring (\d+) from", outcome.stdout)[1])
    assert amount == int(before[1]) // 2
    assert (int(after[1]), int(after[3])) == (int(before[1]) - amount, int(before[3]) + amount)

    connection = psycopg2.connect(bank.replace("cockroachdb://", "postgresql://"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT id::STRING, balance FROM accounts")
        stored = dict(cursor.fetchall())
    connection.close()
    expected = {key: int(balance) for key, balance in created.items()}
    expected |= {after[0]: int(after[1]), after[2]: int(after[3])}
    assert stored == {key: balance for key, balance in expected.items() if key not in deleted}


def test_a_seed_prints_the_same_twice(run, bank):
    assert run("alembic", "upgrade", "head", url=bank).returncode == 0
    first = run("bank", "--seed", "7", "--accounts", "4", url=bank).stdout
    with_seed_8 = run("bank", "--seed", "8", "--accounts", "4", url=bank).stdout
    assert run("alembic", "downgrade", "base", url=bank).returncode == 0
    assert run("alembic", "upgrade", "head", url=bank).returncode == 0
    assert run("bank", "--seed", "7", "--accounts", "4", url=bank).stdout == first != with_seed_8
