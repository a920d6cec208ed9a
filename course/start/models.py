"""The tables of the bank, as SQLAlchemy models."""

from uuid import UUID

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Gathers the metadata of all tables: Alembic compares it with the database."""


class Account(Base):
    """A bank account: one row of the table "accounts"."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    balance: Mapped[int | None]
