"""The questions of lesson 20, enums."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="20.a",
        text="Support wants to note why an account was closed. The list of reasons grows each month, support"
        " keeps it, and each reason has a text in two languages. What do you make of it?",
        options=(
            Option(
                "An enum close_reason.",
                "Each new reason would be a migration and a release, and the two texts have no place in it.",
            ),
            Option(
                "A string with a CHECK constraint.",
                "Each new reason would be a new constraint that reads all rows, and the texts have no place.",
            ),
            Option(
                "A table close_reasons, and a foreign key.",
                "Yes: a new reason is an INSERT that support can do, and the texts are columns.",
            ),
            Option(
                "A string without any rule.",
                "Then nothing stops a slip of the pen, and the texts have to live somewhere all the same.",
            ),
        ),
        right=2,
    ),
)
