"""The tables of the bank, as SQLAlchemy models."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Computed, DateTime, Enum, ForeignKey, Numeric, String, func, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Gathers the metadata of all tables: Alembic compares it with the database."""


class Customer(Base):
    """A customer of the bank: one row of the table "customers"."""

    __tablename__ = "customers"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str | None] = mapped_column(String(120), index=True, unique=True)
    joined_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    phone: Mapped[str | None] = mapped_column(String(30))


class Transfer(Base):
    """Money that moved from one account to another: one row of the table "transfers"."""

    __tablename__ = "transfers"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    source: Mapped[UUID] = mapped_column(primary_key=True)
    target: Mapped[UUID]
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    memo: Mapped[str | None] = mapped_column(String(140))
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Login(Base):
    """A login of a customer: one row of the table "logins"; it goes after 90 days."""

    __tablename__ = "logins"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    customer_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Account(Base):
    """A bank account: one row of the table "accounts"."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    balance: Mapped[int | None]
    overdrawn: Mapped[bool | None] = mapped_column(Computed("CASE WHEN balance < 0 THEN True ELSE False END"))
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id"), index=True)
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    opened_on: Mapped[date | None]
    kind: Mapped[str] = mapped_column(
        Enum("checking", "savings", "business", name="account_kind"), server_default="checking"
    )
