"""memos of up to 140 characters

Revision ID: 3c450a934ae5
Revises: a63662ec7b2f
Create Date: 2026-01-12 13:30:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "3c450a934ae5"
down_revision: str | Sequence[str] | None = "a63662ec7b2f"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.alter_column("transfers", "memo", existing_type=sa.String(20), type_=sa.String(140))


def downgrade() -> None:
    """Downgrade schema."""
    op.alter_column("transfers", "memo", existing_type=sa.String(140), type_=sa.String(20))
