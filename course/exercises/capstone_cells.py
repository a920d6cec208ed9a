"""Cells that the answers of the capstone, right and wrong ones, are made of."""

from __future__ import annotations

from .cells import migration
from .in_models import MODELS
from .inherited import EXACT, PHONES

# 25.1

MERGE = '%alembic merge heads -m "phones and exact amounts"'


def follow(revision: str, name: str, parent: str) -> str:
    """The cell that puts a revision behind another."""
    return (
        f'%%edit alembic/versions/{revision}_{name}.py --replace "down_revision: str | None"\n'
        f'down_revision: str | None = "{parent}"\n'
    )


# 25.2

ONCE = (
    "UPDATE customers SET email = NULL WHERE EXISTS (SELECT 1 FROM customers AS other "
    "WHERE other.email = customers.email AND other.id < customers.id)"
)
ADD_PHONE = 'op.add_column("customers", sa.Column("phone", sa.String(30)){})'
INDEX_EMAIL = 'op.create_index("ix_customers_email", "customers", ["email"], unique=True{})'
AGAIN = ", if_not_exists=True"
TO_PHONES = f"%alembic upgrade {PHONES}"


def phones(*lines: str) -> str:
    return f"%%migration {PHONES}\ndef upgrade():\n    " + "\n    ".join(lines) + "\n"


# 25.3

DROP_AMOUNT = 'op.drop_index("ix_transfers_amount", table_name="transfers")'
INDEX_AMOUNT = 'op.create_index("ix_transfers_amount", "transfers", ["amount"])'
DECIMAL = 'op.alter_column("transfers", "amount", type_=sa.Numeric(12, 2))'
FLOAT = 'op.alter_column("transfers", "amount", type_=sa.Float())'
UPGRADE = "%alembic upgrade head"


def exact(*lines: str, back: tuple[str, ...] = (DROP_AMOUNT, FLOAT, INDEX_AMOUNT)) -> str:
    return migration(lines, back, EXACT)


# 25.4

FILL = "op.execute(\"UPDATE accounts SET currency = 'EUR' WHERE {}\")"
NOT_NULL = 'op.alter_column("accounts", "currency", existing_type=sa.String(3), nullable=False)'
NULLABLE = 'op.alter_column("accounts", "currency", existing_type=sa.String(3), nullable=True)'


def new(message: str, up: tuple[str, ...], down: tuple[str, ...]) -> tuple[str, str]:
    return f'%alembic revision -m "{message}"', migration(up, down)


# 25.5

BLOCKED_MODEL = f"""%%edit {MODELS} --after "currency: Mapped[str]"
blocked: Mapped[bool] = mapped_column(server_default=text("false"))
"""
ADD_BLOCKED = (
    'op.add_column("accounts", sa.Column("blocked", sa.Boolean(), '
    'server_default=sa.text("false"), nullable=False){})'
)
MAYBE_BLOCKED = 'op.add_column("accounts", sa.Column("blocked", sa.Boolean()), if_not_exists=True)'
NO_BLOCKED = ('op.drop_column("accounts", "blocked")',)

CURRENCY = (*new("every account has a currency", (FILL.format("currency IS NULL"), NOT_NULL), (NULLABLE,)),)
