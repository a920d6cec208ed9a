"""The quiz of lesson 10, the SQL of a migration."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="10.a",
        text="Production stands two revisions before the head. A colleague gets the output of "
        "`alembic upgrade head --sql` as a file, and runs it with a shell that stops at the first error. "
        "What happens?",
        options=(
            Option(
                "The two new revisions run; what is there already is skipped.",
                "Nothing in the file skips: the range was fixed when the file was made, without a look at "
                "production, and `head` alone starts from an empty database.",
            ),
            Option(
                "It stops at CREATE TABLE alembic_version.",
                "Yes. The file begins at an empty database, and production has that table. A shell that goes "
                "on after an error would try all the old revisions again.",
            ),
            Option(
                "It stops, because alembic_version does not name the revision that the file expects.",
                "Alembic compares that when it is connected. The file holds only statements, and an UPDATE "
                "that finds no row is no error.",
            ),
        ),
        right=1,
    ),
)
