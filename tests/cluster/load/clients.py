"""Clients that move money, read the sum and change the schema, all at once; and what they met."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import AsyncConnection

from tests.cluster.load.books import ACCOUNTS, TOTAL

PATIENCE = 60.0
"""Seconds that anything may take before it counts as hanging."""

# What a deployment does while the bank is open.
MIGRATIONS = [
    "ALTER TABLE accounts ADD COLUMN note STRING",
    "CREATE INDEX transfers_target_idx ON transfers (target)",
    "ALTER TABLE accounts ADD COLUMN limit_ INT8 NOT NULL DEFAULT 0",
    "CREATE INDEX accounts_balance_idx ON accounts (balance DESC) WHERE balance > 10",
    "ALTER TABLE transfers ADD COLUMN at TIMESTAMPTZ DEFAULT now()",
    "ALTER TABLE accounts RENAME COLUMN note TO remark",
    "DROP INDEX accounts@accounts_balance_idx",
    "ALTER TABLE accounts ALTER COLUMN remark SET DEFAULT 'none'",
    "ALTER TABLE accounts ADD CONSTRAINT enough CHECK (balance > -1)",
    "COMMENT ON TABLE accounts IS 'changed while it is used'",
    "ALTER TABLE accounts DROP COLUMN remark",
    "DROP INDEX transfers_target_idx",
    "ALTER TABLE accounts DROP CONSTRAINT enough",
    "ALTER TABLE transfers DROP COLUMN at",
    "ALTER TABLE accounts DROP COLUMN limit_",
]


MOST_TRIES = 200
# CockroachDB says this too (cockroachdb/cockroach#164406): who has prepared SELECT * connects anew.
STALE = "cached plan must not change result type"
RETRIED = (psycopg.errors.SerializationFailure, psycopg.errors.FeatureNotSupported)


class Hangs(Exception):
    """Something took longer than PATIENCE."""


class Stale(Exception):
    """What was prepared does not fit the table any more."""


class Lost(Exception):
    """The connection is gone; what was under way may have been committed or not."""


@dataclass
class Report:
    """What the clients met. retries: 40001 by the words behind its start. errors: everything else."""

    committed: int = 0
    sums: int = 0
    migrations: int = 0
    reconnects: int = 0
    longest: float = 0.0
    retries: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    started: float = field(default_factory=time.monotonic)

    def __str__(self) -> str:
        seconds = time.monotonic() - self.started
        lines = [
            f"{self.committed} transfers in {seconds:.0f} s ({self.committed / seconds:.0f} a second), "
            f"{sum(self.retries.values())} retries, {self.sums} sums read, {self.migrations} schema changes, "
            f"{self.reconnects} reconnects; the longest wait {self.longest:.1f} s",
            *(f"  retried {count}: {words}" for words, count in self.retries.most_common()),
            *(f"  ERROR {count}: {words}" for words, count in self.errors.most_common()),
            *(f"  WRONG: {words}" for words in self.wrong[:10]),
        ]
        return "\n".join(lines)

    def sound(self) -> bool:
        """Whether nothing was wrong and no error but 40001 came."""
        return not self.wrong and not self.errors


class Bank:
    """The clients, on the database behind url() (asked for anew at each connection)."""

    def __init__(self, url: Callable[[], str], *, faults: bool = False, ledger: Path | None = None) -> None:
        self.url = url
        self.faults = faults  # whether connections may be lost
        self.ledger = ledger
        self.report = Report()
        self.stop = asyncio.Event()
        self._names = itertools.count(1)

    async def run(
        self,
        clients: int,
        seconds: float,
        *,
        seed: int = 1,
        meanwhile: Callable[[], Awaitable[None]] | None = None,
    ) -> Report:
        """Let them work for so long. Raises Hangs."""
        async with asyncio.TaskGroup() as group:
            for number in range(clients):
                group.create_task(self._again(self._transfers, random.Random(f"{seed} {number}")))
            group.create_task(self._again(self._read, random.Random(seed)))
            group.create_task(self._again(self._migrate, random.Random(seed)))
            if meanwhile is not None:
                await meanwhile()
            await asyncio.sleep(seconds)  # the load itself, not a wait for something
            self.stop.set()
        return self.report

    # -- the kinds of client

    async def _transfers(self, session: AsyncConnection, dice: random.Random) -> None:
        """Transfer after transfer, retried in one of the two ways until it is committed."""
        while not self.stop.is_set():
            name = f"t{next(self._names)}"
            move = self._protocol if dice.random() < 0.5 else self._plain
            self.report.unknown.add(name)
            started = time.monotonic()
            await move(session, dice, name)
            self.report.longest = max(self.report.longest, time.monotonic() - started)
            if self.ledger is not None:
                with self.ledger.open("a", encoding="utf-8") as book:
                    book.write(name + "\n")
            self.report.unknown.discard(name)
            self.report.committed += 1

    async def _back_off(self, dice: random.Random, tries: int) -> None:
        """docs, "Client-side retry handling": longer with each try."""
        if tries > MOST_TRIES:
            raise Hangs(f"a transfer was tried {tries} times: {self.report}")
        await asyncio.sleep(dice.random() * min(0.5, 0.002 * 2 ** min(tries, 10)))

    async def _plain(self, session: AsyncConnection, dice: random.Random, name: str) -> None:
        """ROLLBACK and all again (docs, "Client-side retry handling")."""
        for tries in itertools.count():
            try:
                await self._do(session, "BEGIN")
                await self._move(session, dice, name)
                await self._do(session, "COMMIT")
            except RETRIED as conflict:
                self._note(conflict)
                await self._do(session, "ROLLBACK")
                await self._back_off(dice, tries)
            else:
                return

    async def _protocol(self, session: AsyncConnection, dice: random.Random, name: str) -> None:
        """The savepoint protocol (docs, "Advanced client-side transaction retries")."""
        await self._do(session, "BEGIN")
        await self._do(session, "SAVEPOINT cockroach_restart")
        for tries in itertools.count():
            try:
                await self._move(session, dice, name)
                await self._do(session, "RELEASE SAVEPOINT cockroach_restart")
            except RETRIED as conflict:
                self._note(conflict)
                await self._do(session, "ROLLBACK TO SAVEPOINT cockroach_restart")
                await self._back_off(dice, tries)
            else:
                await self._do(session, "COMMIT")
                return

    async def _move(self, session: AsyncConnection, dice: random.Random, name: str) -> None:
        source, target = dice.sample(range(1, ACCOUNTS + 1), 2)
        amount = dice.randrange(1, 50)
        rows = await self._do(session, "SELECT * FROM accounts WHERE id = %s", source)
        [[balance]] = await self._do(session, "SELECT balance FROM accounts WHERE id = %s", source)
        if rows[0][:2] != (source, balance):
            self.report.wrong.append(f"account {source}: {rows} and {balance} in one transaction")
        amount = min(amount, balance)
        if dice.random() < 0.5:
            await self._do(
                session, "UPDATE accounts SET balance = %s WHERE id = %s", balance - amount, source
            )
        else:
            await self._do(
                session, "UPDATE accounts SET balance = balance - %s WHERE id = %s", amount, source
            )
        await self._do(session, "UPDATE accounts SET balance = balance + %s WHERE id = %s", amount, target)
        await self._do(
            session,
            "INSERT INTO transfers (id, source, target, amount) VALUES (%s, %s, %s, %s)",
            *(name, source, target, amount),
        )

    async def _read(self, session: AsyncConnection, dice: random.Random) -> None:
        """The sum, again and again."""
        while not self.stop.is_set():
            try:
                [[total]] = await self._do(session, "SELECT sum(balance)::INT8 FROM accounts")
            except RETRIED as conflict:
                self._note(conflict)
                continue
            self.report.sums += 1
            if total != TOTAL:
                self.report.wrong.append(f"the sum is {total}, not {TOTAL}")

    async def _migrate(self, session: AsyncConnection, dice: random.Random) -> None:
        """The migrations, one by one, over and over: each is alone, or it may commit a half of another."""
        while not self.stop.is_set():
            for statement in MIGRATIONS:
                while not self.stop.is_set():
                    try:
                        await self._do(session, statement)
                    except psycopg.errors.SerializationFailure as conflict:
                        self._note(conflict)
                    except (psycopg.errors.DuplicateColumn, psycopg.errors.DuplicateTable) as error:
                        self._expect_fault(error)
                        break
                    except (psycopg.errors.UndefinedColumn, psycopg.errors.UndefinedObject) as error:
                        self._expect_fault(error)
                        break
                    except psycopg.errors.DuplicateObject as error:
                        self._expect_fault(error)
                        break
                    else:
                        self.report.migrations += 1
                        break

    # -- what they share

    async def _again(
        self, work: Callable[[AsyncConnection, random.Random], Awaitable[None]], dice: random.Random
    ) -> None:
        """Connect, work until told to stop; connect anew when the connection was lost, if faults are on."""
        while not self.stop.is_set():
            try:
                async with self._session(dice) as session:
                    await work(session, dice)
            except Stale:
                self.report.reconnects += 1
            except Lost:
                if not self.faults:
                    self.report.wrong.append("a connection was lost")
                    return
                self.report.reconnects += 1
            except psycopg.Error as error:
                self.report.errors[f"{error.sqlstate}: {error}"] += 1

    @asynccontextmanager
    async def _session(self, dice: random.Random) -> AsyncIterator[AsyncConnection]:
        session = await self._connect(dice)
        try:
            yield session
        finally:
            with suppress(psycopg.Error):
                await session.close()

    async def _connect(self, dice: random.Random) -> AsyncConnection:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return await AsyncConnection.connect(
                    self.url(),
                    autocommit=True,
                    connect_timeout=20,
                    prepare_threshold=dice.choice([0, 5, None]),
                )
            except psycopg.OperationalError as refused:
                if not self.faults or time.monotonic() > deadline:
                    raise Hangs(f"no connection for {PATIENCE:.0f} s: {refused}") from refused
                await asyncio.sleep(0.05)

    async def _do(self, session: AsyncConnection, sql: str, *values: object) -> list[tuple]:
        try:
            async with asyncio.timeout(PATIENCE):
                cursor = await session.execute(sql, values or None)
                return await cursor.fetchall() if cursor.description else []
        except TimeoutError:
            raise Hangs(f"{sql} {values} has not ended in {PATIENCE:.0f} s") from None
        except psycopg.OperationalError as error:
            if session.closed or session.broken:
                raise Lost(str(error)) from error
            raise

    def _note(self, conflict: psycopg.Error) -> None:
        if isinstance(conflict, psycopg.errors.FeatureNotSupported):
            if conflict.diag.message_primary != STALE:
                raise conflict
            self.report.retries[STALE] += 1
            raise Stale from conflict
        words = (conflict.diag.message_primary or "").removeprefix("restart transaction: ")
        if not (conflict.diag.message_primary or "").startswith("restart transaction: "):
            self.report.errors[f"40001 in other words: {conflict}"] += 1
        self.report.retries[words] += 1

    def _expect_fault(self, error: psycopg.Error) -> None:
        """After a fault a migration may have been done already, and not told."""
        if not self.faults:
            raise error
