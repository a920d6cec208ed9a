"""add exact amounts

Revision ID: a03ad18fa475
Revises: 3c450a934ae5
Create Date: 2026-01-12 14:00:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "a03ad18fa475"
down_revision: str | Sequence[str] | None = "3c450a934ae5"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column("transfers", sa.Column("amount_exact", sa.Numeric(12, 2)))


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_column("transfers", "amount_exact")
