"""create logins table

Revision ID: 869c77ab4038
Revises: 7e1481d18313
Create Date: 2026-01-12 18:30:00.000000

"""

from collections.abc import Sequence

from alembic import op

# revision identifiers, used by Alembic.
revision: str = "869c77ab4038"
down_revision: str | Sequence[str] | None = "7e1481d18313"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.execute("""
        CREATE TABLE logins (
          id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
          customer_id UUID NOT NULL,
          at TIMESTAMPTZ NOT NULL DEFAULT now()
        ) WITH (ttl_expiration_expression = '(at + ''90 days'')', ttl_job_cron = '@daily')
    """)


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_table("logins")
