"""emails are unique

Revision ID: a63662ec7b2f
Revises: 1c33b48b04fa
Create Date: 2026-01-12 13:00:00.000000

"""

from collections.abc import Sequence

from alembic import op

# revision identifiers, used by Alembic.
revision: str = "a63662ec7b2f"
down_revision: str | Sequence[str] | None = "1c33b48b04fa"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.create_index("ix_customers_email", "customers", ["email"], unique=True)


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_index("ix_customers_email", table_name="customers")
