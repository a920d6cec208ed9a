"""The quiz of lesson 05: what alembic_version knows."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="05.a",
        text="alembic current names the newest revision, and says (head). SHOW TABLES shows no "
        "accounts. How can that be?",
        options=(
            Option(
                "It cannot: Alembic looks at the tables before it says (head).",
                "It looks at one row of alembic_version, and at your files. It does not look at your tables.",
            ),
            Option(
                "Somebody dropped the table by hand.",
                "Yes. alembic_version is a note of what has run, not of what is there.",
            ),
            Option(
                "The revision has not been committed yet.",
                "Then the note would not be there either. It is written at the end of the revision.",
            ),
        ),
        right=1,
    ),
)
