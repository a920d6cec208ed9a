"""create accounts table

Revision ID: ad72c7ec8b22
Revises:
Create Date: 2026-01-12 09:00:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "ad72c7ec8b22"
down_revision: str | Sequence[str] | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("balance", sa.Integer()),
    )


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_table("accounts")
