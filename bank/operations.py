"""What the bank does with its accounts. Each function is one transaction, given to `run_transaction`.

CockroachDB may ask a client to run a transaction again, so a function here writes to its session and to
nothing else: what is random is chosen before the transaction, and what is printed is printed after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bank.models import Account


@dataclass(frozen=True)
class NewAccount:
    """An account that is to be created."""

    id: UUID
    balance: int


@dataclass(frozen=True)
class Transfer:
    """Money that was moved, with both balances before and after."""

    source: UUID
    target: UUID
    amount: int
    source_before: int
    target_before: int

    @property
    def source_after(self) -> int:
        return self.source_before - self.amount

    @property
    def target_after(self) -> int:
        return self.target_before + self.amount


class AccountNotFound(LookupError):
    """No account has this id, or it has no balance."""


def random_accounts(count: int, random: Random) -> list[NewAccount]:
    """Choose `count` random ids (UUID version 4) and balances from 0 to 999,999."""
    return [
        NewAccount(UUID(int=random.getrandbits(128), version=4), random.randrange(1_000_000))
        for _ in range(count)
    ]


def create_accounts(session: Session, accounts: Sequence[NewAccount]) -> None:
    """Insert the accounts."""
    session.add_all(Account(id=account.id, balance=account.balance) for account in accounts)


def transfer_half(session: Session, source: UUID, target: UUID) -> Transfer:
    """Move half of the balance of `source`, rounded down, to `target`.

    Raises AccountNotFound when either account is missing or has no balance.
    """
    payer, payee = _account(session, source), _account(session, target)
    transfer = Transfer(source, target, _balance(payer) // 2, _balance(payer), _balance(payee))
    payer.balance = transfer.source_after
    payee.balance = transfer.target_after
    return transfer


def delete_accounts(session: Session, ids: Sequence[UUID]) -> None:
    """Delete the accounts with these ids; an id without an account is passed over."""
    for account in session.scalars(select(Account).where(Account.id.in_(ids))):
        session.delete(account)


def _account(session: Session, account_id: UUID) -> Account:
    account = session.get(Account, account_id)
    if account is None:
        raise AccountNotFound(f"there is no account {account_id}")
    return account


def _balance(account: Account) -> int:
    if account.balance is None:
        raise AccountNotFound(f"account {account.id} has no balance")
    return account.balance
