"""phones and unique emails

Revision ID: 5ea00000000a
Revises: 5ea000000003
Create Date: 2024-05-06 16:40:00.000000

"""

import sqlalchemy as sa
from alembic import op

revision: str = "5ea00000000a"
down_revision: str | None = "5ea000000003"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column("customers", sa.Column("phone", sa.String(30)))
    op.create_index("ix_customers_email", "customers", ["email"], unique=True)


def downgrade() -> None:
    """Downgrade schema."""
    op.execute("DROP INDEX customers@ix_customers_email CASCADE")
    op.drop_column("customers", "phone")
