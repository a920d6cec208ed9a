"""`%%edit`: changes to the text of a file, found by a line that a reader can see. Pure: text in, text out."""

from __future__ import annotations

import textwrap

from .errors import CourseError


def replace(name: str, text: str, line: str, body: str) -> str:
    """`text` with the one line that reads `line` replaced by `body` (an empty body deletes the line).

    Raises CourseError when no line or several read so. A text that has the body already stays as it is.
    """
    lines = text.splitlines(keepends=True)
    found = _matches(lines, line)
    if not found and body.strip() and _contains(lines, body):
        return text
    number = _only(name, lines, found, line)
    return "".join([*lines[:number], _fitted(body, lines[number]), *lines[number + 1 :]])


def insert(name: str, text: str, line: str, body: str, *, after: bool) -> str:
    """`text` with `body` put after (or before) the one line that reads `line`; errors as in `replace`.

    A function or class keeps the empty lines above it: what is put before it has them above too.
    """
    lines = text.splitlines(keepends=True)
    number = _only(name, lines, _matches(lines, line), line)
    new = _fitted(body, lines[number]).splitlines(keepends=True)
    if new and not after and lines[number].startswith(("class ", "def ", "@")):
        new += _gap(lines, number)
    if after and not lines[number].endswith("\n"):
        lines[number] += "\n"
    place = number + 1 if after else number
    there = lines[place : place + len(new)] if after else lines[max(0, place - len(new)) : place]
    if there == new:
        return text
    return "".join([*lines[:place], *new, *lines[place:]])


def _matches(lines: list[str], wanted: str) -> list[int]:
    """The numbers of the lines that read so; where none does, of those that contain it."""
    wanted = wanted.strip()
    same = [number for number, line in enumerate(lines) if line.strip() == wanted]
    return same or [number for number, line in enumerate(lines) if wanted and wanted in line]


def _only(name: str, lines: list[str], found: list[int], wanted: str) -> int:
    if not found:
        raise CourseError(f"{name} has no line that reads: {wanted.strip()}")
    if len(found) > 1:
        where = ", ".join(str(number + 1) for number in found)
        raise CourseError(f"{name} has {len(found)} such lines ({where}): name one of them in full.")
    return found[0]


def _fitted(body: str, anchor: str) -> str:
    """The body, indented like the anchor unless it brings an indentation of its own."""
    if not body.strip():
        return ""
    body = body.rstrip("\n") + "\n"
    if textwrap.dedent(body) != body:
        return body
    return textwrap.indent(body, anchor[: len(anchor) - len(anchor.lstrip())])


def _gap(lines: list[str], number: int) -> list[str]:
    """The empty lines right above a line of the text."""
    first = number
    while first > 0 and not lines[first - 1].strip():
        first -= 1
    return lines[first:number]


def _contains(lines: list[str], body: str) -> bool:
    wanted = [line.strip() for line in body.strip().splitlines()]
    have = [line.strip() for line in lines]
    return any(have[at : at + len(wanted)] == wanted for at in range(len(have) - len(wanted) + 1))
