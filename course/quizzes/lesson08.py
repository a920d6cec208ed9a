"""The quiz of lesson 08: a name that changed."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="08.a",
        text="In the model, balance is renamed to amount. The draft adds a column amount and "
        "drops the column balance. What do you do?",
        options=(
            Option(
                "Run it: the draft does in two steps what a rename does in one.",
                "The new column is empty, and the old one goes with all balances.",
            ),
            Option(
                "Put the drop before the add, so that they do not meet.",
                "The order is not the trouble. Nothing carries the balances over.",
            ),
            Option(
                "Replace both by op.alter_column with new_column_name, and downgrade() likewise.",
                "Right: you know that it is the same column. The draft could not.",
            ),
            Option(
                "Run it with --sql first: that shows whether data would be lost.",
                "It shows the two statements that you see in the draft already. No program says "
                "what you meant.",
            ),
        ),
        right=2,
    ),
)
