"""The quiz of lesson 14, schema changes are jobs."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="14.a",
        text="`alembic upgrade head` has ended in a timeout, during CREATE INDEX. What is true?",
        options=(
            Option(
                "The index is taken back: a statement that ends with an error has changed nothing.",
                "So it would be if the statement did the work. It only waited; the job knows of no error.",
            ),
            Option(
                "The job goes on. The index will come, and alembic_version will not name the revision.",
                "Alembic stopped at the error and notes nothing later. The next upgrade may meet "
                "`already exists`.",
            ),
            Option(
                "The job goes on, and when it is done the revision is noted in alembic_version.",
                "The job knows nothing of Alembic, and the process that would write the note has ended.",
            ),
            Option(
                "The job waits until somebody runs the revision again.",
                "Jobs need no one who waits for them: the nodes of the cluster run them by themselves.",
            ),
        ),
        right=1,
    ),
)
