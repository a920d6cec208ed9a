"""The quiz of lesson 22, what only CockroachDB has."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="22.a",
        text="transfers has a hash-sharded index on made_at with 16 buckets. What does it make more expensive"
        " than an ordinary index would?",
        options=(
            Option(
                "Inserting many transfers at the same time",
                "That is what it is for: they go to sixteen places, not to one.",
            ),
            Option(
                "Reading the transfers of one hour in the order of their time",
                "Right: they lie in sixteen places, which must all be read and merged.",
            ),
            Option(
                "Reading an account's transfers by the primary key",
                "The primary index is not sharded. Sharding one index changes no other.",
            ),
        ),
        right=1,
    ),
    Question(
        number="22.b",
        text="A table is schema_locked, and all settings are at their defaults. Which statement needs it"
        " unlocked by hand?",
        options=(
            Option("ALTER TABLE … ADD COLUMN", "It unlocks the table, and locks it again, by itself."),
            Option("CREATE INDEX", "It unlocks the table, and locks it again, by itself."),
            Option(
                "ALTER TABLE … SET LOCALITY",
                "Right. It fails with 57000 until you have set schema_locked to false.",
            ),
            Option("COMMENT ON TABLE", "A comment is no schema change that the lock would mind."),
        ),
        right=2,
    ),
)
