"""The questions of lesson 23, branches, merges, several bases."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="23.a",
        text="Two heads, A and B. Production has run A and not B, staging B and not A. What do you do?",
        options=(
            Option(
                "Change B so that it follows A: production has run A, after all.",
                "Staging stands at B. With A below it, staging takes A as done and never runs it.",
            ),
            Option(
                "Merge A and B.",
                "Yes: from each of the two databases the merge leads over what is still missing there.",
            ),
            Option(
                "Write `upgrade heads` into the deployment.",
                "That runs both, here and now. The fork stays, and the next one goes unnoticed.",
            ),
            Option(
                "Delete the file of B and put its change into a new revision after A.",
                "Staging stands at an id without a file (Can't locate revision); it has the change already.",
            ),
        ),
        right=1,
    ),
)
