"""The quiz of lesson 00: what happens to your files."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="00.a",
        text="You changed a file in the editor. Then you run the first cell of the lesson "
        "again. Where is your change?",
        options=(
            Option(
                "In the workspace: %lesson changes only the database.",
                "%lesson makes the workspace anew too, so that the lesson starts from what it expects.",
            ),
            Option(
                "In a folder of workspace/.kept/.",
                "Yes. Work of yours is moved there before the workspace is made anew. Nothing deletes it.",
            ),
            Option(
                "Gone: the workspace begins as it was.",
                "It begins as it was, but what you wrote is set aside first, in workspace/.kept/.",
            ),
        ),
        right=1,
    ),
)
