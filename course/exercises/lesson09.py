"""The exercises of lesson 09: a report fit to be read by strangers, and an error that is one's own."""

from __future__ import annotations

import re
from datetime import date
from importlib.metadata import version

from .model import Context, Exercise, NotYet, Wrong
from .new_database import there_and_back
from .revised import maker, refuse_lost_file

# ---------------------------------------------------------------- 09.1

DRAFT = "draft.md"
PASSWORD = "tr0ub4dor"  # noqa: S105
CUSTOMER = r"ana.lopez|\blopez\b"
CHOSEN = r"(?<!-)cockroachdb(\+\w+)?:|['\"]cockroachdb|DATABASE_URL|CockroachDB\w*Dialect"
"""How lines choose the dialect: by a URL's prefix, by its name, or by its class."""
ERROR = "CompileError"
DIALECT = f"sqlalchemy-cockroachdb {version('sqlalchemy-cockroachdb')}"

URL = 'engine = create_engine("cockroachdb://ops:tr0ub4dor@db7.bank.example:26257/bank")'
OWNER = "# fails since the migration for ana.lopez@example.com"


def replaced(line: str, by: str) -> str:
    """The cell that puts a line in another's place."""
    return f"%%edit {DRAFT} --replace '{line}'\n{by}"


NO_SECRET = replaced(URL, 'engine = create_engine("cockroachdb://")')
NO_CUSTOMER = replaced(OWNER, "# fails on any table")
VERSIONS = replaced("- alembic 1.20.1", f"- alembic 1.20.1\n- {DIALECT}")


def fit_to_publish(context: Context) -> None:
    """A draft without secrets and names, with its error, its lines, and the dialect's version."""
    text = context.read(DRAFT)
    if PASSWORD in text:
        raise NotYet("A password is in it.")
    if re.search(CUSTOMER, text, re.IGNORECASE):
        raise NotYet("A customer of the bank is in it.")
    if "db7" in text or "bank.example" in text:
        raise NotYet("The password is gone, but the name of a server is still in it.")
    if ERROR not in text or "persistence" not in text:
        raise NotYet("The error is gone: nobody can search for its words any more.")
    if not re.search(r"create_engine|Dialect", text) or "Computed(" not in text or "compile(" not in text:
        raise NotYet("The lines that fail are gone: nobody can run them any more.")
    if not re.search(CHOSEN, text):
        raise NotYet("With these lines nobody gets the error: they choose another dialect.")
    _refuse_missing_versions(text)


def _refuse_missing_versions(text: str) -> None:
    found = re.search(r"sqlalchemy[-_]cockroachdb\W+(?:version\W+)?v?(\d[\w.]*)", text, re.IGNORECASE)
    if not found:
        raise NotYet("One version is missing: the one of the layer with which the error goes.")
    if found[1].rstrip(".") != version("sqlalchemy-cockroachdb"):
        raise NotYet(f"The report says version {found[1]} of the dialect. Which one is installed here?")
    for name in ("CockroachDB", "Python"):
        if not re.search(rf"(?<![-_]){name}\b[^\n\d]*v?\d+\.\d", text):
            raise NotYet(f"The version of {name} is gone: a stranger needs it.")


