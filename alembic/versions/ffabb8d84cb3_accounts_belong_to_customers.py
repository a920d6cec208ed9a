"""accounts belong to customers

Revision ID: ffabb8d84cb3
Revises: fe58334eb4c2
Create Date: 2026-01-12 11:30:00.000000

"""

from collections.abc import Sequence

from alembic import op

# revision identifiers, used by Alembic.
revision: str = "ffabb8d84cb3"
down_revision: str | Sequence[str] | None = "fe58334eb4c2"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.create_index("ix_accounts_customer_id", "accounts", ["customer_id"], if_not_exists=True)
    op.create_foreign_key("accounts_customer_id_fkey", "accounts", "customers", ["customer_id"], ["id"])


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_constraint("accounts_customer_id_fkey", "accounts", type_="foreignkey")
    op.drop_index("ix_accounts_customer_id", table_name="accounts")
