"""The exercises of lesson 17, changing a type."""

from __future__ import annotations

import ast
import re
from typing import Any

from .cells import migration
from .compared import refuse_differences
from .in_models import MODELS, attribute, tables
from .model import Context, Exercise, NotYet, Wrong
from .revised import refuse_by_hand, refuse_waiting
from .ways import own, refuse_one_way_all, try_out

UPGRADE = "%alembic upgrade head"

# 17.1 ----------------------------------------------------------------------------------------------------

EMAIL = "email: Mapped[str | None] = mapped_column(String({}), index=True, unique=True)"
EMAIL_MODEL = f"""%%edit {MODELS} --replace "email: Mapped[str | None]"
{EMAIL.format(254)}
"""
EMAIL_REVISION = '%alembic revision -m "emails of up to 254 characters"'
EMAIL_BACK = 'op.alter_column("customers", "email", type_=sa.String(120))'
INDEX = 'op.create_index("ix_customers_email", "customers", ["email"]{})'
DROP_INDEX = 'op.execute("DROP INDEX customers@ix_customers_email CASCADE")'


def _email(*upgrade: str, downgrade: str = EMAIL_BACK) -> str:
    """The cell that fills the revision of 17.1."""
    return migration(upgrade or ['op.alter_column("customers", "email", type_=sa.String(254))'], [downgrade])


def long_emails(context: Context) -> None:
    """customers.email is a VARCHAR(254), by a revision, still unique, and the model says so."""
    data_type = str(context.columns("customers")["email"]["data_type"])
    if data_type == "VARCHAR(120)":
        refuse_waiting(context, "254")
        raise NotYet("email still takes 120 characters at most.")
    if data_type in ("STRING", "VARCHAR"):
        raise NotYet("email now takes a text of any length: the limit is gone, and not wider.")
    if data_type not in ("VARCHAR(254)", "STRING(254)"):
        raise NotYet(f"email is a {data_type} now: 254 characters were asked for.")
    rows = [row for row in context.sql("SHOW INDEXES FROM customers") if row["column_name"] == "email"]
    keys = [row for row in rows if not row["implicit"] and not row["storing"]]
    if not keys:
        raise NotYet("email has no index any more: two customers can have the same address.")
    if all(row["non_unique"] for row in keys):
        raise NotYet("The index on email is not unique any more: two customers can have the same address.")
    kept = {row["email"] for row in context.sql("SELECT email FROM customers")}
    if lost := [address for address in ADDRESSES if address not in kept]:
        raise NotYet(f"Addresses are lost: nobody has {lost[0]} any more.")
    refuse_by_hand(context, "254", "wider column")
    mine = own(context, "email")
    refuse_one_way_all(context, mine)
    for revision in mine:
        _refuse_gap(revision.path.read_text(encoding="utf-8"))
    attribute(context, "Customer", "email")
    if tables(context).get("customers", {}).get("email", {}).get("type") != "VARCHAR(254)":
        raise NotYet("The table has the new length, but the model Customer still has the old one.")
    refuse_differences(context, "email")
    [length] = try_out(context, mine, probes=((LENGTH, "customers has no column email any more."),))
    if length[0]["data_type"] not in ("VARCHAR(254)", "STRING(254)"):
        raise NotYet("The wider column is there, but on a new database your revision does not make it.")


ADDRESSES = [f"{name}@bank.example" for name in ("ada", "ben", "chiara", "emil")]
LENGTH = "SELECT data_type FROM [SHOW COLUMNS FROM customers] WHERE column_name = 'email'"


def _refuse_gap(text: str) -> None:
    """Raise NotYet for an upgrade() that first drops what keeps addresses apart, and then makes it anew."""
    try:
        functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    except SyntaxError:
        return  # it has run, and what the rehearsal says of it names the line
    up = next((ast.unparse(node) for node in functions if node.name == "upgrade"), "")
    drop = re.search(r"drop_index|DROP\s+INDEX|drop_column|DROP\s+COLUMN", up, re.IGNORECASE)
    unique = re.search(r"unique\s*=\s*True|\bUNIQUE\b|create_unique_constraint", up)
    if drop and not (unique and unique.start() < drop.start()):
        raise NotYet("After your upgrade() drops the index, two customers can take the same address.")