PUBLISH = Exercise(
    number="09.1",
    task=f"Make {DRAFT} fit to be published: no secret, no name, and the version that is missing.",
    check=fit_to_publish,
    done="A stranger can act on it, and learns nothing of the bank.",
    hints=(
        "Read it as a stranger would. What in it would you not say aloud in a train?",
        "The lines compile a statement and connect to nothing. What does create_engine need for that?",
        "Which layer is to blame, as the lesson found? Its version is in the output of a cell above.",
    ),
    solution=(NO_SECRET, NO_CUSTOMER, VERSIONS),
    variants=(
        (
            replaced(URL, 'engine = create_engine("cockroachdb://user:***@host:26257/bank")'),
            replaced(OWNER, "# fails"),
            replaced("- alembic 1.20.1", f"- alembic 1.20.1\n- {DIALECT.replace(' ', ': ')}"),
        ),
        # As pip and Python write its name.
        (NO_SECRET, NO_CUSTOMER, replaced("- alembic 1.20.1", f"- {DIALECT.replace('-', '_')}")),
        (
            replaced(URL, 'engine = create_engine(os.environ["DATABASE_URL"])'),
            NO_CUSTOMER,
            replaced("- alembic 1.20.1", f"- {DIALECT.replace('sqlalchemy', 'SQLAlchemy')}"),
        ),
    ),
    untouched="A password is in it",
    wrong=(
        # The most eye-catching secret is gone, and one feels done.
        Wrong(
            (replaced(URL, 'engine = create_engine("cockroachdb://ops:***@db7.bank.example")'),), "A customer"
        ),
        Wrong(
            (replaced(URL, 'engine = create_engine("cockroachdb://ops:***@db7.bank.example")'), NO_CUSTOMER),
            "the name of a server",
        ),
        # Everything that might be secret is gone, and so is what the report is for.
        Wrong((replaced(URL, ""), NO_CUSTOMER, VERSIONS), "The lines that fail are gone"),
        Wrong((NO_SECRET, NO_CUSTOMER), "One version is missing"),
        Wrong((NO_SECRET, replaced(OWNER, "# fails for Ms. Lopez"), VERSIONS), "A customer"),
        Wrong(
            (replaced(URL, 'engine = create_engine("sqlite://")'), NO_CUSTOMER, VERSIONS),
            "they choose another dialect",
        ),
        Wrong(
            (NO_SECRET, NO_CUSTOMER, VERSIONS, replaced("- CockroachDB v26.2.4", "")),
            "The version of CockroachDB is gone",
        ),
        Wrong(
            (NO_SECRET, NO_CUSTOMER, replaced("- alembic 1.20.1", "- sqlalchemy-cockroachdb 1.4.4")),
            "Which one is installed here",
        ),
    ),
)

# ---------------------------------------------------------------- 09.2

COLUMN = "opened_on"
FIRST_DAY = date(2026, 1, 1)
ACCOUNTS = 17
"""So many has the bank when the lesson begins."""
UPGRADE = "%alembic upgrade head"
BY_HAND = f"%sql ALTER TABLE accounts ADD COLUMN {COLUMN} DATE NOT NULL DEFAULT '2026-01-01';"


def mended(*lines: str) -> str:
    """The cell that writes upgrade() anew."""
    return "\n    ".join(["%%migration\ndef upgrade():", *lines]) + "\n"


def column(arguments: str) -> str:
    """The line that adds the column."""
    return f'op.add_column("accounts", sa.Column("{COLUMN}", sa.Date(), {arguments}))'


FILL = "op.execute(\"UPDATE accounts SET opened_on = '2026-01-01' WHERE opened_on IS NULL\")"
NOT_NULL = f'op.alter_column("accounts", "{COLUMN}", existing_type=sa.Date(), nullable=False)'


def opened_on(context: Context) -> None:
    """A column opened_on that is never empty, 2026-01-01 for the old accounts, by the mended revision."""
    columns = context.columns("accounts")
    if not context.sql("SELECT 1 FROM accounts LIMIT 1"):
        raise NotYet("accounts is empty now. The error is gone, and so are the accounts of the bank.")
    made = maker(context, COLUMN)
    if made is None:
        refuse_lost_file(context)
        raise NotYet("The colleague's revision is gone: mend it instead.")
    if COLUMN not in columns:
        if context.applied() == made.id:
            raise NotYet(
                "alembic_version names the revision, but the column is not there: has it really run?"
            )
        raise NotYet(f"The table accounts has no column {COLUMN} yet: the revision still waits.")
    if columns[COLUMN]["data_type"] != "DATE":
        raise NotYet(f"{COLUMN} is of the type {columns[COLUMN]['data_type']}, not DATE.")
    if columns[COLUMN]["is_nullable"]:
        raise NotYet(f"{COLUMN} may be NULL: an account without a date could still be made.")
    days = [row["day"] for row in context.sql("SELECT opened_on AS day FROM accounts")]
    if len(days) < ACCOUNTS:
        raise NotYet(f"The bank had {ACCOUNTS} accounts, and {ACCOUNTS - len(days)} are gone.")
    if days.count(FIRST_DAY) < ACCOUNTS:
        other = next(day for day in days if day != FIRST_DAY)
        raise NotYet(f"Some accounts say {other}: the old ones are to say {FIRST_DAY}.")
    if context.applied() != context.revisions()[-1].id:
        raise NotYet("The column is there, but alembic_version does not name the newest revision.")
    _refuse_only_here(context)


