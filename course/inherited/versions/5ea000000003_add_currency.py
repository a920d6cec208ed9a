"""add currency

Revision ID: 5ea000000003
Revises: 5ea000000002
Create Date: 2024-01-20 09:00:00.000000

"""

import sqlalchemy as sa
from alembic import op

revision: str = "5ea000000003"
down_revision: str | None = "5ea000000002"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column("accounts", sa.Column("currency", sa.String(3)))


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_column("accounts", "currency")
