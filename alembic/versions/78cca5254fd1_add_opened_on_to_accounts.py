"""add opened_on to accounts

Revision ID: 78cca5254fd1
Revises: d3210d42204f
Create Date: 2026-01-12 19:30:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "78cca5254fd1"
down_revision: str | Sequence[str] | None = "d3210d42204f"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column("accounts", sa.Column("opened_on", sa.Date()))


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_column("accounts", "opened_on")
