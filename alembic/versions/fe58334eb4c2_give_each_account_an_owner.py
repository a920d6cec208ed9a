"""give each account an owner

Revision ID: fe58334eb4c2
Revises: 10e87adbecdc
Create Date: 2026-01-12 11:00:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "fe58334eb4c2"
down_revision: str | Sequence[str] | None = "10e87adbecdc"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


FILL = """
    UPDATE accounts SET customer_id = (SELECT id FROM customers WHERE email = 'ben@bank.example')
    WHERE customer_id IS NULL"""

NEXT = sa.text("""
    SELECT max(id) FROM (
      SELECT id FROM accounts WHERE customer_id IS NULL AND id > :last ORDER BY id LIMIT 5
    ) AS batch""")

BATCH = sa.text(f"{FILL} AND id > :last AND id <= :upto")


def upgrade() -> None:
    """Upgrade schema."""
    if op.get_context().as_sql:
        op.execute(FILL)
        return
    connection = op.get_bind()
    with op.get_context().autocommit_block():
        last = "00000000-0000-0000-0000-000000000000"
        while upto := connection.scalar(NEXT, {"last": last}):
            filled = connection.execute(BATCH, {"last": last, "upto": upto})
            print(f"filled: {filled.rowcount}")
            last = upto


def downgrade() -> None:
    """Downgrade schema."""
    op.execute("UPDATE accounts SET customer_id = NULL WHERE customer_id IS NOT NULL")
