"""The exercises of lesson 10, the SQL of a migration."""

from __future__ import annotations

import re

from ..migration import Revision
from .model import Context, Exercise, NotYet, Wrong
from .new_database import as_file, refuse_no_way_back
from .revised import maker, refuse_by_hand, refuse_in_old, refuse_lost_file, refuse_one_way, refuse_waiting

UPGRADE = "%alembic upgrade head"

BRANCHES = '%alembic revision -m "create branches table"'
NUMBERS = ("INT", "FLOAT", "DECIMAL")
TEXTS = ("UUID", "STRING", "VARCHAR", "CHAR")


def table(id_column: str) -> str:
    """The cell that makes the table of branches with this column as its key."""
    return f"""%%migration
import uuid


def upgrade():
    op.create_table(
        "branches",
        {id_column},
        sa.Column("name", sa.String(80), nullable=False),
    )


def downgrade():
    op.drop_table("branches")
"""


UUID = 'sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), primary_key=True)'
PYTHON = 'sa.Column("id", sa.Uuid(), default=uuid.uuid4, primary_key=True)'
SAME = 'sa.Column("id", sa.Integer(), server_default="1", primary_key=True)'
IDENTITY = 'sa.Column("id", sa.Integer(), sa.Identity(), primary_key=True)'
ROWID_AS_TEXT = (
    'sa.Column("id", sa.String(), server_default=sa.text("unique_rowid()::STRING"), primary_key=True)'
)
NAMED_KEY = """sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()")),
        sa.PrimaryKeyConstraint("id", name="key")"""
X = 'sa.Column("id", sa.String(), server_default="x", primary_key=True)'
TEXT = 'sa.Column("id", sa.String(36), server_default=sa.text("gen_random_uuid()::STRING"), primary_key=True)'


def branches(context: Context) -> None:
    """A table of branches whose ids the database makes and JavaScript can hold."""
    if "branches" not in context.tables():
        refuse_waiting(context, "branches")
        raise NotYet("There is no table branches yet.")
    columns = context.columns("branches")
    for name in ("id", "name"):
        if name not in columns:
            raise NotYet(f"The table branches has no column {name} yet.")
    kind, default = columns["id"]["data_type"], columns["id"]["column_default"] or ""
    if not default:
        raise NotYet("The database gives a branch no id: --sql shows no DEFAULT for it.")
    if "(" not in default:
        raise NotYet(f"Each branch would get the id {default}: a second one is refused.")
    if kind.startswith(NUMBERS) and "unique_rowid" in default:
        raise NotYet(
            f"The id of a branch is of the type {kind}, from {default}: 19 digits, of which a browser keeps "
            "about 16."
        )
    if not (kind.startswith(TEXTS) or (kind.startswith("INT") and default.startswith("nextval("))):
        raise NotYet(
            f"The id of a branch is of the type {kind} with DEFAULT {default}: none of the three ways out."
        )
    if context.primary_key("branches") != ["id"]:
        raise NotYet("id is not the primary key of branches: two branches could have the same.")
    revision = refuse_by_hand(context, "branches", "table")
    refuse_in_old(revision, "create_customers_table")
    refuse_no_way_back(context, revision)


DOMAIN = '%alembic revision -m "move to the new mail domain"'
OLD, NEW = "@bank.example", "@mail.bank.example"
REPLACE = """op.execute(
        "UPDATE customers SET email = replace(email, '@bank.example', '@mail.bank.example')"
        " WHERE email LIKE '%@bank.example'"
    )"""
BACK = """op.execute(
        "UPDATE customers SET email = replace(email, '@mail.bank.example', '@bank.example')"
        " WHERE email LIKE '%@mail.bank.example'"
    )"""


def moved(upgrade: str = REPLACE, downgrade: str = BACK) -> str:
    """The cell that fills the revision; upgrade and downgrade: lines, indented as in a function."""
    return f"""%%migration
def upgrade():
    {upgrade}


def downgrade():
    {downgrade}
"""


BUILT = """customers = sa.table("customers", sa.column("email", sa.String()))
    new = sa.func.replace(customers.c.email, "@bank.example", "@mail.bank.example")
    op.execute(sa.update(customers).where(customers.c.email.endswith("@bank.example")).values(email=new))"""
