"""The quiz of lesson 01: what a URL promises."""

from __future__ import annotations

from .model import Option, Question

QUESTIONS = (
    Question(
        number="01.a",
        text="DATABASE_URL ends in ?sslmode=require. Somebody between you and the cluster "
        "pretends to be the cluster. What happens?",
        options=(
            Option(
                "The connection fails: TLS notices it.",
                "TLS notices that somebody reads along. Whom it talks to, it learns from the "
                "certificate, and require does not check that.",
            ),
            Option(
                "You are connected without encryption.",
                "require would rather not connect at all. This line is encrypted, and that is not"
                " the problem.",
            ),
            Option(
                "You are connected, encrypted, to the wrong one.",
                "Right. The line is private, and the wrong one is at its end. verify-full checks "
                "the certificate and the name in it.",
            ),
        ),
        right=2,
    ),
)
