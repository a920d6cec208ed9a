"""add customer_id to accounts

Revision ID: 10e87adbecdc
Revises: 3bb6518b967e
Create Date: 2026-01-12 10:30:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "10e87adbecdc"
down_revision: str | Sequence[str] | None = "3bb6518b967e"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column("accounts", sa.Column("customer_id", sa.Uuid()))


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_column("accounts", "customer_id")
