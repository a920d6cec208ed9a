"""`python -m bank`: create accounts, move money between two of them, delete a few.

Reads the cluster's address from the environment variable DATABASE_URL.
"""

import argparse
import os
import sys
from random import Random
from uuid import UUID

from sqlalchemy import create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy_cockroachdb import run_transaction

from bank.operations import create_accounts, delete_accounts, random_accounts, transfer_half

EXAMPLE = "cockroachdb://demo:<password>@127.0.0.1:26257/bank?sslmode=require"


class BankError(Exception):
    """What went wrong and what to do, in one line for the person at the terminal."""


def main(arguments: list[str] | None = None) -> int:
    """Run the app. Returns the exit code: 0, or 1 after one line on stderr that says what to do."""
    options = _parser().parse_args(arguments)
    try:
        _run(database_url(os.environ.get("DATABASE_URL")), options.accounts, Random(options.seed))
    except BankError as error:
        print(f"bank: {error}", file=sys.stderr)
        return 1
    return 0


def database_url(text: str | None) -> URL:
    """Read DATABASE_URL. Raises BankError when it is missing, no URL, or for another database."""
    if not text:
        raise BankError(f"DATABASE_URL is not set. Set it to the URL of your cluster: {EXAMPLE}")
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise BankError(f"DATABASE_URL is not a URL. It should look like this: {EXAMPLE}") from None
    if url.get_backend_name() != "cockroachdb":
        raise BankError(f"DATABASE_URL begins with {url.drivername}://, but CockroachDB needs cockroachdb://")
    try:
        url.get_dialect()
    except ArgumentError:
        raise BankError(f"no driver serves {url.drivername}://: write cockroachdb:// instead") from None
    return url


def _run(url: URL, count: int, random: Random) -> None:
    session = sessionmaker(create_engine(url, connect_args={"application_name": "bank"}))
    try:
        _work(session, count, random)
    except DBAPIError as error:
        raise BankError(explain(error, url)) from error


def _work(session: sessionmaker[Session], count: int, random: Random) -> None:
    accounts = random_accounts(count, random)
    ids = [account.id for account in accounts]
    source, target = random.sample(ids, 2)
    doomed = random.sample(ids, min(5, count))

    print("Creating new accounts...")
    run_transaction(session, lambda s: create_accounts(s, accounts))
    for account in accounts:
        print(f"Created new account with id {account.id} and balance {account.balance}.")

    moved = run_transaction(session, lambda s: transfer_half(s, source, target))
    print("Random account balances:")
    _print_balances(source, moved.source_before, target, moved.target_before)
    print(f"Transferring {moved.amount} from account {source} to account {target}...")
    print("Transfer complete.")
    print("New balances:")
    _print_balances(source, moved.source_after, target, moved.target_after)

    print("Deleting existing accounts...")
    run_transaction(session, lambda s: delete_accounts(s, doomed))
    for account_id in doomed:
        print(f"Deleted account {account_id}.")


def _print_balances(source: UUID, source_balance: int, target: UUID, target_balance: int) -> None:
    print(f"Account {source}: {source_balance}")
    print(f"Account {target}: {target_balance}")


def explain(error: DBAPIError, url: URL) -> str:
    """Say in one line what an error of the database means for the app and what to do about it."""
    code = getattr(error.orig, "pgcode", None)
    message = str(error.orig).strip().partition("\n")[0] or type(error.orig).__name__
    if code == "42P01":
        return f"{message}: the table is not there yet. Create it with: alembic upgrade head"
    if code == "42703":
        return f"{message}: the table is older than the app. Migrate it with: alembic upgrade head"
    if "password authentication failed" in message:
        return f"the cluster refuses user {url.username}: check user and password in DATABASE_URL"
    if code == "3D000" or ("database" in message and "does not exist" in message):
        return f"there is no database {url.database}. Create it with: CREATE DATABASE {url.database};"
    if error.connection_invalidated or code is None:
        return f"no cluster answers at {url.host}:{url.port}. Is it running, and is DATABASE_URL its URL?"
    return f"{message} (SQLSTATE {code})"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bank", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--accounts", type=_at_least_two, default=100, help="how many accounts to create (default: 100)"
    )
    parser.add_argument("--seed", type=int, help="choose the same random accounts on every run")
    return parser


def _at_least_two(text: str) -> int:
    if not text.isdecimal() or int(text) < 2:
        raise argparse.ArgumentTypeError(f"{text} is no number of accounts: a transfer needs at least 2")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
