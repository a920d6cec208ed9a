"""The chart of a record, as SVG made here: done per second, waits, errors, and a line for each mark. Pure.

Nothing rests on color alone: bars, a full and a dashed line, crosses. A white ground makes it readable on
a dark page. The words that stand for it are record.words().
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from .record import Attempt, Record, codes, letter

WIDTH, LEFT, RIGHT = 860, 70, 20
PANEL, GAP, TOP = 74, 34, 46
LINE = 16
INTERVALS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20)
"""Seconds that one bar may stand for: the first with which not more than MOST bars are needed."""

MOST = 70
STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200)
"""Seconds between two numbers on the axis of time."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A bar of the chart: its attempts done, their waits at the median and at 99 of 100, and its errors."""

    done: int
    median: float
    slow: float
    errors: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A record as a picture, up to the time `end`."""

    record: Record
    end: float

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"image/svg+xml": svg(self.record, self.end), "text/plain": self.record.words()}


def svg(record: Record, end: float) -> str:
    """The chart of everything between record.began and `end`."""
    length = max(end - record.began, 0.5)
    interval = next((size for size in INTERVALS if length / size <= MOST), INTERVALS[-1])
    bars = summarize(list(record.attempts), record.began, length, interval)
    marks = sorted(record.marks, key=lambda mark: mark.at)
    bottom = TOP + 3 * PANEL + 2 * GAP
    height = bottom + 40 + LINE * (len(marks) + 1)
    scale = (WIDTH - LEFT - RIGHT) / length

    def place(seconds: float) -> float:
        return LEFT + min(max(seconds, 0), length) * scale

    words = record.words()
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"'
        f' height="{height}" role="img" font-family="sans-serif" font-size="12">',
        f"<title>The app while its schema changes</title><desc>{html.escape(words)}</desc>",
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
    ]
    highest = max((bar.done for bar in bars), default=0) / interval
    slowest = max((bar.slow for bar in bars), default=0) * 1000
    most = max((bar.errors for bar in bars), default=0)
    tops = [TOP + number * (PANEL + GAP) for number in range(3)]
    heads = (
        ("transactions done per second", highest),
        ("wait in ms: half are below the full line, 99 of 100 below the dashed one", slowest),
        (f"errors: {', '.join(codes(record.since(record.began))) or 'none'}", most),
    )
    for top, (head, largest) in zip(tops, heads, strict=True):
        parts.append(f'<text x="{LEFT}" y="{top - 8}" fill="#222">{html.escape(head)}</text>')
        # Where nothing was counted, one 0 is enough.
        for value, y in ((largest, top), (0, top + PANEL))[0 if largest else 1 :]:
            parts.append(
                f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" stroke="#bbb"/>'
                f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end" fill="#222">{_number(value)}</text>'
            )
    for number, bar in enumerate(bars):
        x = place(number * interval)
        wide = place((number + 1) * interval) - x
        if bar.done:
            tall = PANEL * (bar.done / interval) / (highest or 1)
            parts.append(_bar(x, tops[0], tall, wide, "#5b7fa6"))
        if bar.errors:
            tall = PANEL * bar.errors / most
            parts.append(_bar(x, tops[2], tall, wide, "#b3261e"))
            inside = tall > 14
            parts.append(
                f'<text x="{x + wide / 2:.1f}" y="{tops[2] + PANEL - (4 if inside else tall + 3):.1f}"'
                f' text-anchor="middle" fill="{"white" if inside else "#b3261e"}" font-size="12">×</text>'
            )
    for values, style in (
        ([bar.median for bar in bars], ""),
        ([bar.slow for bar in bars], ' stroke-dasharray="5 3"'),
    ):
        points = " ".join(
            f"{place((number + 0.5) * interval):.1f},"
            f"{tops[1] + PANEL - PANEL * value * 1000 / (slowest or 1):.1f}"
            for number, value in enumerate(values)
            if bars[number].done
        )
        parts.append(f'<polyline points="{points}" fill="none" stroke="#222" stroke-width="1.5"{style}/>')
    step = next((size for size in STEPS if length / size <= 12), STEPS[-1])
    for number in range(int(length / step) + 1):
        x = place(number * step)
        parts.append(
            f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle" fill="#222">{number * step:g} s</text>'
        )
    parts.append(_legend(bottom, 0, "traffic starts"))
    last = -100.0
    for number, mark in enumerate(marks, 1):
        x = place(mark.at - record.began)
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 24}" y2="{bottom}" stroke="#222"'
            ' stroke-dasharray="2 3"/>'
        )
        # Letters that would touch go one above the other.
        high = TOP - 28 if x - last > 12 else TOP - 16
        last = x
        parts.append(
            f'<text x="{x + 3:.1f}" y="{high}" fill="#222" font-weight="bold">{letter(number)}</text>'
        )
        parts.append(_legend(bottom, number, mark.text))
    return "\n".join([*parts, "</svg>"])


def summarize(attempts: Sequence[Attempt], began: float, length: float, interval: float) -> list[Interval]:
    """The attempts as one Interval for each `interval` seconds of `length`, by when they ended."""
    count = max(1, int(length / interval + 0.999))
    sorted_in: list[list[Attempt]] = [[] for _ in range(count)]
    for one in attempts:
        if 0 <= (place := int((one.end - began) / interval)) < count:
            sorted_in[place].append(one)
    found = []
    for some in sorted_in:
        waits = sorted(one.wait for one in some if not one.error)
        found.append(
            Interval(len(waits), _rank(waits, 0.5), _rank(waits, 0.99), sum(bool(one.error) for one in some))
        )
    return found


def _rank(waits: Sequence[float], part: float) -> float:
    """The wait below or at which this part of all (sorted) waits lies."""
    return waits[min(len(waits) - 1, int(part * len(waits)))] if waits else 0.0


def _bar(x: float, top: float, tall: float, wide: float, color: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{top + PANEL - tall:.1f}" width="{max(wide - 1, 1):.1f}" height="{tall:.1f}"'
        f' fill="{color}"/>'
    )


def _legend(bottom: float, number: int, text: str) -> str:
    return (
        f'<text x="{LEFT}" y="{bottom + 40 + LINE * number}" fill="#222">'
        f'<tspan font-weight="bold">{letter(number)}</tspan> {html.escape(text)}</text>'
    )


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"
