"""The quiz of lesson 12, schema and data."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="12.a",
        text="A function for run_transaction reads the next 1,000 ids behind `last`, sets the variable "
        "`last` to the greatest of them, and writes. The write gets a 40001. What becomes of the rows?",
        options=(
            Option(
                "They are filled by the second attempt: a rollback undoes all that the function did.",
                "A rollback undoes what the function did in the database. `last` is a variable of Python: "
                "it stays where it was moved to.",
            ),
            Option(
                "They are filled twice.",
                "The first attempt was rolled back, so nothing of it is left in the database. And the second "
                "one does not look at these rows at all.",
            ),
            Option(
                "They are never filled.",
                "Yes: the second attempt begins behind them. Let the function return the id, and move `last` "
                "where run_transaction has come back.",
            ),
        ),
        right=2,
    ),
)
