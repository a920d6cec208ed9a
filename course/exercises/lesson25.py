"""The exercises of lesson 25, the capstone: from the inherited bank to the release."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .cells import migration
from .in_models import MODELS, attribute
from .model import Context, Exercise, NotYet, Wrong
from .rehearsal import SCHEMA, Failed, rehearse, run, scratch
from .revised import maker, refuse_by_hand

THIRD, PHONES, EXACT = "5ea000000003", "5ea00000000a", "5ea00000000b"
MESSAGES = {PHONES: "phones and unique emails", EXACT: "exact amounts"}
ADDRESSES = {"ada@harbour.example", "cem@harbour.example", "dia@harbour.example"}
NUMBERS = {"030 1234", "040 5678", "040 9012"}
AMOUNTS = [Decimal(text) for text in ("0.10", "0.20", "10.35", "99.99", "1234.50")]
CURRENCIES = ["EUR", "EUR", "CHF", "EUR", "EUR", "EUR"]
BALANCES = [1200, 80, 560, 15, 9900, -40]
OF_BEFORE = {"customers": ("c%", 6), "accounts": ("a%", 6), "transfers": ("b%", 5)}


# what each check asks first -----------------------------------------------------------------------------


def _first(number: str, check: Any, context: Context) -> None:
    """Raise NotYet with the number of an earlier exercise that is not done (any more)."""
    try:
        check(context)
    except NotYet as missing:
        said = str(missing)
        raise NotYet(said if said.startswith("First ") else f"First {number}: {said}") from None


def _rows(context: Context) -> None:
    """Raise NotYet if a row of the inherited bank is gone, or its money or owner another."""
    for table, (ids, count) in OF_BEFORE.items():
        [found] = context.sql(f"SELECT count(*) AS rows FROM {table} WHERE id::STRING LIKE '{ids}'")  # noqa: S608
        if found["rows"] < count:
            raise NotYet(
                f"{table} has lost {count - found['rows']} of its rows. Run %inherit to begin again."
            )
    rows = context.sql("SELECT balance, customer_id FROM accounts WHERE id::STRING LIKE 'a%%' ORDER BY id")
    if [row["balance"] for row in rows] != BALANCES or not all(row["customer_id"] for row in rows):
        raise NotYet("An account has another balance or owner than before. Run %inherit to begin again.")


def _noted(context: Context) -> set[str]:
    """The revisions that have run, as alembic_version says."""
    parents = {revision.id: revision.parents for revision in context.revisions()}
    left = {str(row["version_num"]) for row in context.sql("SELECT version_num FROM alembic_version")}
    found: set[str] = set()
    while left:
        one = left.pop()
        found.add(one)
        left |= parents.get(one, frozenset()) - found
    return found


# 25.1 ---------------------------------------------------------------------------------------------------


def one_head(context: Context) -> None:
    """One head, no revision gone, and none noted that has not run."""
    revisions = context.revisions()
    known = {revision.id for revision in revisions}
    for revision, message in MESSAGES.items():
        if revision not in known:
            raise NotYet(f"The revision {revision}, {message}, is gone, and the release needs what it does.")
    heads = known - {parent for revision in revisions for parent in revision.parents}
    if len(heads) != 1:
        raise NotYet(f"The history has {len(heads)} heads: {', '.join(sorted(heads))}.")
    noted = _noted(context)
    if EXACT in noted and context.columns("transfers")["amount"]["data_type"] == "FLOAT8":
        raise NotYet("alembic_version says that `exact amounts` has run, and amount is still a FLOAT8.")
    if PHONES in noted and not _unique(context):
        raise NotYet("alembic_version says that `phones and unique emails` has run, and no email is unique.")


def _unique(context: Context) -> bool:
    indexes = context.indexes("customers")
    unique = {
        row["index_name"] for row in context.sql("SHOW INDEXES FROM customers") if not row["non_unique"]
    }
    return any(columns == ["email"] and name in unique for name, columns in indexes.items())


MERGE = '%alembic merge heads -m "phones and exact amounts"'


def _follow(revision: str, name: str, parent: str) -> str:
    """The cell that puts a revision behind another."""
    return (
        f'%%edit alembic/versions/{revision}_{name}.py --replace "down_revision: str | None"\n'
        f'down_revision: str | None = "{parent}"\n'
    )


# 25.2 ---------------------------------------------------------------------------------------------------


def unique_emails(context: Context) -> None:
    """phone with its numbers, a unique index on email, every address with one customer, and it is noted."""
    _first("25.1", one_head, context)
    _rows(context)
    if "phone" not in context.columns("customers"):
        raise NotYet("customers has no column phone any more, and the clerks had entered numbers.")
    phones = {row["phone"] for row in context.sql("SELECT phone FROM customers")}
    if lost := NUMBERS - phones:
        raise NotYet(
            f"{len(lost)} phone numbers that the clerks had entered are gone. %inherit begins again."
        )
    addresses = [row["email"] for row in context.sql("SELECT email FROM customers WHERE email IS NOT NULL")]
    if lost := ADDRESSES - set(addresses):
        raise NotYet(f"The address {min(lost)} belongs to nobody now: one of the two has to keep it.")
    if twice := len(addresses) - len(set(addresses)):
        raise NotYet(f"{twice} addresses belong to two customers: a unique index is refused.")
    if not _unique(context):
        raise NotYet("Each address stands once, but nothing keeps it so: there is no unique index on email.")
    if PHONES not in _noted(context):
        raise NotYet(f"Column and index are there, and alembic_version does not know that {PHONES} has run.")


ONCE = (
    "UPDATE customers SET email = NULL WHERE EXISTS (SELECT 1 FROM customers AS other "
    "WHERE other.email = customers.email AND other.id < customers.id)"
)
ADD_PHONE = 'op.add_column("customers", sa.Column("phone", sa.String(30)){})'
INDEX_EMAIL = 'op.create_index("ix_customers_email", "customers", ["email"], unique=True{})'
AGAIN = ", if_not_exists=True"
TO_PHONES = f"%alembic upgrade {PHONES}"


def _phones(*lines: str) -> str:
    return f"%%migration {PHONES}\ndef upgrade():\n    " + "\n    ".join(lines) + "\n"


# 25.3 ---------------------------------------------------------------------------------------------------


def exact_amounts(context: Context) -> None:
    """transfers.amount is a DECIMAL(12,2) with all values and its index, and it is noted."""
    _first("25.1", one_head, context)
    _rows(context)
    data_type = str(context.columns("transfers").get("amount", {}).get("data_type"))
    if data_type == "FLOAT8":
        raise NotYet("amount is still a FLOAT8: 0.1 + 0.2 is 0.30000000000000004 there.")
    if data_type != "DECIMAL(12,2)":
        raise NotYet(f"amount is a {data_type}: twelve digits, two of them behind the point, were asked for.")
    rows = context.sql("SELECT amount FROM transfers WHERE id::STRING LIKE 'b%%' ORDER BY id")
    if [row["amount"] for row in rows] != AMOUNTS:
        raise NotYet("The type is right, and the amounts are others than before. %inherit begins again.")
    if ["amount"] not in context.indexes("transfers").values():
        raise NotYet("The index on amount has not come back.")
    if EXACT not in _noted(context):
        raise NotYet(f"The amounts are exact, and alembic_version does not know that {EXACT} has run.")


DROP_AMOUNT = 'op.drop_index("ix_transfers_amount", table_name="transfers")'
INDEX_AMOUNT = 'op.create_index("ix_transfers_amount", "transfers", ["amount"])'
DECIMAL = 'op.alter_column("transfers", "amount", type_=sa.Numeric(12, 2))'
FLOAT = 'op.alter_column("transfers", "amount", type_=sa.Float())'
UPGRADE = "%alembic upgrade head"


def _exact(*lines: str, back: tuple[str, ...] = (DROP_AMOUNT, FLOAT, INDEX_AMOUNT)) -> str:
    return migration(lines, back, EXACT)


# 25.4 ---------------------------------------------------------------------------------------------------


def currency_everywhere(context: Context) -> None:
    """accounts.currency is NOT NULL, EUR where it was empty, else as before; a revision makes it so."""
    _first("25.3", exact_amounts, context)
    column = context.columns("accounts").get("currency")
    if column is None:
        raise NotYet("accounts has no column currency any more.")
    rows = context.sql("SELECT currency FROM accounts WHERE id::STRING LIKE 'a%%' ORDER BY id")
    found = [row["currency"] for row in rows]
    if empty := found.count(None):
        raise NotYet(f"{empty} accounts have no currency yet.")
    if found[2] != "CHF":
        raise NotYet("The account in Swiss francs is not in francs any more: 560 CHF became something else.")
    if found != CURRENCIES:
        raise NotYet("All old accounts without a currency are in euros: EUR.")
    if column["is_nullable"]:
        raise NotYet("Every account has a currency, but the table still takes one without.")
    newer = [item for item in context.revisions() if item.id not in (THIRD, PHONES, EXACT)]
    mine = [item.id for item in newer if "currency" in item.path.read_text().partition("\ndef ")[2]]
    if not mine:
        raise NotYet("No revision of yours sets the currency: the next database would go without.")
    if not _noted(context).issuperset(mine):
        raise NotYet("A revision is written, and alembic_version does not know that it has run.")


FILL = "op.execute(\"UPDATE accounts SET currency = 'EUR' WHERE {}\")"
NOT_NULL = 'op.alter_column("accounts", "currency", existing_type=sa.String(3), nullable=False)'
NULLABLE = 'op.alter_column("accounts", "currency", existing_type=sa.String(3), nullable=True)'


def _new(message: str, up: tuple[str, ...], down: tuple[str, ...]) -> tuple[str, str]:
    return f'%alembic revision -m "{message}"', migration(up, down)


# 25.5 ---------------------------------------------------------------------------------------------------


def shipped(context: Context) -> None:
    """No drift, all of the above, a new database like this one, up and down and up, and the app runs."""
    _first("25.2", unique_emails, context)
    _first("25.4", currency_everywhere, context)
    if "blocked" not in context.columns("accounts"):
        raise NotYet("accounts.blocked is gone: two customers who were locked out can pay again.")
    blocked = context.sql("SELECT id FROM accounts WHERE blocked AND id::STRING LIKE 'a%%'")
    if len(blocked) != 2:
        raise NotYet(f"{len(blocked)} accounts are blocked, and there were 2. %inherit begins again.")
    if attribute(context, "Account", "blocked") is None:
        raise NotYet("accounts has a column blocked of which no model and no revision knows.")
    if maker(context, "blocked") is None or context.revisions()[-1].id in _noted(context):
        refuse_by_hand(context, "blocked", "column")
    else:
        raise NotYet("A revision for the column blocked is written, and has not run.")
    _rehearsal(context)


def _rehearsal(context: Context) -> None:
    """Raise NotYet unless a new database becomes like this one, up, down and up, and the app works there."""
    steps = (("upgrade", "head"), ("schema",), ("downgrade", "base"), ("upgrade", "head"), ("check",))
    try:
        results, stopped = rehearse(context, *steps), ""
    except Failed as failed:
        results, stopped = failed.results, str(failed)
    if not results:
        raise NotYet(f"On a new database the way up fails: {stopped}")
    rows = [list(row.values()) for query in SCHEMA for row in context.sql(query.replace("%", "%%"))]
    here = {" ".join(map(str, row)) for row in rows if not str(row[0]).startswith("alembic_")}
    there = set(results[1])
    if here != there:
        other = min(here ^ there)
        where_is = "only in this one" if other in here else "only in a new one"
        raise NotYet(f"A new database would not be like this one. There is {where_is}: {other}")
    if stopped and len(results) < 4:
        raise NotYet(
            f"On a new database the {('way down', 'second way up')[len(results) - 2]} fails: {stopped}"
        )
    if stopped or run(["-m", "alembic", "check"], context.workspace.root, context.url).returncode:
        raise NotYet("`alembic check` finds a difference between the models and what your history makes.")
    with scratch(context.url) as url:
        run(["-m", "alembic", "upgrade", "head"], context.workspace.root, url)
        app = run(["-m", "bank", "--accounts", "5"], context.workspace.root, url)
    if app.returncode:
        raise NotYet(f"The app does not run: {app.stderr.strip().splitlines()[-1]}")


BLOCKED_MODEL = f"""%%edit {MODELS} --after "currency: Mapped[str]"
blocked: Mapped[bool] = mapped_column(server_default=text("false"))
"""
ADD_BLOCKED = (
    'op.add_column("accounts", sa.Column("blocked", sa.Boolean(), '
    'server_default=sa.text("false"), nullable=False){})'
)
MAYBE_BLOCKED = 'op.add_column("accounts", sa.Column("blocked", sa.Boolean()), if_not_exists=True)'
NO_BLOCKED = ('op.drop_column("accounts", "blocked")',)

CURRENCY = (*_new("every account has a currency", (FILL.format("currency IS NULL"), NOT_NULL), (NULLABLE,)),)

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
            (_follow(EXACT, "exact_amounts", PHONES),),
            (_follow(PHONES, "phones_and_unique_emails", EXACT),),
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
            _phones(ADD_PHONE.format(AGAIN), f'op.execute("{ONCE}")', INDEX_EMAIL.format(AGAIN)),
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
                "%sql UPDATE customers SET email = 'ada.2@harbour.example' WHERE id::STRING LIKE '%4';",
                "%sql UPDATE customers SET email = NULL WHERE name = 'C. Kaya';",
                _phones(ADD_PHONE.format(AGAIN), INDEX_EMAIL.format("")),
                TO_PHONES,
            ),
        ),
        untouched="2 addresses belong to two customers",
        wrong=(
            # Back to the start, with the numbers.
            Wrong(
                (
                    f"%sql {ONCE};",
                    "%sql ALTER TABLE customers DROP COLUMN phone;",
                    TO_PHONES,
                ),
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
                    _phones(ADD_PHONE.format(AGAIN), 'op.create_index("ix_mail", "customers", ["email"])'),
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
        solution=(_exact(DROP_AMOUNT, DECIMAL, INDEX_AMOUNT), UPGRADE),
        variants=(
            # Add, copy, swap.
            (
                _exact(
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
                _exact(DROP_AMOUNT, DECIMAL, INDEX_AMOUNT),
                "%alembic stamp head",
            ),
        ),
        untouched="amount is still a FLOAT8",
        wrong=(
            Wrong((_exact(DROP_AMOUNT, DECIMAL), UPGRADE), "The index on amount has not come back"),
            # Exact, and without a place behind the point.
            Wrong(
                (_exact(DROP_AMOUNT, DECIMAL.replace("(12, 2)", "(12)"), INDEX_AMOUNT), UPGRADE),
                "two of them behind the point",
            ),
            # A new column in the place of the old one.
            Wrong(
                (
                    _exact(
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
                *_new("fill currency", (FILL.format("currency IS NULL"),), ("pass",)),
                *_new("currency is not null", (NOT_NULL,), (NULLABLE,)),
                UPGRADE,
            ),
        ),
        untouched="3 accounts have no currency yet",
        wrong=(
            Wrong((*_new("currency", (FILL.format("true"), NOT_NULL), (NULLABLE,)), UPGRADE), "Swiss francs"),
            # A default is for rows to come.
            Wrong(
                (
                    *_new(
                        "currency",
                        ('op.alter_column("accounts", "currency", server_default="EUR")',),
                        ('op.alter_column("accounts", "currency", server_default=None)',),
                    ),
                    UPGRADE,
                ),
                "3 accounts have no currency yet",
            ),
            Wrong(
                (*_new("currency", (FILL.format("currency IS NULL"),), ("pass",)), UPGRADE),
                "the table still takes one without",
            ),
            Wrong(
                (
                    "%sql UPDATE accounts SET currency = 'EUR' WHERE currency IS NULL;",
                    "%sql ALTER TABLE accounts ALTER COLUMN currency SET NOT NULL;",
                ),
                "the next database would go without",
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
            *_new("blocked accounts", (ADD_BLOCKED.format(AGAIN),), NO_BLOCKED),
            UPGRADE,
        ),
        variants=(
            (BLOCKED_MODEL, *_new("blocked", (ADD_BLOCKED.format(""),), NO_BLOCKED), "%alembic stamp head"),
        ),
        untouched="of which no model and no revision knows",
        wrong=(
            # Autogenerate's own answer to drift.
            Wrong(
                (*_new("tidy up", NO_BLOCKED, (ADD_BLOCKED.format(""),)), UPGRADE),
                "two customers who were locked out can pay again",
            ),
            # alembic check is content, and the next database is not.
            Wrong((BLOCKED_MODEL,), "no revision makes it"),
            Wrong(
                (BLOCKED_MODEL, *_new("blocked", (ADD_BLOCKED.format(AGAIN),), NO_BLOCKED)),
                "has not run",
            ),
            # Stamped without a column for the others.
            Wrong(
                (BLOCKED_MODEL, *_new("blocked", ("pass  # blocked is there",), ("pass",)), UPGRADE),
                "only in this one: accounts blocked BOOL NO",
            ),
            # Another column than the one that is there.
            Wrong(
                (
                    BLOCKED_MODEL,
                    *_new(
                        "blocked",
                        (MAYBE_BLOCKED,),
                        NO_BLOCKED,
                    ),
                    UPGRADE,
                ),
                "A new database would not be like this one",
            ),
        ),
        after=("25.1", "25.2", "25.3", "25.4"),
    ),
)
