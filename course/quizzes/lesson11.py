"""The quiz of lesson 11, transactions and schema changes."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="11.a",
        text="A revision inserts a row, adds a column, updates the row, and then fails on its last line. "
        "What is in the database?",
        options=(
            Option(
                "Nothing of it: Alembic rolls the transaction of the revision back.",
                "Alembic asks for a rollback, but then the server has no transaction open: adding the column "
                "committed it.",
            ),
            Option(
                "The inserted row, but neither the column nor the update.",
                "The row is committed before the column is added, that is right. Then the column is added "
                "outside of any transaction, and so is what follows: no rollback reaches them.",
            ),
            Option(
                "The row and the column, without the update.",
                "After the schema change no transaction is open, so the update was committed by itself as "
                "soon as it had run.",
            ),
            Option(
                "The row, the column and the update.",
                "Yes: the row was committed by the schema change, what came after it statement by statement. "
                "Only the note in alembic_version is missing.",
            ),
        ),
        right=3,
    ),
)
