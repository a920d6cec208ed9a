"""The questions of lesson 19, expand and contract."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="19.a",
        text=(
            "One revision adds a nullable column and fills all rows. A week later the code that writes the "
            "column is deployed, and then SET NOT NULL fails. Why?"
        ),
        options=(
            Option(
                "The backfill left rows out: it should have run in one transaction.",
                "One transaction would have filled the same rows: those that were there. What came after?",
            ),
            Option(
                "During that week the old code inserted rows without a value.",
                "Yes. The backfill came before the code that writes the column. Fill once no old code runs.",
            ),
            Option(
                "SET NOT NULL needs a server default on the column.",
                "It needs none. It checks that no row is NULL, and names the first one that is.",
            ),
            Option(
                "The new code was not deployed to all servers at the same moment.",
                "It never is. Had they only overlapped for a while, a backfill after that would have done.",
            ),
        ),
        right=1,
    ),
    Question(
        number="19.b",
        text=(
            "By mistake, code whose model has the new column currency is deployed before the column exists. "
            "Which of its transactions fail?"
        ),
        options=(
            Option(
                "Those that write currency: opening an account.",
                "Those too. But think of what a SELECT of SQLAlchemy names, whether the code uses it or not.",
            ),
            Option(
                "None: the database ignores columns that it does not know.",
                "A column that is not there is an error, 42703, and not a warning.",
            ),
            Option(
                "All that load an account, even those that never look at its currency.",
                "Yes. A SELECT of a model lists all its columns, so each one fails with 42703. Schema first.",
            ),
        ),
        right=2,
    ),
)
