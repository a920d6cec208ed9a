"""The tables of Harbor Bank, as the release wants them."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import DateTime, Numeric, String, func, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Gathers the metadata of all tables: Alembic compares it with the database."""


class Customer(Base):
    """A customer: one row of the table "customers"."""

    __tablename__ = "customers"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str | None] = mapped_column(String(120), index=True, unique=True)
    phone: Mapped[str | None] = mapped_column(String(30))


class Account(Base):
    """A bank account: one row of the table "accounts"."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    balance: Mapped[int | None]
    customer_id: Mapped[UUID | None]
    currency: Mapped[str] = mapped_column(String(3), default="EUR")


class Transfer(Base):
    """Money that moved: one row of the table "transfers"."""

    __tablename__ = "transfers"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    source: Mapped[UUID]
    target: Mapped[UUID]
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2), index=True)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
