"""copy amounts

Revision ID: 62126610580f
Revises: a03ad18fa475
Create Date: 2026-01-12 14:30:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "62126610580f"
down_revision: str | Sequence[str] | None = "a03ad18fa475"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade schema."""
    if op.get_context().as_sql:  # --sql: no database says how many rows are left
        op.execute("UPDATE transfers SET amount_exact = amount WHERE amount_exact IS NULL")
        return
    with op.get_context().autocommit_block():
        copied = None
        while copied != 0:
            copied = (
                op.get_bind()
                .execute(
                    sa.text("UPDATE transfers SET amount_exact = amount WHERE amount_exact IS NULL LIMIT 15")
                )
                .rowcount
            )
            print(copied, "rows copied")


def downgrade() -> None:
    """Downgrade schema."""
    op.execute("UPDATE transfers SET amount_exact = NULL WHERE true")
