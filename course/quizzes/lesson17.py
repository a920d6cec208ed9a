"""The quiz of lesson 17, changing a type."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="17.a",
        text="A table has a billion rows. Which of these changes writes all of them again?",
        options=(
            Option(
                "ALTER COLUMN memo TYPE VARCHAR(140), from VARCHAR(20)",
                "No: both are stored alike. Only the limit in the table's description changes.",
            ),
            Option(
                "ALTER COLUMN memo TYPE VARCHAR(140) USING memo::VARCHAR(140), from VARCHAR(20)",
                "Yes: with USING, CockroachDB takes each value for a new one, even if it is the same.",
            ),
            Option(
                "ALTER COLUMN number TYPE INT8, from INT4",
                "No: an integer is stored by its value, whatever its type allows. The description changes.",
            ),
            Option(
                "ALTER COLUMN memo TYPE VARCHAR(20), from VARCHAR(140)",
                "No: narrower means that each row is read and checked. None is written.",
            ),
        ),
        right=1,
    ),
    Question(
        number="17.b",
        text="amount was copied to amount_exact. Then the app changes the amount of an old transfer from 200"
        " to 250. The swap does not copy again. Which amount has this transfer after the swap?",
        options=(
            Option(
                "250: an UPDATE writes the row, and so the copy too",
                "An UPDATE writes the columns that it names. amount_exact is a column like any other.",
            ),
            Option(
                "200, and nothing fails", "Right: the copy is older than the change, and nobody compares."
            ),
            Option(
                "None: SET NOT NULL fails, and the swap stops",
                "That saves you from rows that were added: theirs is NULL. This one has a value, an old one.",
            ),
        ),
        right=1,
    ),
)
