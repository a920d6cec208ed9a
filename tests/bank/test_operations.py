"""The bank's operations, on a session without a server: SQLite knows all that they need."""

from random import Random
from uuid import UUID

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from bank.models import Account, Base
from bank.operations import (
    AccountNotFound,
    NewAccount,
    create_accounts,
    delete_accounts,
    random_accounts,
    transfer_half,
)

ANNA, BERT, CARL = (UUID(int=number) for number in (1, 2, 3))


@pytest.fixture
def session():
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine, tables=[Account.__table__])  # the only one that they use
    with Session(engine) as session:
        create_accounts(session, [NewAccount(ANNA, 101), NewAccount(BERT, 7), NewAccount(CARL, -1)])
        session.commit()
        yield session


def balances(session):
    return {account.id: account.balance for account in session.scalars(select(Account))}


def test_a_transfer_moves_half_rounded_down_and_keeps_the_sum(session):
    transfer = transfer_half(session, ANNA, BERT)
    session.commit()
    assert (transfer.amount, transfer.source_after, transfer.target_after) == (50, 51, 57)
    assert balances(session) == {ANNA: 51, BERT: 57, CARL: -1}


@pytest.mark.parametrize(("source", "target"), [(UUID(int=9), BERT), (ANNA, UUID(int=9))])
def test_a_transfer_with_a_missing_account_changes_nothing(session, source, target):
    with pytest.raises(AccountNotFound, match="there is no account 00000000-0000-0000-0000-000000000009"):
        transfer_half(session, source, target)
    session.rollback()
    assert balances(session) == {ANNA: 101, BERT: 7, CARL: -1}


def test_a_transfer_from_an_account_without_balance_is_refused(session):
    session.get(Account, ANNA).balance = None
    with pytest.raises(AccountNotFound, match="has no balance"):
        transfer_half(session, ANNA, BERT)


def test_delete_passes_over_what_is_gone(session):
    delete_accounts(session, [ANNA, UUID(int=9)])
    session.commit()
    assert set(balances(session)) == {BERT, CARL}


def test_the_database_computes_overdrawn(session):
    assert {a.id: a.overdrawn for a in session.scalars(select(Account))} == {
        ANNA: False,
        BERT: False,
        CARL: True,
    }


def test_a_seed_repeats_the_same_accounts():
    assert random_accounts(5, Random(7)) == random_accounts(5, Random(7))
    assert random_accounts(5, Random(7)) != random_accounts(5, Random(8))
    assert all(account.id.version == 4 for account in random_accounts(5, Random(7)))
