"""The quiz of lesson 16, unique constraints and indexes."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="16.a",
        text="Written and tested on v26.2: which of these downgrades stops on production's v25.4?",
        options=(
            Option(
                'op.drop_index("ix_customers_email", …), made by op.create_index(…, unique=True)',
                "An index that was made as an index goes by DROP INDEX, without CASCADE, on both.",
            ),
            Option(
                'op.drop_constraint("customers_email_key", "customers", type_="unique")',
                "ALTER TABLE … DROP CONSTRAINT of a unique constraint is new in v26.2. Older ones refuse it.",
            ),
            Option(
                'op.drop_constraint("transfers_money_moves", "transfers", type_="check")',
                "A CHECK is no index, and DROP CONSTRAINT has always taken it away. Only UNIQUE was special.",
            ),
            Option(
                'op.execute("DROP INDEX customers@customers_email_key CASCADE")',
                "These are the words that the error of v25.4 asks for, and v26.2 still takes them.",
            ),
        ),
        right=1,
    ),
)
