"""keep each email once

Revision ID: 1c33b48b04fa
Revises: d9b068e22cdb
Create Date: 2026-01-12 12:30:00.000000

"""

from collections.abc import Sequence

from alembic import op

# revision identifiers, used by Alembic.
revision: str = "1c33b48b04fa"
down_revision: str | Sequence[str] | None = "d9b068e22cdb"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.execute("""
        UPDATE customers SET email = NULL WHERE EXISTS (
            SELECT 1 FROM customers AS other WHERE other.email = customers.email AND other.id < customers.id
        )
    """)


def downgrade() -> None:
    """Downgrade schema."""
    pass  # the removed copies are not known any more
