"""find transfers by time

Revision ID: d3210d42204f
Revises: 869c77ab4038
Create Date: 2026-01-12 19:00:00.000000

"""

from collections.abc import Sequence

from alembic import op

# revision identifiers, used by Alembic.
revision: str = "d3210d42204f"
down_revision: str | Sequence[str] | None = "869c77ab4038"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.execute("CREATE INDEX transfers_made_at_idx ON transfers (made_at) USING HASH")


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_index("transfers_made_at_idx", table_name="transfers")