QUOTED = REPLACE.replace("UPDATE customers SET", 'update \\"customers\\" set')
LOOSE = REPLACE.replace("'@bank", "'bank").replace("'@mail", "'mail").replace("%@bank", "%bank")
LOOSE_AGAIN = """%%sql
UPDATE customers SET email = replace(email, 'bank.example', 'mail.bank.example')
 WHERE email = 'ada@mail.bank.example';
"""
BY_NAME = "\n    ".join(
    f"op.execute(\"UPDATE customers SET email = '{name}{NEW}' WHERE email = '{name}{OLD}'\")"  # noqa: S608
    for name in ("ada", "ben", "chiara", "emil")
)
LOOP = """connection = op.get_bind()
    for row in connection.execute(sa.text("SELECT id, email FROM customers WHERE email IS NOT NULL")):
        new = row.email.replace("@bank.example", "@mail.bank.example")
        connection.execute(sa.text("UPDATE customers SET email = :e WHERE id = :i"), dict(e=new, i=row.id))"""
SKIPPED = f"""if op.get_context().as_sql:
        return
    {REPLACE}"""
BESIDE = """op.get_bind().execute(
        sa.text("UPDATE customers SET email = replace(email, :old, :new) WHERE email LIKE :all"),
        {"old": "@bank.example", "new": "@mail.bank.example", "all": "%@bank.example"},
    )"""


CUSTOMERS = 6
"""So many has the bank when the exercise begins, one of them without an address."""

ELSEWHERE = {
    "Kim": "Kim.Lee@bank.example",
    "Ola": "ola@bank.example",
    "Pia": "pia@mybank.example",
    "Quy": None,
}
"""Customers of another database; one of them has an address in a domain that only ends alike."""


def new_domain(context: Context) -> None:
    """Every address in the new domain, by a revision that does the same as a file."""
    context.columns("customers")
    emails = [row["email"] for row in context.sql("SELECT email FROM customers")]
    addresses = [email for email in emails if email]
    left = [email for email in addresses if email.endswith(OLD)]
    if left:
        refuse_waiting(context, "customers SET")
        raise NotYet(f"Of the customers, {len(left)} have an address in the old domain.")
    if len(emails) < CUSTOMERS:
        raise NotYet(f"The bank had {CUSTOMERS} customers, and {CUSTOMERS - len(emails)} are gone.")
    if len(addresses) < CUSTOMERS - 1:
        raise NotYet("Customers who had an address have none any more.")
    if wrong := [email for email in addresses if email.endswith(OLD[1:]) and not moved_once(email)]:
        raise NotYet(f"{wrong[0]} is no address of the new domain.")
    written = maker(context, "mail.bank.example")
    if written is None:
        refuse_lost_file(context)
        raise NotYet("The addresses are new, but no revision makes them so: your colleague gets nothing.")
    if context.applied() != context.revisions()[-1].id:
        raise NotYet("The addresses are new, but alembic_version does not name the newest revision.")
    refuse_one_way(context, written)
    printed = [text for text in context.offline_sql(written).split(";") if "alembic_version" not in text]
    if not "".join(re.sub(r"^--.*$", "", text, flags=re.MULTILINE).strip() for text in printed):
        raise NotYet("The file that --sql makes changes no customer: your colleague would move nobody.")
    if not any("mail.bank.example" in text for text in printed):
        raise NotYet("The new domain is not in the file that --sql makes. Read what stands in its place.")
    _refuse_other_addresses(context, written)


def moved_once(email: str) -> bool:
    """Whether an address is in the new domain."""
    return email.partition("@")[2] == NEW[1:]


def _refuse_other_addresses(context: Context, written: Revision) -> None:
    """Raise NotYet unless the file moves the customers of another database, too, and the way back does."""
    values = ", ".join(f"('{name}', {repr(email) if email else 'NULL'})" for name, email in ELSEWHERE.items())
    rows = f"INSERT INTO customers (name, email) VALUES {values}"  # noqa: S608
    look = "SELECT name, email FROM customers"
    moved, back = as_file(context, [written], rows, look, back=True)
    for name, email in ELSEWHERE.items():
        new = NEW.join(email.rsplit(OLD, 1)) if email else None
        for where, found, wanted in (("file", moved, new), ("way back", back, email)):
            [now] = [row["email"] for row in found if row["name"] == name] or ["gone"]
            if now != wanted:
                start = email if where == "file" else new
                raise NotYet(f"With other customers the {where} makes {now} of {start or 'no address'}.")


