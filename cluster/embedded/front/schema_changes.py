"""Schema changes inside an explicit transaction, with autocommit_before_ddl off.

A table that was made in the transaction may be changed as one likes. On an older one CockroachDB only begins
the change: what is added cannot be used before the commit, and what the rows refuse is found out after it,
when the rest is committed already (XXA00). PostgreSQL does it at once; so the tables are looked at before and
after, and what may not be seen yet is refused by name. Sources: docs "Online schema changes" (within
transactions); logic tests schema_change_in_txn, partial_txn_commit, schema_locked; pkg/sql/conn_executor.go
(handleErr).
"""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cluster.embedded.dialect import Job, Refusal, Statement, translate_error
from cluster.embedded.dialect.model import unsupported
from cluster.embedded.dialect.unimplemented import unimplemented
from cluster.embedded.front import wire

if TYPE_CHECKING:
    from cluster.embedded.front.port import Request, Step
    from cluster.embedded.front.session import Session

# What the rows of a table refuse: uniqueness, NOT NULL, a check, a foreign key.
_ROWS = frozenset({"23505", "23502", "23514", "23503"})
_SAVEPOINT = '"\x01schema_change"'
_LOCKED = (
    'this schema change is disallowed because table "{0}" is locked and this operation cannot automatically '
    "unlock the table"
)
_LOCKED_DETAIL = (
    "To unlock the table, execute `ALTER TABLE {0} SET (schema_locked = false);`\n"
    "After the schema change completes, we recommend setting it back to true with "
    "`ALTER TABLE {0} SET (schema_locked = true);`"
)
_UNLOCKING = (
    '"schema_locked" can only be set/reset on its own without other parameters in a single-statement '
    "implicit transaction."
)
_FAILED_HINT = (
    "Some of the non-DDL statements may have committed successfully, "
    "but some of the DDL statement(s) failed.\n"
    "Manual inspection may be required to determine the actual state of the database.\n--\n"
    "See: https://go.crdb.dev/issue-v/42061/v26.2"
)
_OF_TABLES = ("ALTER TABLE ", "ALTER INDEX ", "CREATE ", "DROP INDEX ", "DROP TABLE ", "TRUNCATE ")
# What a locked table is said to bear even there, since v25.3 (cockroachdb/cockroach#144589; but #166246
# says it bears nothing): renames, storage parameters, VALIDATE CONSTRAINT, a few changes of columns.
# So they are refused.
_MINOR = re.compile(
    r"ALTER INDEX |ALTER TABLE (?:IF EXISTS )?\S+ (?:RENAME |SET |RESET |VALIDATE "
    r"|ALTER COLUMN \S+ (?:SET ON UPDATE|DROP ON UPDATE|DROP NOT NULL|SET (?:NOT )?VISIBLE|DROP STORED))"
)


_ALTERED = re.compile(r"ALTER TABLE (?:IF EXISTS )?(\S+) ")


@dataclass(slots=True)
class Table:
    """A table as crdb_catalog.shape() gives it."""

    schema: str
    name: str
    columns: int
    locked: bool
    indexes: frozenset[str]
    constraints: frozenset[str]
    rest: str


