"""open the bank

Revision ID: 5ea000000001
Revises:
Create Date: 2023-03-01 09:00:00.000000

"""

import sqlalchemy as sa
from alembic import op

revision: str = "5ea000000001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.create_table(
        "customers",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("email", sa.String(120)),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("balance", sa.BigInteger()),
        sa.Column("customer_id", sa.Uuid()),
    )


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_table("accounts")
    op.drop_table("customers")
