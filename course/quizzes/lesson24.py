"""The quiz of lesson 24, tests of migrations."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="24.a",
        text="Up, down, up is green for each revision, on a new database. What have these tests shown?",
        options=(
            Option(
                "Production can be upgraded without an error.",
                "Production has rows. What an empty table takes, a NOT NULL say, may be refused there.",
            ),
            Option(
                "A downgrade in production loses no rows.",
                "The tables of the test had none to lose. drop_column takes its values along, always.",
            ),
            Option(
                "The statements run on this cluster, and each downgrade takes back what its upgrade changed.",
                "That is all, and it is much. Rows want a test with rows, and long tables a try on a copy.",
            ),
            Option(
                "Models and schema agree.",
                "The stairway never looks at the models. `alembic check` at the head does that.",
            ),
        ),
        right=2,
    ),
)
