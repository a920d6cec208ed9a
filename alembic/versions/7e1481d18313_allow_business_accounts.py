"""allow business accounts

Revision ID: 7e1481d18313
Revises: 6fde21fe0ab3
Create Date: 2026-01-12 18:00:00.000000

"""

from collections.abc import Sequence

from alembic import op

# revision identifiers, used by Alembic.
revision: str = "7e1481d18313"
down_revision: str | Sequence[str] | None = "6fde21fe0ab3"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.execute("ALTER TYPE account_kind ADD VALUE IF NOT EXISTS 'business'")


def downgrade() -> None:
    """Downgrade schema."""
    pass  # a value that is in use cannot go
