"""The quiz of lesson 06: what a way back brings back."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="06.a",
        text="Which of these changes cannot be undone by its downgrade(), whatever is written there?",
        options=(
            Option(
                "op.drop_column of a column that the app wrote to",
                "Right: downgrade() can make the column again, but not what was in it.",
            ),
            Option(
                "op.add_column of a computed column",
                "Its downgrade drops the column, and all is as before. What it held was computed.",
            ),
            Option(
                "op.create_table of a new, empty table",
                "Dropping it is the whole way back, as long as nobody has written to it.",
            ),
        ),
        right=0,
    ),
)
