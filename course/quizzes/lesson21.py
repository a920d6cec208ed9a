"""The questions of lesson 21, several deployers at once."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="21.a",
        text=(
            "only_deployer opens a connection of its own. What if env.py took the lock on the connection on "
            "which Alembic migrates, to save one?"
        ),
        options=(
            Option(
                "Nothing: a lock is a lock, whichever connection holds it.",
                "It belongs to a transaction. Think of what the first CREATE TABLE does to that transaction.",
            ),
            Option(
                "The lock would end with the first DDL statement, and the next deployer would begin.",
                "Yes. DDL commits the transaction before it, and a row's lock ends with its transaction.",
            ),
            Option(
                "Alembic would wait for itself when it writes alembic_version.",
                "It would not: the lock is on another table, and nobody waits for a lock of their own.",
            ),
        ),
        right=1,
    ),
    Question(
        number="21.b",
        text=(
            "Without a lock, two deployers race for a revision that is one UPDATE, without DDL: each account "
            "gets 10. What happens on CockroachDB, with its default settings?"
        ),
        options=(
            Option(
                "Each account gets 20, and both deployers report success.",
                "So it was with DDL before the UPDATE. What is different when nothing commits in between?",
            ),
            Option(
                "The loser waits for the winner, sees the new alembic_version, and leaves the revision out.",
                "It read alembic_version before it waited, and it does not read it again.",
            ),
            Option(
                "Each account gets 10, and the loser ends with 40001, restart transaction.",
                "Yes. Reading the old id and paying are one SERIALIZABLE transaction, which must not commit.",
            ),
        ),
        right=2,
    ),
)
