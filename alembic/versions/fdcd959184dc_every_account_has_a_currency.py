"""every account has a currency

Revision ID: fdcd959184dc
Revises: 149c1b21447f
Create Date: 2026-01-12 17:00:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "fdcd959184dc"
down_revision: str | Sequence[str] | None = "149c1b21447f"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.alter_column("accounts", "currency", existing_type=sa.String(3), nullable=False)


def downgrade() -> None:
    """Downgrade schema."""
    op.alter_column("accounts", "currency", existing_type=sa.String(3), nullable=True)
