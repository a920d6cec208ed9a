"""The quiz of lesson 07: which text runs."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="07.a",
        text="A revision ran a month ago. Last week somebody corrected a mistake in its "
        "downgrade(). Today you type alembic downgrade -1. What runs?",
        options=(
            Option(
                "downgrade() as it was when the revision ran.",
                "Nobody kept that text. The database keeps the id, and nothing else.",
            ),
            Option(
                "downgrade() as it is in the file now.",
                "Yes. Here that is lucky. It would be the same with a file that somebody had spoiled.",
            ),
            Option(
                "The opposite of what upgrade() did, which Alembic has recorded.",
                "Alembic records no operations. The way back is what you wrote as downgrade().",
            ),
        ),
        right=1,
    ),
)
