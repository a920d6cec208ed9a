"""add overdrawn column

Revision ID: fd88c68af7b5
Revises: ad72c7ec8b22
Create Date: 2026-01-12 09:30:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "fd88c68af7b5"
down_revision: str | Sequence[str] | None = "ad72c7ec8b22"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column(
        "accounts",
        sa.Column(
            "overdrawn",
            sa.Boolean(),
            sa.Computed(
                "CASE WHEN balance < 0 THEN True ELSE False END",
            ),
            nullable=True,
        ),
    )


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_column("accounts", "overdrawn")
