"""add kind to accounts

Revision ID: 6fde21fe0ab3
Revises: fdcd959184dc
Create Date: 2026-01-12 17:30:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision: str = "6fde21fe0ab3"
down_revision: str | Sequence[str] | None = "fdcd959184dc"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.execute("CREATE TYPE IF NOT EXISTS account_kind AS ENUM ('checking', 'savings')")
    op.add_column(
        "accounts",
        sa.Column(
            "kind",
            postgresql.ENUM("checking", "savings", name="account_kind", create_type=False),
            server_default="checking",
            nullable=False,
        ),
    )


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_column("accounts", "kind")
    op.execute("DROP TYPE account_kind")
