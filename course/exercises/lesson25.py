"""The exercises of lesson 25, the capstone: from the inherited bank to the release.

What the bank held stands in inherited.py, what must become of it in delivered.py.
"""

from __future__ import annotations

from .capstone_cells import (
    ADD_BLOCKED,
    ADD_PHONE,
    AGAIN,
    BLOCKED_MODEL,
    CURRENCY,
    DECIMAL,
    DROP_AMOUNT,
    FILL,
    FLOAT,
    INDEX_AMOUNT,
    INDEX_EMAIL,
    MAYBE_BLOCKED,
    MERGE,
    NO_BLOCKED,
    NOT_NULL,
    NULLABLE,
    ONCE,
    TO_PHONES,
    UPGRADE,
    exact,
    follow,
    new,
    phones,
)
from .delivered import currency_everywhere, exact_amounts, one_head, shipped, unique_emails
from .inherited import EXACT, PHONES
from .model import Exercise, Wrong

EXERCISES = (
    Exercise(
        number="25.1",
        task="One head, no revision lost, and alembic_version says nothing that is not true.",
        check=one_head,
        done="One head. What `alembic upgrade head` means is clear again.",
        hints=(
            "Where do the two part? Has either of them run, as far as alembic_version knows?",
            "Lesson 23 unites two branches with one command.",
            "Neither has run anywhere to its end, so one could also come to stand behind the other.",
        ),
        solution=(MERGE,),
        variants=(
            (follow(EXACT, "exact_amounts", PHONES),),
            (follow(PHONES, "phones_and_unique_emails", EXACT),),
        ),
        untouched="The history has 2 heads",
        wrong=(
            # The file that stands in the way, out of the way.
            Wrong(("!rm alembic/versions/5ea00000000b_exact_amounts.py",), "exact amounts, is gone"),
            # Stamping what has not run.
            Wrong((MERGE, "%alembic stamp head"), "and amount is still a FLOAT8"),
            # One more revision is no merge.
            Wrong((f'%alembic revision --head {EXACT} -m "merge"',), "The history has 2 heads"),
            Wrong((f"%alembic stamp {PHONES}", MERGE), "has run, and no email is unique"),
            # Each behind the other.
            Wrong(
                (
                    follow(EXACT, "exact_amounts", PHONES),
                    follow(PHONES, "phones_and_unique_emails", EXACT),
                ),
                "Cycle is detected in revisions",
            ),
        ),
    ),
    Exercise(
        number="25.2",
        task="Each address once, kept so by a unique index; all phone numbers there; the revision noted.",
        check=unique_emails,
        done="Each address once, by an index; and the half-applied revision is a whole one.",
        hints=(
            "Look first: SHOW COLUMNS and SHOW INDEXES of customers. Which of the two steps is there?",
            "The numbers in phone are from this week. Which of lesson 13's three ways out is closed?",
            "Before the index come the doubles: of two customers with one address, one keeps it. "
            f"`%alembic upgrade {PHONES}` runs no further than this revision.",
        ),
        solution=(
            phones(ADD_PHONE.format(AGAIN), f'op.execute("{ONCE}")', INDEX_EMAIL.format(AGAIN)),
            TO_PHONES,
        ),
        variants=(
            # Finished by hand, and told.
            (
                f"%sql {ONCE};",
                "%sql CREATE UNIQUE INDEX ix_customers_email ON customers (email);",
                f"%alembic stamp {PHONES}",
            ),
            # The rows by hand, the steps made repeatable.
            (
                "%sql UPDATE customers SET email = 'ada.2@harbor.example' WHERE id::STRING LIKE '%4';",
                "%sql UPDATE customers SET email = NULL WHERE name = 'C. Kaya';",
                phones(ADD_PHONE.format(AGAIN), INDEX_EMAIL.format("")),
                TO_PHONES,
            ),
        ),
        untouched="2 addresses belong to two customers",
        wrong=(
            # Back to the start, with the numbers.
            Wrong(
                (f"%sql {ONCE};", "%sql ALTER TABLE customers DROP COLUMN phone;", TO_PHONES),
                "3 phone numbers that the clerks had entered are gone",
            ),
            # The doubles deleted.
            Wrong(
                (
                    "%sql DELETE FROM customers WHERE email IN (SELECT email FROM customers GROUP BY email "
                    "HAVING count(*) > 1) AND phone IS NULL;",
                ),
                "customers has lost 2 of its rows",
            ),
            # Both lose the address.
            Wrong(
                (
                    "%sql UPDATE customers SET email = NULL WHERE email IN (SELECT email FROM customers "
                    "GROUP BY email HAVING count(*) > 1);",
                ),
                "belongs to nobody now",
            ),
            Wrong((f"%alembic stamp {PHONES}",), "First 25.1: alembic_version says"),
            Wrong(
                (
                    f"%sql {ONCE};",
                    phones(ADD_PHONE.format(AGAIN), 'op.create_index("ix_mail", "customers", ["email"])'),
                    TO_PHONES,
                ),
                "First 25.1: alembic_version says",
            ),
            Wrong((f"%sql {ONCE};",), "nothing keeps it so"),
        ),
        after=("25.1",),
    ),
    Exercise(
        number="25.3",
        task="transfers.amount is DECIMAL(12,2), each amount as before, its index back, the revision noted.",
        check=exact_amounts,
        done="The amounts are exact, and not a cent is missing.",
        hints=(
            "Run it and read the refusal: what is in the way of the new type?",
            "An index can be made again at any time, so dropping it loses nothing (lesson 17).",
            "Three operations, and three on the way back: downgrade() is refused for the same reason.",
        ),
        solution=(exact(DROP_AMOUNT, DECIMAL, INDEX_AMOUNT), UPGRADE),
        variants=(
            # Add, copy, swap.
            (
                exact(
                    'op.add_column("transfers", sa.Column("exact", sa.Numeric(12, 2)))',
                    'op.execute("UPDATE transfers SET exact = amount WHERE true")',
                    'op.drop_column("transfers", "amount")',
                    'op.alter_column("transfers", "exact", new_column_name="amount", nullable=False)',
                    INDEX_AMOUNT,
                ),
                UPGRADE,
            ),
            # By hand here, by the file elsewhere.
            (
                "%sql DROP INDEX transfers@ix_transfers_amount;",
                "%sql ALTER TABLE transfers ALTER COLUMN amount TYPE DECIMAL(12,2);",
                "%sql CREATE INDEX ix_transfers_amount ON transfers (amount);",
                exact(DROP_AMOUNT, DECIMAL, INDEX_AMOUNT),
                "%alembic stamp head",
            ),
        ),
        untouched="amount is still a FLOAT8",
        wrong=(
            Wrong((exact(DROP_AMOUNT, DECIMAL), UPGRADE), "The index on amount has not come back"),
            # The way up only.
            Wrong(
                (exact(DROP_AMOUNT, DECIMAL, INDEX_AMOUNT, back=(FLOAT,)), UPGRADE),
                "On a new database the way back fails: ",
            ),
            Wrong(
                (exact(DROP_AMOUNT, DECIMAL, INDEX_AMOUNT, back=("pass",)), UPGRADE),
                "Up and down: then transfers.amount is DECIMAL(12,2)",
            ),
            # By hand, and the file as it was.
            Wrong(
                (
                    "%sql DROP INDEX transfers@ix_transfers_amount;",
                    "%sql ALTER TABLE transfers ALTER COLUMN amount TYPE DECIMAL(12,2);",
                    "%sql CREATE INDEX ix_transfers_amount ON transfers (amount);",
                    "%alembic stamp head",
                ),
                "On a new database the way up fails: ",
            ),
            # Exact, and without a place behind the point.
            Wrong(
                (exact(DROP_AMOUNT, DECIMAL.replace("(12, 2)", "(12)"), INDEX_AMOUNT), UPGRADE),
                "two of them behind the point",
            ),
            # A new column in the place of the old one.
            Wrong(
                (
                    exact(
                        'op.drop_column("transfers", "amount")',
                        'op.add_column("transfers", sa.Column("amount", sa.Numeric(12, 2), '
                        'server_default="0", nullable=False))',
                        INDEX_AMOUNT,
                    ),
                    UPGRADE,
                ),
                "the amounts are others than before",
            ),
            Wrong(("%alembic stamp head",), "First 25.1: alembic_version says"),
        ),
        after=("25.1", "25.2"),
    ),
    Exercise(
        number="25.4",
        task="Each account has a currency, EUR where there was none, and the table takes none without.",
        check=currency_everywhere,
        done="Every account has a currency, and every account to come.",
        hints=(
            "Which accounts have none, and which have one that is not EUR?",
            "A revision of your own: first fill, then NOT NULL. One or two revisions, both are right.",
            "WHERE currency IS NULL is the important part of the UPDATE.",
        ),
        solution=(*CURRENCY, UPGRADE),
        variants=(
            (
                *new("fill currency", (FILL.format("currency IS NULL"),), ("pass",)),
                *new("currency is not null", (NOT_NULL,), (NULLABLE,)),
                UPGRADE,
            ),
        ),
        untouched="3 accounts have no currency yet",
        wrong=(
            Wrong((*new("currency", (FILL.format("true"), NOT_NULL), (NULLABLE,)), UPGRADE), "Swiss francs"),
            # A default is for rows to come.
            Wrong(
                (
                    *new(
                        "currency",
                        ('op.alter_column("accounts", "currency", server_default="EUR")',),
                        ('op.alter_column("accounts", "currency", server_default=None)',),
                    ),
                    UPGRADE,
                ),
                "3 accounts have no currency yet",
            ),
            Wrong(
                (*new("currency", (FILL.format("currency IS NULL"),), ("pass",)), UPGRADE),
                "the table still takes one without",
            ),
            Wrong(
                (
                    "%sql UPDATE accounts SET currency = 'EUR' WHERE currency IS NULL;",
                    "%sql ALTER TABLE accounts ALTER COLUMN currency SET NOT NULL;",
                ),
                "the next database would go without",
            ),
            Wrong(
                (
                    "%sql UPDATE accounts SET currency = 'EUR' WHERE currency IS NULL;",
                    *new("currency is not null", (NOT_NULL,), (NULLABLE,)),
                    UPGRADE,
                ),
                "In another database, with an account without a currency: ",
            ),
            Wrong(("%sql DELETE FROM accounts WHERE currency IS NULL;",), "accounts has lost 3 of its rows"),
        ),
        after=("25.1", "25.2", "25.3"),
    ),
    Exercise(
        number="25.5",
        task="No drift: blocked has its place in models and history. Then all is checked once more; ship it.",
        check=shipped,
        done="SHIPPED · Harbor Bank, release 1: one head, no drift, up, down, up, every row and cent kept. "
        "You have brought a broken history home.",
        hints=(
            "`%alembic check` names a column. Who made it, and is it in use?",
            "The column is there to stay. What makes it is missing, in bank/models.py and in the history.",
            "The revision must pass here and on a database without the column: lesson 13 has two ways.",
        ),
        solution=(
            BLOCKED_MODEL,
            *new("blocked accounts", (ADD_BLOCKED.format(AGAIN),), NO_BLOCKED),
            UPGRADE,
        ),
        variants=(
            (BLOCKED_MODEL, *new("blocked", (ADD_BLOCKED.format(""),), NO_BLOCKED), "%alembic stamp head"),
        ),
        untouched="of which no model and no revision knows",
        wrong=(
            # Autogenerate's own answer to drift.
            Wrong(
                (*new("tidy up", NO_BLOCKED, (ADD_BLOCKED.format(""),)), UPGRADE),
                "two customers who were locked out can pay again",
            ),
            # The history knows, the models do not.
            Wrong(
                (*new("blocked", (ADD_BLOCKED.format(AGAIN),), NO_BLOCKED), UPGRADE),
                "of which the model Account does not know",
            ),
            # alembic check is content, and the next database is not.
            Wrong((BLOCKED_MODEL,), "no revision makes it"),
            Wrong((BLOCKED_MODEL, *new("blocked", (ADD_BLOCKED.format(AGAIN),), NO_BLOCKED)), "has not run"),
            # Stamped without a column for the others.
            Wrong(
                (BLOCKED_MODEL, *new("blocked", ("pass  # blocked is there",), ("pass",)), UPGRADE),
                "only in this one: accounts blocked BOOL NO",
            ),
            # Another column than the one that is there.
            Wrong(
                (
                    BLOCKED_MODEL,
                    *new("blocked", (MAYBE_BLOCKED,), NO_BLOCKED),
                    UPGRADE,
                ),
                "A new database would not be like this one",
            ),
        ),
        after=("25.1", "25.2", "25.3", "25.4"),
    ),
)
