"""The exercises of lesson 10, the SQL of a migration."""

from __future__ import annotations

import re

from .model import Context, Exercise, NotYet, Wrong
from .revised import maker, refuse_by_hand, refuse_one_way, refuse_waiting

UPGRADE = "%alembic upgrade head"

BRANCHES = '%alembic revision -m "create branches table"'
EXACT = re.compile(r"nextval\(|unique_rowid|gen_random_uuid|uuid_generate|uuid_v4|gen_random_ulid")


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
    if "unique_rowid" in default:
        raise NotYet(
            f"The id of a branch is an {kind} from {default}: 19 digits, of which a browser keeps about 16."
        )
    if not default:
        raise NotYet("The database gives a branch no id: --sql shows no DEFAULT for it.")
    if kind in ("UUID", "STRING") or kind.startswith(("VARCHAR", "STRING", "CHAR")):
        pass
    elif not default.startswith("nextval("):
        raise NotYet(
            f"The id of a branch is of the type {kind} with DEFAULT {default}: a second one is refused"
        )
    keys = [columns for name, columns in context.indexes("branches").items() if name.endswith("_pkey")]
    if keys != [["id"]]:
        raise NotYet("id is not the primary key of branches: two branches could have the same.")
    refuse_one_way(context, refuse_by_hand(context, "branches", "table"))


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


def new_domain(context: Context) -> None:
    """Every address in the new domain, by a revision that does the same as a file."""
    emails = [row["email"] for row in context.sql("SELECT email FROM customers")]
    left = [email for email in emails if email and email.endswith(OLD)]
    if left:
        refuse_waiting(context, "customers SET")
        raise NotYet(f"Of the customers, {len(left)} have an address in the old domain.")
    written = maker(context, "mail.bank.example")
    if sum(email is None for email in emails) > 1:
        raise NotYet("Customers who had an address have none any more.")
    if written is None:
        raise NotYet("The addresses are new, but no revision makes them so: your colleague gets nothing.")
    if context.applied() != context.revisions()[-1].id:
        raise NotYet("The addresses are new, but alembic_version does not name the newest revision.")
    printed = context.offline_sql(written)
    statements = [text for text in printed.split(";") if re.search(r"\bUPDATE\s+customers\b", text, re.I)]
    if not statements:
        raise NotYet("The file that --sql makes changes no customer: your colleague would move nobody.")
    if not any("mail.bank.example" in text for text in statements):
        raise NotYet("The new domain is not in the file that --sql makes. Read what stands in its place.")
    refuse_one_way(context, written)


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
        variants=((BRANCHES, table(IDENTITY), UPGRADE), (BRANCHES, table(TEXT), UPGRADE)),
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
        variants=((DOMAIN, moved(BUILT), UPGRADE),),
        untouched="5 have an address in the old domain",
        wrong=(
            Wrong((DOMAIN, moved(LOOP), UPGRADE), "fails: TypeError"),
            Wrong((DOMAIN, moved(SKIPPED), UPGRADE), "would move nobody"),
            Wrong((DOMAIN, moved(BESIDE), UPGRADE), "Read what stands in its place"),
            Wrong((DOMAIN, moved(downgrade="pass"), UPGRADE), "cannot be undone"),
        ),
    ),
)
