"""What a question of a quiz is, and what a learner reads."""

from __future__ import annotations

import string
from dataclasses import dataclass

from ..errors import CourseError


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose. why: what one who chose it is told: why it is right, or what was mixed up."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its answers, of which one is right.

    number: "11.a", the first of lesson 11.   right: the place of the right option, from 0.
    """

    number: str
    text: str
    options: tuple[Option, ...]
    right: int

    @property
    def lesson(self) -> str:
        return self.number.partition(".")[0]

    def asked(self) -> str:
        """The question and its answers, each behind the letter that chooses it."""
        rows = [
            f"  {letter}  {option.text}"
            for letter, option in zip(string.ascii_lowercase, self.options, strict=False)
        ]
        return "\n".join([f"{self.number} {self.text}", *rows, f"Answer with: %quiz {self.number} LETTER"])

    def answered(self, letter: str) -> str:
        """One line for the learner. Raises CourseError for a letter that is none of an option's."""
        letters = string.ascii_lowercase[: len(self.options)]
        if len(letter) != 1 or letter.lower() not in letters:
            raise CourseError(f"Choose one of {', '.join(letters)}: %quiz {self.number} {letters[0]}")
        chosen = letters.index(letter.lower())
        return f"{'✓' if chosen == self.right else '✗'} {self.number} {self.options[chosen].why}"
