"""The quiz of lesson 04: ids, not contents."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="04.a",
        text="On your machine a revision has run. Then you change its upgrade() and send the "
        "file to a colleague, whose database is empty. Both of you run alembic upgrade "
        "head. What do you have?",
        options=(
            Option(
                "The same table: Alembic runs the new text on both.",
                "Alembic runs a revision once. Your database has its id already, so nothing runs there.",
            ),
            Option(
                "Two different tables, and the same id in alembic_version.",
                "Yes, and nobody is told. That is why a revision that has run is not edited.",
            ),
            Option(
                "An error on your machine: the file does not fit to what has run.",
                "It would be welcome, but Alembic keeps no copy to compare with: only the id.",
            ),
        ),
        right=1,
    ),
)
