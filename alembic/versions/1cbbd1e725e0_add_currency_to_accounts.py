"""add currency to accounts

Revision ID: 1cbbd1e725e0
Revises: f26b15d6ba5c
Create Date: 2026-01-12 16:00:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "1cbbd1e725e0"
down_revision: str | Sequence[str] | None = "f26b15d6ba5c"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column("accounts", sa.Column("currency", sa.String(3)))


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_column("accounts", "currency")
