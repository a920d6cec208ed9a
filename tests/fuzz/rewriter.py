"""The rewriter and the error map under any text.

Whatever comes in: statements, a refusal, or the wish to know the tables come out, soon. Text inside a
literal, a name or a comment stays there, as PostgreSQL reads it, and no statement hides in another.
"""

from __future__ import annotations

from tests.fuzz.errors import errors
from tests.fuzz.literals import literals
from tests.fuzz.mutations import large, mutated, noise, words
from tests.fuzz.run import Family
from tests.fuzz.shapes import shapes

FAMILIES = [
    Family("words", "any words behind a statement's first", 130_000, words),
    Family("mutated", "true statements with changes", 200_000, mutated),
    Family("noise", "characters without sense", 150_000, noise),
    Family("literals", "any text in literals, names, comments", 130_000, literals),
    Family("shapes", "statements known but for their values", 60_000, shapes),
    Family("errors", "PostgreSQL's errors with any words", 150_000, errors),
    Family("large", "one thing over and over, to 100 kB", 1_000, large, seconds=10),
]
