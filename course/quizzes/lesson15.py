"""The questions of lesson 15, autogenerate you can trust."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="15.a",
        text="A new column is BigInteger in the model and INT8 in the database, and the check in your other"
        " project says: type change from INTEGER() to BigInteger(). What do you do?",
        options=(
            Option(
                "Let autogenerate write the migration and run it.",
                "That asks for INT8 where INT8 is, and at the next check the same line is back.",
            ),
            Option(
                "Set compare_type=False, for types differ all the time.",
                "Then the check is quiet, and blind: a VARCHAR(20) that should be a VARCHAR(140) passes too.",
            ),
            Option(
                "Look what the column is on the server, and teach env.py that the two names mean one type.",
                "Yes: first the truth, with SHOW COLUMNS, then a filter for just this.",
            ),
            Option(
                "Put the column into a list of names that are ignored.",
                "This column would be quiet for ever, whatever becomes of it, and the next one is red again.",
            ),
        ),
        right=2,
    ),
)
