"""amounts are exact

Revision ID: 73398d616165
Revises: 62126610580f
Create Date: 2026-01-12 15:00:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "73398d616165"
down_revision: str | Sequence[str] | None = "62126610580f"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.execute("UPDATE transfers SET amount_exact = amount WHERE amount_exact IS DISTINCT FROM amount")
    op.alter_column("transfers", "amount_exact", existing_type=sa.Numeric(12, 2), nullable=False)
    op.drop_column("transfers", "amount")
    op.alter_column("transfers", "amount_exact", new_column_name="amount")


def downgrade() -> None:
    """Downgrade schema."""
    op.alter_column("transfers", "amount", new_column_name="amount_exact")
    op.add_column("transfers", sa.Column("amount", sa.Integer()))
    op.execute("UPDATE transfers SET amount = round(amount_exact)::INT8 WHERE true")
    op.alter_column("transfers", "amount", existing_type=sa.Integer(), nullable=False)
    op.alter_column("transfers", "amount_exact", existing_type=sa.Numeric(12, 2), nullable=True)