def _refuse_only_here(context: Context) -> None:
    """Raise NotYet unless another database with accounts gets the column, and can be rid of it again."""
    made = [
        item for item in context.revisions() if COLUMN in item.path.read_text("utf-8").partition("\ndef ")[2]
    ]
    rows = (
        "sql",
        "INSERT INTO accounts (id, balance) VALUES (gen_random_uuid(), 7), (gen_random_uuid(), -7)",
    )
    look = ("sql", "SELECT opened_on::STRING AS day FROM accounts")
    [days] = there_and_back(context, made[0], made[-1], rows=(rows,), look=(look,))
    if [row["day"] for row in days] != [str(FIRST_DAY)] * 2:
        raise NotYet("Here the old accounts have their date. On the next database they do not get it.")


OPENED_ON = Exercise(
    number="09.2",
    task="Mend the colleague's revision: no account without a date, 2026-01-01 for those that are there.",
    check=opened_on,
    done="Every account has its date, here and on the next database.",
    hints=(
        "From the bottom: which constraint is violated, and by which rows? You have inserted none.",
        "A new column of a table with rows needs a value in each of them. Who could give it, and when?",
        "server_default of lesson 04 fills old rows too. Or: let it be NULL first, UPDATE, then forbid NULL.",
    ),
    solution=(mended(column('nullable=False, server_default="2026-01-01"')), UPGRADE),
    variants=(
        (mended(column("nullable=True"), FILL, NOT_NULL), UPGRADE),
        (
            mended(
                column("nullable=False, server_default=sa.text(\"'2026-01-01'\")"),
                f'op.alter_column("accounts", "{COLUMN}", server_default=sa.func.current_date())',
            ),
            UPGRADE,
        ),
        # One change a revision; and an account that was opened since.
        (
            mended(column("nullable=True")),
            '%alembic revision -m "fill opened_on"',
            mended(FILL),
            '%alembic revision -m "opened_on is never empty"',
            mended(NOT_NULL)
            + '\n\ndef downgrade():\n    op.alter_column("accounts", "opened_on", nullable=True)\n',
            UPGRADE,
            "%sql INSERT INTO accounts (id, balance, opened_on) VALUES (gen_random_uuid(), 5, '2026-11-01');",
        ),
        (
            mended(
                'op.execute("ALTER TABLE accounts ADD COLUMN IF NOT EXISTS opened_on DATE NOT NULL'
                " DEFAULT '2026-01-01'\")"
            ),
            UPGRADE,
        ),
    ),
    untouched="the revision still waits",
    wrong=(
        # The rule that is in the way is taken away.
        Wrong((mended(column("nullable=True")), UPGRADE), "may be NULL"),
        # Today's date: no error, and a lie about the old accounts.
        Wrong(
            (mended(column("nullable=False, server_default=sa.func.current_date()")), UPGRADE),
            "the old ones are to say 2026-01-01",
        ),
        # The rows that are in the way are taken away.
        Wrong(("%sql DELETE FROM accounts WHERE true;", UPGRADE), "so are the accounts of the bank"),
        Wrong(("%alembic stamp head",), "has it really run?"),
        Wrong(
            (
                "%sql DELETE FROM accounts WHERE balance < 0;",
                mended(column('nullable=False, server_default="2026-01-01"')),
                UPGRADE,
            ),
            "2 are gone",
        ),
        # The dates come from somewhere else than from the revision.
        Wrong(
            (
                mended(column("nullable=True")),
                UPGRADE,
                "%sql UPDATE accounts SET opened_on = '2026-01-01' WHERE true;",
                '%alembic revision -m "opened_on is never empty"',
                mended(NOT_NULL)
                + '\n\ndef downgrade():\n    op.alter_column("accounts", "opened_on", nullable=True)\n',
                UPGRADE,
            ),
            "On a new database the way up fails",
        ),
        # By hand, then stamped: this database is right, the file is as broken as before.
        Wrong((BY_HAND, "%alembic stamp head"), "On a new database the way up fails: null value in column"),
    ),
)

EXERCISES = (PUBLISH, OPENED_ON)