# 17.2 ----------------------------------------------------------------------------------------------------

BALANCE_MODEL = f"""%%edit {MODELS} --replace "balance: Mapped[int | None]"
balance: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
"""
BALANCE_REVISION = '%alembic revision -m "exact balances"'
OVERDRAWN = (
    'op.add_column("accounts", sa.Column("overdrawn", sa.Boolean(), '
    'sa.Computed("CASE WHEN balance < 0 THEN true ELSE false END")))'
)
NO_OVERDRAWN = 'op.drop_column("accounts", "overdrawn")'
DECIMAL = 'op.alter_column("accounts", "balance", type_=sa.Numeric(12, 2))'
INT = 'op.alter_column("accounts", "balance", type_=sa.BigInteger())'


def _balance(*upgrade: str, downgrade: tuple[str, ...] = (NO_OVERDRAWN, INT, OVERDRAWN)) -> str:
    """The cell that fills the revision of 17.2."""
    return migration(upgrade, downgrade)


def exact_balances(context: Context) -> None:
    """accounts.balance is a DECIMAL(12,2) with all its values, and overdrawn is computed from it."""
    columns = context.columns("accounts")
    if "balance" not in columns:
        raise NotYet("The table accounts has no column balance any more.")
    data_type = str(columns["balance"]["data_type"])
    if data_type == "INT8":
        if own(context, "balance"):
            refuse_waiting(context, "balance")
        raise NotYet("balance is still an INT8: it has no place for cents.")
    if data_type.startswith("FLOAT"):
        raise NotYet(
            f"balance is a {data_type}: it keeps 0.10 as something near 0.10. Money wants exact digits."
        )
    if data_type != "DECIMAL(12,2)":
        raise NotYet(
            f"balance is a {data_type}: twelve digits, two of them behind the point, were asked for."
        )
    [counts] = context.sql("SELECT count(*) AS rows, count(balance) AS kept FROM accounts")
    if counts["kept"] < counts["rows"]:
        raise NotYet(
            f"Of {counts['rows']} accounts, {counts['rows'] - counts['kept']} have lost their balance."
        )
    _overdrawn(context, columns)
    mine = own(context, "balance", "overdrawn")
    if not mine:
        raise NotYet("The type is new, but no revision makes it: the next database would go without.")
    refuse_by_hand(context, "balance", "new type")
    refuse_one_way_all(context, mine)
    line = attribute(context, "Account", "balance") or ""
    said = tables(context).get("accounts", {}).get("balance", {})
    if said.get("type") not in ("NUMERIC(12, 2)", "DECIMAL(12, 2)"):
        raise NotYet("The table is exact, but the model Account still says what it said before.")
    if said["nullable"] != columns["balance"]["is_nullable"]:
        raise NotYet("Model and table do not agree whether a balance may be NULL. It may, as before.")
    if re.search(r"balance:Mapped\[.*int\b", line):
        raise NotYet("The model's column is exact, but its Mapped[…] still promises whole numbers.")
    kept = ("SELECT id, balance::INT8 AS n FROM accounts ORDER BY id", "balances of -5, 0 and 250 are others")
    [there] = try_out(context, mine, rows=(FOUR,), probes=((KEPT, "accounts lacks a column."),), kept=kept)
    _refuse_other_money(there)


FOUR = (
    "INSERT INTO accounts (id, balance) SELECT gen_random_uuid(), balance"
    " FROM (VALUES (-5), (0), (250), (NULL)) AS four (balance)"
)
KEPT = "SELECT balance, overdrawn FROM accounts ORDER BY balance NULLS FIRST"


