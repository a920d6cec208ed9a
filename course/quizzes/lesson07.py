"""The quiz of lesson 07: which colon is a parameter."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="07.a",
        text="Each of these is a part of a statement that you give to op.execute. Which one fails?",
        options=(
            Option(
                "opens STRING DEFAULT '09:30'",
                "This one runs. A colon begins a parameter only where no letter, digit or colon stands "
                "right before it.",
            ),
            Option(
                "WHERE balance::STRING LIKE '9%'",
                "This one runs: two colons are a cast, and SQLAlchemy leaves them alone.",
            ),
            Option(
                "note STRING DEFAULT '(:none)'",
                "Yes. The word none follows a colon, and before that stands a bracket: a parameter, and "
                "nobody gives a value for it.",
            ),
        ),
        right=2,
    ),
)
