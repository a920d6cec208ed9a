"""The quiz of lesson 02: a function that may run twice."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="02.a",
        text="run_transaction had to call your function twice. What is there twice afterwards?",
        options=(
            Option(
                "The money that it moved.",
                "What the first try did to the database was undone before the second began. That "
                "is what a transaction is for.",
            ),
            Option(
                "The row that it inserted.",
                "The first try's row was undone with everything else that this try did to the database.",
            ),
            Option(
                "The letter to the customer that it sent.",
                "Yes. The database cannot take back what left it. Send letters after "
                "run_transaction has returned.",
            ),
            Option(
                "Nothing: either all of a function counts or none of it.",
                "All or none is true of what it does to the database. A printed line or a letter "
                "that was sent stays.",
            ),
        ),
        right=2,
    ),
)
