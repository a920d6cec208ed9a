"""fill currency

Revision ID: 149c1b21447f
Revises: 1cbbd1e725e0
Create Date: 2026-01-12 16:30:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy_cockroachdb import run_transaction

# revision identifiers, used by Alembic.
revision: str = "149c1b21447f"
down_revision: str | Sequence[str] | None = "1cbbd1e725e0"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


BATCH = 5  # for practice; in production a thousand or so

accounts = sa.table("accounts", sa.column("id", sa.Uuid()), sa.column("currency", sa.String()))


def upgrade() -> None:
    """Upgrade schema."""
    if op.get_context().as_sql:  # --sql has no database to ask for the next batch
        op.execute(sa.update(accounts).where(accounts.c.currency.is_(None)).values(currency="EUR"))
        return
    batches = tries = 0
    last = None

    def fill_next(connection):
        nonlocal tries
        tries += 1
        batch = sa.select(accounts.c.id).order_by(accounts.c.id).limit(BATCH)
        if last is not None:
            batch = batch.where(accounts.c.id > last)
        ids = connection.scalars(batch).all()
        empty = sa.and_(accounts.c.id.in_(ids), accounts.c.currency.is_(None))
        connection.execute(sa.update(accounts).where(empty).values(currency="EUR"))
        return ids

    engine = op.get_bind().engine
    while ids := run_transaction(engine, fill_next):
        last = ids[-1]
        batches += 1
    print(f"currency: ≈ {batches} batches, ≈ {tries - batches - 1} retries")


def downgrade() -> None:
    """Downgrade schema."""
    pass  # the accounts may keep their currency
