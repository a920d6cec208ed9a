"""The quiz of lesson 03: one password, two sets of rules."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="03.a",
        text="The password is a%b. Somebody insists on a URL in alembic.ini. How does the "
        "password stand in that file?",
        options=(
            Option(
                "a%b",
                "Python's reader of ini files stops at this: % begins something there.",
            ),
            Option(
                "a%25b",
                "That is how it stands in a URL. The ini file has rules of its own: it takes % "
                "for a beginning.",
            ),
            Option(
                "a%%25b",
                "Right: %25 is the % of the URL, and in an ini file its % is doubled.",
            ),
            Option(
                "a%%b",
                "The ini file makes a%b of it. In a URL %b wants to be a character given by two digits.",
            ),
        ),
        right=2,
    ),
)
