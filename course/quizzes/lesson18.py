"""The quiz of lesson 18, changing the primary key."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="18.a",
        text="ALTER PRIMARY KEY has left the unique index customers_id_key behind. When may it be dropped?",
        options=(
            Option(
                "At once: it is a remainder of the old key",
                "It is the old key, and whoever relied on it still does: foreign keys, searches, uniqueness.",
            ),
            Option(
                "When DROP INDEX … CASCADE reports no error",
                "CASCADE reports none. It drops the foreign keys that stand in its way without naming them.",
            ),
            Option(
                "When no foreign key refers to it, nobody searches by it alone, and it need not be unique",
                "Right. Each of the three is a question that you can answer before you drop it.",
            ),
            Option(
                "Never: the table is stored in its order",
                "The table is stored in the order of the primary index, and that one has the new columns.",
            ),
        ),
        right=2,
    ),
)
