"""The quiz of lesson 13, the half-applied migration."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="13.a",
        text="`add channel and fee` has failed after its first change. What does `alembic downgrade -1` do?",
        options=(
            Option(
                "It drops the column channel: the part of the failed revision that was done.",
                "Alembic does not know of that column. It has one note, alembic_version, and the failed "
                "revision is not in it.",
            ),
            Option(
                "Nothing: the failed revision never ran, so there is nothing to undo.",
                "The failed one has not run, as far as Alembic knows. But -1 does not mean it: it means "
                "one step back from the note.",
            ),
            Option(
                "It drops the table transfers with its rows.",
                "The note names `create transfers table`, so that is the revision which is undone. Look at "
                "`alembic current` before any downgrade.",
            ),
            Option(
                "It ends with an error: the database is in a state that no revision describes.",
                "Alembic does not look at the tables, so it cannot notice. It compares ids and nothing else.",
            ),
        ),
        right=2,
    ),
)
