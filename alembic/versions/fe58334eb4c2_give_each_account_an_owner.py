"""give each account an owner

Revision ID: fe58334eb4c2
Revises: 10e87adbecdc
Create Date: 2026-01-12 11:00:00.000000

"""

from collections.abc import Sequence

from alembic import op

# revision identifiers, used by Alembic.
revision: str = "fe58334eb4c2"
down_revision: str | Sequence[str] | None = "10e87adbecdc"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.execute(
        "UPDATE accounts SET customer_id = (SELECT id FROM customers WHERE email = 'ben@bank.example')"
        " WHERE customer_id IS NULL"
    )


def downgrade() -> None:
    """Downgrade schema."""
    op.execute("UPDATE accounts SET customer_id = NULL WHERE customer_id IS NOT NULL")
