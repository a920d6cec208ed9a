"""create transfers

Revision ID: 5ea000000002
Revises: 5ea000000001
Create Date: 2023-06-12 09:00:00.000000

"""

import sqlalchemy as sa
from alembic import op

revision: str = "5ea000000002"
down_revision: str | None = "5ea000000001"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.create_table(
        "transfers",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("source", sa.Uuid(), nullable=False),
        sa.Column("target", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Float(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )
    op.create_index("ix_transfers_amount", "transfers", ["amount"])


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_table("transfers")
