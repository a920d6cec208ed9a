"""What the app reported, and what can be said of it: phases for a table, facts for a sentence. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

OPEN, MOVE, CLOSE = "open an account", "move money", "close an account"
KINDS = (OPEN, MOVE, CLOSE)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One transaction of the app: when it began and how long it took (seconds), and how it went.

    tries: how often run_transaction ran it.   error: SQLSTATE and message, None where it was done.
    """

    kind: str
    at: float
    wait: float
    tries: int
    error: tuple[str, str] | None = None

    @property
    def end(self) -> float:
        return self.at + self.wait


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that was done to the schema or to the app, and when."""

    at: float
    text: str


@dataclass(slots=True)
class Record:
    """All attempts and marks since `began`. Threads append to the lists; readers take a copy."""

    began: float
    attempts: list[Attempt] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    def phases(self) -> list[Phase]:
        """The time between two marks each, the first before any mark. An attempt counts where it began."""
        marks = [Mark(self.began, "traffic starts"), *sorted(self.marks, key=lambda mark: mark.at)]
        ends = [*(mark.at for mark in marks[1:]), float("inf")]
        attempts = list(self.attempts)
        return [
            Phase(letter(number), mark, [one for one in attempts if mark.at <= one.at < end])
            for number, (mark, end) in enumerate(zip(marks, ends, strict=True))
        ]

    def since(self, at: float) -> list[Attempt]:
        """The attempts that began after this time."""
        return [one for one in list(self.attempts) if one.at >= at]

    def table(self) -> tuple[list[str], list[list[str]]]:
        """One row a phase: columns and rows. What depends on the machine's speed is marked with ≈."""
        columns = ["", "from here on", "at", "tried", "done", "errors", "retries", "worst wait"]
        rows = []
        for phase in self.phases():
            failed = [one for one in phase.attempts if one.error]
            tried, retries = len(phase.attempts), sum(max(0, one.tries - 1) for one in phase.attempts)
            rows.append(
                [
                    phase.letter,
                    phase.mark.text,
                    f"≈ {max(0.0, phase.mark.at - self.began):.1f} s",
                    f"≈ {tried}",
                    f"≈ {tried - len(failed)}",
                    f"≈ {len(failed)}: {', '.join(codes(failed))}" if failed else "none",
                    f"≈ {retries}",
                    f"≈ {max((one.wait for one in phase.attempts), default=0.0) * 1000:.0f} ms",
                ]
            )
        return columns, rows

    def words(self) -> str:
        """The chart in words that do not depend on the machine's speed: its alternative text."""
        lines = ["Throughput, latency and errors of the app over time. Phases and their errors:"]
        for phase in self.phases():
            found = codes(one for one in phase.attempts if one.error)
            lines.append(f"  {phase.letter}  {phase.mark.text}: {', '.join(found) or 'none'}")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Phase:
    """What happened between a mark and the next one."""

    letter: str
    mark: Mark
    attempts: Sequence[Attempt]


def letter(number: int) -> str:
    """The letter of a mark, from 0: A, B, … Z, A2, …"""
    turn, place = divmod(number, len(LETTERS))
    return LETTERS[place] + (str(turn + 1) if turn else "")


def codes(failed: Iterable[Attempt]) -> list[str]:
    """The SQLSTATEs of these, each once (for what has none: "no answer")."""
    return sorted({one.error[0] or "no answer" for one in failed if one.error})


def facts(attempts: Iterable[Attempt]) -> list[str]:
    """A line for each kind of transaction: "no errors", or each error with its message."""
    attempts = list(attempts)
    width = max(map(len, KINDS))
    lines = []
    for kind in KINDS:
        errors = sorted({one.error for one in attempts if one.kind == kind and one.error})
        said = "; ".join(f"✗ {code or 'no answer'} {message}" for code, message in errors)
        lines.append(f"  {kind:<{width}}  {said or 'no errors'}")
    return lines
