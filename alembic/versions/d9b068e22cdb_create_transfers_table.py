"""create transfers table

Revision ID: d9b068e22cdb
Revises: ffabb8d84cb3
Create Date: 2026-01-12 12:00:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "d9b068e22cdb"
down_revision: str | Sequence[str] | None = "ffabb8d84cb3"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.create_table(
        "transfers",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("source", sa.Uuid(), nullable=False),
        sa.Column("target", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("memo", sa.String(20)),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_transfers_source", "transfers", ["source"], if_not_exists=True)


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_table("transfers")
