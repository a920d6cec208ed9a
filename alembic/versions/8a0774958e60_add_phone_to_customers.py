"""add phone to customers

Revision ID: 8a0774958e60
Revises: d3210d42204f
Create Date: 2026-01-12 20:00:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "8a0774958e60"
down_revision: str | Sequence[str] | None = "d3210d42204f"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column("customers", sa.Column("phone", sa.String(30)))


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_column("customers", "phone")