def _refuse_other_money(there: list[dict[str, Any]]) -> None:
    """Raise NotYet unless the four accounts have what they had, and the one in the red is overdrawn."""
    if [row["balance"] and float(row["balance"]) for row in there] != [None, -5, 0, 250]:
        shown = ", ".join(str(row["balance"]) for row in there if row["balance"] is not None)
        raise NotYet(f"On a new database, balances of -5, 0 and 250 become others: {shown or 'none'}.")
    if [bool(row["overdrawn"]) for row in there] != [False, True, False, False]:
        raise NotYet("On a new database, overdrawn does not say what the balance says.")


def _overdrawn(context: Context, columns: dict[str, dict[str, object]]) -> None:
    if "overdrawn" not in columns:
        raise NotYet("The balances are exact, but the column overdrawn is gone.")
    if not columns["overdrawn"]["generation_expression"]:
        raise NotYet("overdrawn is an ordinary column now: nobody computes it any more.")
    wrong = "SELECT count(*) AS rows FROM accounts WHERE overdrawn IS DISTINCT FROM (balance < 0)"
    [counted] = context.sql(wrong)
    if counted["rows"]:
        raise NotYet(f"For {counted['rows']} accounts, overdrawn does not say what the balance says.")
    rule = columns["overdrawn"]["generation_expression"]
    cents = "(VALUES (-0.01::DECIMAL(12,2)), (0.00), (0.01)) AS accounts (balance)"
    if context.sql(f"SELECT balance FROM {cents} WHERE ({rule}) IS DISTINCT FROM (balance < 0)"):  # noqa: S608
        raise NotYet("overdrawn has another rule now: try it with a cent more or less than nothing.")