@dataclass(slots=True)
class Changes:
    """The schema changes of one transaction.

    before: the tables as they were, by their id. pending: the columns that are being added, by table.
    adding: indexes and constraints that are being added: name and what it is (UNIQUE is both). failing: the
    error that the commit will end in. last: the tables as they were before the last change. touched: the
    older tables that it changed.
    """

    before: dict[str, Table]
    last: dict[str, Table] = field(default_factory=dict)
    pending: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    adding: dict[str, str] = field(default_factory=dict)
    failing: dict[str, str] | None = None
    failing_job: Job | None = None
    touched: list[str] = field(default_factory=list)

    def barred(self, statement: Statement) -> bytes | None:
        """The error of a statement that uses what is being added."""
        if not self.pending:
            return None
        sql = statement.sql
        if "crdb_catalog." in sql and (statement.tag or "").startswith("SHOW"):
            return wire.refusal(unsupported("SHOW while a column is being added in the same transaction"))
        for (_, table), columns in self.pending.items():
            if _mentions(sql, table):
                for column in columns:
                    if _mentions(sql, column):
                        return wire.error("42P10", f'column "{column}" is being backfilled')
        return None

    def of_job(self, job: Job) -> tuple[str, ...] | None:
        """The tables that a change has a job for each; (): one of its own; None: none, as the table is new.

        Source: pkg/sql/table.go, createOrUpdateSchemaChangeJob (one record a table, none for a new one).
        """
        if self.touched:
            return tuple(self.touched)
        tables = job.description.startswith(_OF_TABLES)
        older = any(f".{old.schema}.{old.name}" in job.description for old in self.before.values())
        return None if tables and not older else ()

    def locked(self, job: Job | None) -> Table | None:
        """The older, locked table that this ALTER TABLE names.

        The lock is looked at before what is to be changed (pkg/sql/alter_table.go,
        checkSchemaChangeIsAllowed).
        """
        if job is None or _MINOR.match(job.description) or not (named := _ALTERED.match(job.description)):
            return None
        older = (old for old in self.before.values() if named[1].endswith(f".{old.schema}.{old.name}"))
        return next((old for old in older if old.locked), None)

    def unfinished(self, statement: Statement) -> bytes | None:
        """The error of a schema change of what is being added: what drops it has words of its own.

        55000 for an index and a column (pkg/sql/drop_index.go, alter_table.go), 0A000 for a constraint
        (pkg/sql/catalog/tabledesc/structured.go, DropConstraint and RenameConstraint). Others are refused.
        """
        sql = statement.sql
        for name, what in self.adding.items():
            if not _mentions(sql, name):
                continue
            busy = f'{what} "{name}" in the middle of being added, try again later'
            if what == "index" and "crdb_catalog.drop_indexes(" in sql:
                return wire.error("55000", busy)
            if what == "constraint" and re.search(r"\bcrdb_catalog\.(drop|rename)_constraint\(", sql):
                return wire.refusal(unimplemented(busy, 42844))
            return wire.refusal(unsupported(f"changing a {what} that the same transaction adds"))
        for column in (column for columns in self.pending.values() for column in columns):
            if re.search(rf'\bDROP COLUMN (IF EXISTS )?"?{re.escape(column)}\b', sql, re.IGNORECASE):
                return wire.error("55000", f'column "{column}" in the middle of being added, try again later')
            if re.search(rf"\b(rename|alter)[_ ]column\b.*\b{re.escape(column)}\b", sql, re.I | re.DOTALL):
                return wire.refusal(unsupported("changing a column that the same transaction adds"))
        return None


def _mentions(sql: str, name: str) -> bool:
    return re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", sql, re.IGNORECASE) is not None


def change(session: Session, statement: Statement) -> Step:
    """Run a schema change in the open transaction, and say its tag."""
    transaction = session.transaction
    assert transaction is not None
    level = yield from session.hidden("SELECT current_setting('transaction_isolation')")
    if level.rows == [["read committed"]]:
        return wire.refusal(unsupported("a schema change in a READ COMMITTED transaction"))
    cursors = yield from session.hidden(
        "SELECT count(*) FROM pg_catalog.pg_cursors WHERE NOT is_holdable AND statement LIKE 'DECLARE %'"
    )
    if any(row != ["0"] for row in cursors.rows):
        return wire.refusal(unsupported("a schema change in a transaction with open cursors"))
    if transaction.changes is None:
        transaction.changes = Changes((yield from _shape(session)))
    changes = transaction.changes
    if changes.failing is not None:
        return wire.refusal(unsupported("a schema change after one that the table's rows refuse"))
    if (error := changes.unfinished(statement)) is not None:
        return error
    session.say(*(wire.notice(said) for said in statement.notices))
    yield from session.hidden(f"SAVEPOINT {_SAVEPOINT}")
    # For what CockroachDB refuses in an explicit transaction only; it ends with the transaction.
    yield from session.hidden("SET LOCAL crdb.explicit = on")
    captured = yield from session.hidden(statement.sql)
    if captured.error is not None:
        return (yield from _refused(session, statement, captured.error))
    yield from session.hidden(f"RELEASE SAVEPOINT {_SAVEPOINT}")
    error = yield from _compare(session, changes, statement)
    if error is not None:
        return error
    if statement.job is not None and (tables := changes.of_job(statement.job)) is not None:
        session.jobs.waits(statement.job, tables)
    session.schema_changed()
    session.know_tables(None)
    session.say(wire.command_complete(statement.tag or captured.tag))
    return None


