"""keep transfers by their source

Revision ID: f26b15d6ba5c
Revises: 73398d616165
Create Date: 2026-01-12 15:30:00.000000

"""

from collections.abc import Sequence

from alembic import op

# revision identifiers, used by Alembic.
revision: str = "f26b15d6ba5c"
down_revision: str | Sequence[str] | None = "73398d616165"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.execute("ALTER TABLE transfers ALTER PRIMARY KEY USING COLUMNS (source, id)")
    op.execute("DROP INDEX transfers@transfers_id_key CASCADE")
    op.drop_index("ix_transfers_source", table_name="transfers")


def downgrade() -> None:
    """Downgrade schema."""
    op.create_index("ix_transfers_source", "transfers", ["source"])
    op.execute("ALTER TABLE transfers ALTER PRIMARY KEY USING COLUMNS (id)")
    op.execute("DROP INDEX transfers@transfers_source_id_key CASCADE")