EXERCISES = (
    Exercise(
        number="17.1",
        task="Let customers.email take 254 characters, in a revision; the model follows; no address twice.",
        check=long_emails,
        done="Long addresses fit, each still stands once, and model and table agree.",
        hints=(
            "From 120 to 254 characters: is that a wider type of the same kind, or another kind?",
            "A change that writes no row does not mind the index. So nothing has to be dropped first.",
            "op.alter_column does it, as for the memo. What must it leave out that would make it a rewrite?",
        ),
        solution=(EMAIL_REVISION, _email(), UPGRADE, EMAIL_MODEL),
        variants=(
            (
                EMAIL_MODEL,
                EMAIL_REVISION,
                _email('op.execute("ALTER TABLE customers ALTER COLUMN email TYPE STRING(254)")'),
                UPGRADE,
            ),
            # A limit with a name.
            (
                f'%%edit {MODELS} --before "class Base(DeclarativeBase):"\nLONGEST_EMAIL = 254\n',
                EMAIL_MODEL.replace("254", "LONGEST_EMAIL"),
                EMAIL_REVISION,
                _email(),
                UPGRADE,
            ),
            # A new column takes the old one's place, with its index before the old one goes.
            (
                EMAIL_REVISION,
                _email(
                    'op.add_column("customers", sa.Column("longer", sa.String(254)))',
                    'op.execute("UPDATE customers SET longer = email WHERE true")',
                    'op.create_index("ix_customers_longer", "customers", ["longer"], unique=True)',
                    'op.drop_index("ix_customers_email", table_name="customers")',
                    'op.drop_column("customers", "email")',
                    'op.alter_column("customers", "longer", new_column_name="email")',
                    'op.execute("ALTER INDEX customers@ix_customers_longer RENAME TO ix_customers_email")',
                ),
                UPGRADE,
                EMAIL_MODEL,
            ),
        ),
        untouched="still takes 120 characters",
        wrong=(
            Wrong((EMAIL_REVISION, _email(), EMAIL_MODEL), "has not run on the database yet"),
            Wrong((EMAIL_REVISION, _email(), UPGRADE), "the model Customer still has the old one"),
            Wrong(
                ("%sql ALTER TABLE customers ALTER COLUMN email TYPE VARCHAR(254);", EMAIL_MODEL),
                "no revision makes it",
            ),
            Wrong(
                (
                    EMAIL_REVISION,
                    _email('op.alter_column("customers", "email", type_=sa.String())  # 254'),
                    UPGRADE,
                    EMAIL_MODEL,
                ),
                "the limit is gone",
            ),
            Wrong(
                (
                    EMAIL_REVISION,
                    _email(
                        DROP_INDEX,
                        'op.alter_column("customers", "email", type_=sa.String(254), '
                        'postgresql_using="email::VARCHAR(254)")',
                    ),
                    UPGRADE,
                    EMAIL_MODEL,
                ),
                "has no index any more",
            ),
            Wrong(
                (
                    EMAIL_REVISION,
                    _email(
                        DROP_INDEX,
                        'op.alter_column("customers", "email", type_=sa.String(254))',
                        INDEX.format(""),
                    ),
                    UPGRADE,
                    EMAIL_MODEL,
                ),
                "not unique any more",
            ),
            # All is well again at the end, and was not in between.
            Wrong(
                (
                    EMAIL_REVISION,
                    _email(
                        DROP_INDEX,
                        'op.alter_column("customers", "email", type_=sa.String(254))',
                        INDEX.format(", unique=True"),
                    ),
                    UPGRADE,
                    EMAIL_MODEL,
                ),
                "two customers can take the same address",
            ),
            Wrong(
                (
                    EMAIL_REVISION,
                    _email(
                        'op.drop_column("customers", "email")',
                        'op.add_column("customers", sa.Column("email", sa.String(254)))',
                        INDEX.format(", unique=True"),
                    ),
                    UPGRADE,
                    EMAIL_MODEL,
                ),
                "Addresses are lost",
            ),
            Wrong((EMAIL_REVISION, _email(downgrade="pass"), UPGRADE, EMAIL_MODEL), "cannot be undone"),
            # It does something, and it does not undo.
            Wrong(
                (
                    EMAIL_REVISION,
                    _email(downgrade=EMAIL_BACK.replace("120", "254")),
                    UPGRADE,
                    EMAIL_MODEL,
                ),
                "customers.email is VARCHAR(254) NULL, and was VARCHAR(120) NULL",
            ),
            Wrong(
                (EMAIL_REVISION, _email(), UPGRADE, EMAIL_MODEL.replace("String(254)", "VARCHAR(254)")),
                "name 'VARCHAR' is not defined",
            ),
            Wrong(
                (EMAIL_REVISION, _email(), UPGRADE, EMAIL_MODEL.replace(", unique=True", "")),
                "alembic check still sees a difference",
            ),
        ),
    ),
    Exercise(
        number="17.2",
        task="Make accounts.balance a DECIMAL(12,2), keep every value and the computed column overdrawn.",
        check=exact_balances,
        done="The balances are exact, none is lost, and overdrawn follows them.",
        hints=(
            "What stands in the way of the one statement? The error names a column, the hint what to do.",
            "overdrawn can be computed again at any time, so dropping it loses nothing. Which order, then?",
            "Three operations: without overdrawn, the new type, with overdrawn. The way back is the same.",
        ),
        solution=(BALANCE_REVISION, _balance(NO_OVERDRAWN, DECIMAL, OVERDRAWN), UPGRADE, BALANCE_MODEL),
        variants=(
            (
                BALANCE_REVISION,
                _balance(
                    'op.add_column("accounts", sa.Column("balance_exact", sa.Numeric(12, 2)))',
                    'op.execute("UPDATE accounts SET balance_exact = balance WHERE true")',
                    NO_OVERDRAWN,
                    'op.drop_column("accounts", "balance")',
                    'op.alter_column("accounts", "balance_exact", new_column_name="balance")',
                    OVERDRAWN,
                ),
                UPGRADE,
                BALANCE_MODEL,
            ),
            # In three revisions, and the model in other words.
            (
                BALANCE_REVISION,
                _balance(NO_OVERDRAWN, downgrade=(OVERDRAWN,)),
                BALANCE_REVISION,
                _balance(DECIMAL, downgrade=(INT,)),
                BALANCE_REVISION,
                _balance(OVERDRAWN, downgrade=(NO_OVERDRAWN,)),
                UPGRADE,
                BALANCE_MODEL.replace("12, 2", "precision=12, scale=2"),
            ),
        ),
        untouched="balance is still an INT8",
        wrong=(
            Wrong(
                (BALANCE_REVISION, _balance(NO_OVERDRAWN, DECIMAL), UPGRADE, BALANCE_MODEL),
                "the column overdrawn is gone",
            ),
            Wrong(
                (
                    BALANCE_REVISION,
                    _balance(
                        NO_OVERDRAWN,
                        'op.drop_column("accounts", "balance")',
                        'op.add_column("accounts", sa.Column("balance", sa.Numeric(12, 2)))',
                        OVERDRAWN,
                    ),
                    UPGRADE,
                    BALANCE_MODEL,
                ),
                "17 have lost their balance",
            ),
            Wrong(
                (
                    BALANCE_REVISION,
                    _balance(
                        NO_OVERDRAWN,
                        DECIMAL,
                        'op.add_column("accounts", sa.Column("overdrawn", sa.Boolean()))',
                        'op.execute("UPDATE accounts SET overdrawn = balance < 0 WHERE true")',
                    ),
                    UPGRADE,
                    BALANCE_MODEL,
                ),
                "nobody computes it any more",
            ),
            Wrong(
                (
                    BALANCE_REVISION,
                    _balance(
                        NO_OVERDRAWN,
                        'op.alter_column("accounts", "balance", type_=sa.Float())',
                        OVERDRAWN,
                    ),
                    UPGRADE,
                    BALANCE_MODEL,
                ),
                "Money wants exact digits",
            ),
            Wrong(
                (
                    BALANCE_REVISION,
                    _balance(NO_OVERDRAWN, DECIMAL, OVERDRAWN.replace("< 0", "<= 0")),
                    UPGRADE,
                    BALANCE_MODEL,
                ),
                "has another rule now",
            ),
            Wrong(
                (BALANCE_REVISION, _balance(NO_OVERDRAWN, DECIMAL, OVERDRAWN), UPGRADE),
                "the model Account still says",
            ),
            Wrong(
                (
                    BALANCE_REVISION,
                    _balance(NO_OVERDRAWN, DECIMAL, OVERDRAWN),
                    UPGRADE,
                    BALANCE_MODEL.replace("Decimal", "int"),
                ),
                "still promises whole numbers",
            ),
            # Dollars out of cents, which nobody asked for.
            Wrong(
                (
                    BALANCE_REVISION,
                    _balance(
                        NO_OVERDRAWN,
                        DECIMAL.replace("12, 2)", '12, 2), postgresql_using="balance / 100"'),
                        OVERDRAWN,
                    ),
                    UPGRADE,
                    BALANCE_MODEL,
                ),
                "balances of -5, 0 and 250 are others",
            ),
            # overdrawn is in the way there, too.
            Wrong(
                (
                    BALANCE_REVISION,
                    _balance(NO_OVERDRAWN, DECIMAL, OVERDRAWN, downgrade=(INT,)),
                    UPGRADE,
                    BALANCE_MODEL,
                ),
                "downgrade() fails: cannot alter type",
            ),
            Wrong(
                (
                    BALANCE_REVISION,
                    _balance(NO_OVERDRAWN, DECIMAL, OVERDRAWN, downgrade=(NO_OVERDRAWN, INT)),
                    UPGRADE,
                    BALANCE_MODEL,
                ),
                "accounts.overdrawn is gone",
            ),
            Wrong(
                (BALANCE_REVISION, _balance(NO_OVERDRAWN, DECIMAL, OVERDRAWN), BALANCE_MODEL),
                "has not run on the database yet",
            ),
            Wrong(
                (
                    "%sql ALTER TABLE accounts DROP COLUMN overdrawn;",
                    "%sql ALTER TABLE accounts ALTER COLUMN balance TYPE DECIMAL(12,2);",
                    "%sql ALTER TABLE accounts ADD COLUMN overdrawn BOOL AS "
                    "(CASE WHEN balance < 0 THEN true ELSE false END) STORED;",
                    BALANCE_MODEL,
                ),
                "no revision makes it",
            ),
        ),
    ),
)
