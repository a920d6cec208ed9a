"""merge phone and opened_on

Revision ID: d00a02c61436
Revises: 8a0774958e60, 78cca5254fd1
Create Date: 2026-01-12 20:30:00.000000

"""

from collections.abc import Sequence

# revision identifiers, used by Alembic.
revision: str = "d00a02c61436"
down_revision: str | Sequence[str] | None = ("8a0774958e60", "78cca5254fd1")
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade schema."""
    pass


def downgrade() -> None:
    """Downgrade schema."""
    pass
