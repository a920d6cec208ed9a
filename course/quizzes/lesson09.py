"""The quiz of lesson 09: whose error is it."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="09.a",
        text='A migration fails with: relation "acounts" does not exist. The same statement '
        "fails in %sql, with the same words. Where do you report it?",
        options=(
            Option(
                "cockroachdb/cockroach: it fails in SQL, without Python.",
                "The table says so, but first ask whether the database is wrong. It was asked for"
                " a table that is not there.",
            ),
            Option(
                "sqlalchemy/alembic: a migration failed.",
                "Alembic passed on what stands in the revision. SQL alone gives the same error.",
            ),
            Option(
                "Nowhere: read the name in the error again.",
                'Right. It says "acounts". Most errors are your own, and their words tell.',
            ),
        ),
        right=2,
    ),
)