def _shape(session: Session) -> Generator[Request, Any, dict[str, Table]]:
    captured = yield from session.hidden("SELECT * FROM crdb_catalog.shape()")
    found = {}
    for number, schema, name, columns, locked, indexes, constraints, rest in captured.rows:
        found[str(number)] = Table(
            str(schema),
            str(name),
            int(columns or 0),
            locked == "t",
            frozenset((indexes or "").split("\n")),
            frozenset((constraints or "").split("\n")),
            str(rest),
        )
    return found


def _locked(table: Table) -> bytes:
    name = table.name
    return wire.refusal(Refusal("57000", _LOCKED.format(name), _LOCKED_DETAIL.format(name)))


def _compare(session: Session, changes: Changes, statement: Statement) -> Step:
    """What the change did to tables that are older than the transaction."""
    after = yield from _shape(session)
    earlier, changes.last = changes.before | changes.last, after
    changes.touched = []
    for number, old in changes.before.items():
        new = after.get(number)
        if new is None:
            if old.locked:
                return wire.refusal(unsupported("dropping a locked table in an explicit transaction"))
            continue
        if new.locked != old.locked:
            return wire.error("22023", _UNLOCKING)
        if (new.rest, new.indexes, new.constraints) == (old.rest, old.indexes, old.constraints):
            continue
        if old.locked:
            if statement.job is None or _MINOR.match(statement.job.description):
                return wire.refusal(unsupported("such a change of a locked table in an explicit transaction"))
            return _locked(old)
        if new != earlier[number]:
            changes.touched.append(number)
        indexes, constraints = new.indexes - old.indexes, new.constraints - old.constraints
        changes.adding |= dict.fromkeys(indexes - constraints, "index")
        changes.adding |= dict.fromkeys(constraints - indexes, "constraint")
        changes.adding |= dict.fromkeys(indexes & constraints, "unique constraint")
        if new.columns > old.columns:
            captured = yield from session.hidden(
                "SELECT attname FROM pg_catalog.pg_attribute"  # noqa: S608
                f" WHERE attrelid = {number} AND attnum > {old.columns} AND NOT attisdropped"
            )
            columns = {str(row[0]) for row in captured.rows}
            changes.pending[new.schema, new.name] = columns
    return None


def _refused(session: Session, statement: Statement, fields: dict[str, str]) -> Step:
    """A change that failed: now, or (it is the rows that refuse it) only once the rest is committed."""
    transaction = session.transaction
    assert transaction is not None and transaction.changes is not None
    changes = transaction.changes
    if (locked := changes.locked(statement.job)) is not None:
        return _locked(locked)
    if fields.get("C") not in _ROWS:
        return session.translated(fields)
    where = fields.get("s", ""), fields.get("t", "")
    table = next((each for each in changes.before.values() if (each.schema, each.name) == where), None)
    if table is None:  # made in this transaction, and so changed at once
        return session.translated(fields)
    if table.locked:
        return _locked(table)
    if changes.pending or changes.adding:
        return wire.refusal(unsupported("a schema change that the rows refuse, after others on such a table"))
    yield from session.hidden(f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}")
    changes.failing, changes.failing_job = fields, statement.job
    session.say(wire.command_complete(statement.tag or ""))
    return None


def failure(session: Session, changes: Changes) -> bytes | None:
    """The error of a commit whose schema change fails afterwards; None where none does."""
    if changes.failing is None:
        return None
    told = translate_error(changes.failing)
    session.jobs.failed(changes.failing_job, told["M"])
    return wire.refusal(
        Refusal(
            "XXA00",
            f"transaction committed but schema change aborted with error: ({told['C']}): {told['M']}",
            told.get("D"),
            _FAILED_HINT,
        )
    )
