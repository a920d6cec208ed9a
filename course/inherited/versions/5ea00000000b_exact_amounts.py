"""exact amounts

Revision ID: 5ea00000000b
Revises: 5ea000000003
Create Date: 2024-05-07 10:15:00.000000

"""

import sqlalchemy as sa
from alembic import op

revision: str = "5ea00000000b"
down_revision: str | None = "5ea000000003"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.alter_column("transfers", "amount", type_=sa.Numeric(12, 2))


def downgrade() -> None:
    """Downgrade schema."""
    op.alter_column("transfers", "amount", type_=sa.Float())