EXERCISES = (
    Exercise(
        number="10.1",
        task="Make a table branches with an id that the database gives and that survives JavaScript.",
        check=branches,
        done="Each branch gets an id from the database, and a browser can hold it.",
        hints=(
            "Write the revision, then print it with --sql. Does the database give the id, and of which kind?",
            "SERIAL, SMALLSERIAL and BIGSERIAL all become INT8 DEFAULT unique_rowid() here.",
            "The key of customers would do. If you prefer small numbers: sa.Identity() makes the server "
            "count with a sequence.",
        ),
        solution=(BRANCHES, table(UUID), UPGRADE),
        variants=(
            (BRANCHES, table(IDENTITY), UPGRADE),
            (BRANCHES, table(TEXT), UPGRADE),
            (BRANCHES, table(ROWID_AS_TEXT), UPGRADE),
            (BRANCHES, table(NAMED_KEY), UPGRADE),
        ),
        untouched="no table branches yet",
        wrong=(
            Wrong((BRANCHES, table(UUID)), "has not run on the database yet"),
            Wrong(
                (BRANCHES, table('sa.Column("id", sa.Integer(), primary_key=True)'), UPGRADE),
                "19 digits",
            ),
            Wrong(
                (BRANCHES, table('sa.Column("id", sa.BigInteger(), primary_key=True)'), UPGRADE),
                "19 digits",
            ),
            Wrong(
                (BRANCHES, table('sa.Column("id", sa.SmallInteger(), primary_key=True)'), UPGRADE),
                "no DEFAULT for it",
            ),
            Wrong(
                (
                    BRANCHES,
                    table(PYTHON),
                    UPGRADE,
                ),
                "no DEFAULT for it",
            ),
            Wrong(
                (
                    BRANCHES,
                    table(SAME),
                    UPGRADE,
                ),
                "a second one is refused",
            ),
            Wrong((BRANCHES, table(X), UPGRADE), "a second one is refused"),
        ),
    ),
    Exercise(
        number="10.2",
        task="Move every address to @mail.bank.example, by a revision whose --sql does the whole work.",
        check=new_domain,
        done="Every address is in the new domain, here and wherever the file is run.",
        hints=(
            "Find the UPDATE that does it for all rows at once, and try its WHERE with a SELECT in a cell.",
            "replace(email, old, new) gives an address with one part replaced. A customer without an address "
            "has NULL, and LIKE does not find NULL.",
            "op.execute with the values in the text prints as it stands. downgrade() is the way back.",
        ),
        solution=(DOMAIN, moved(), UPGRADE),
        variants=((DOMAIN, moved(BUILT), UPGRADE), (DOMAIN, moved(QUOTED), UPGRADE)),
        untouched="5 have an address in the old domain",
        wrong=(
            Wrong((DOMAIN, moved(LOOP), UPGRADE), "fails: TypeError"),
            Wrong((DOMAIN, moved(SKIPPED), UPGRADE), "would move nobody"),
            Wrong((DOMAIN, moved(BESIDE), UPGRADE), "Read what stands in its place"),
            Wrong((DOMAIN, moved(downgrade="pass"), UPGRADE), "cannot be undone"),
            # The five customers of today, one by one: the colleague has others.
            Wrong((DOMAIN, moved(BY_NAME), UPGRADE), "With other customers the file makes"),
            # bank.example is the end of other domains, too.
            Wrong((DOMAIN, moved(LOOSE), UPGRADE), "pia@mybank.example."),
            Wrong((DOMAIN, moved(downgrade=REPLACE), UPGRADE), "With other customers the way back makes"),
            Wrong((DOMAIN, moved(LOOSE), UPGRADE, LOOSE_AGAIN), "ada@mail.mail.bank.example is no address"),
        ),
    ),
)
